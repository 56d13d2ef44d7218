import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { Request } from 'express';
import { Problem } from '../problems.ts';

export interface UploadLimits {
  /** The file, in bytes. */
  readonly size: number;
  /** All of it, in milliseconds. */
  readonly time: number;
  /** Until something more arrives, in milliseconds. */
  readonly silence: number;
}

/** A file that somebody sends, while it arrives. */
export interface Upload {
  /** As the browser gave it: anybody's word, of any characters. */
  readonly name: string;
  /** Ends only once the whole form has been read and nothing was wrong with it; throws the Problem otherwise. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What a form is besides its file: boundaries, headers, and a few fields of ours, in bytes. */
const REST_OF_FORM = 65_536;
const FIELD = 'file';

/**
 * Reads the one file of a form (RFC 7578), in its field `file`, as it arrives; no more of it is held than a stream's buffers.
 * @throws Problem `too-large`, before anything is read where Content-Length says so; `too-slow`; `invalid` for a form that
 * cannot be read, has no file or several, or breaks off.
 */
export async function readUpload(req: Request, limits: UploadLimits): Promise<Upload> {
  const type = req.get('Content-Type');
  if (type === undefined || !/^multipart\/form-data\s*;/i.test(type)) throw refused('upload-no-form', 'No file was sent');
  const most = limits.size + REST_OF_FORM;
  if (Number(req.get('Content-Length') ?? 0) > most) throw tooLarge();
  const form = openForm(req, type, limits.size);

  const opened = Promise.withResolvers<Upload>();
  const finished = Promise.withResolvers<void>();
  // Whoever reads has failed already, or is about to.
  finished.promise.catch(() => {});
  let current: BusboyFileStream | undefined;
  const fail = (problem: Problem) => {
    stop();
    opened.reject(problem);
    finished.reject(problem);
    current?.destroy(problem);
  };
  const late = () => fail(new Problem('too-slow', 'The file took too long to arrive. Nothing was added; try it once more.'));
  const whole = setTimeout(late, limits.time);
  const silence = setTimeout(late, limits.silence);
  let received = 0;
  const count = (chunk: Buffer) => {
    silence.refresh();
    received += chunk.length;
    // Without a Content-Length, nobody has said how much there is.
    if (received > most) fail(tooLarge());
  };
  const stop = () => {
    clearTimeout(whole);
    clearTimeout(silence);
    req.off('data', count).unpipe(form);
  };
  const cutOff = () => fail(refused('upload-cut-off', 'The file broke off before it was whole'));

  form.on('file', (field, file, name) => {
    // It is told of the same failure as the form, and later; without a listener that would end the process.
    file.on('error', () => {});
    if (field !== FIELD || typeof name !== 'string' || name === '') return fail(refused('upload-no-file', 'Choose a file first'));
    current = file;
    file.once('limit', () => fail(tooLarge()));
    opened.resolve({ name, bytes: wholeOf(file, finished.promise, stop) });
  });
  form.on('filesLimit', () => fail(refused('upload-several', 'Add one file at a time')));
  for (const event of ['partsLimit', 'fieldsLimit'] as const) {
    form.on(event, () => fail(refused('upload-parts', 'This form has more parts than Outlay’s own')));
  }
  form.on('error', (cause) => fail(refused('upload-malformed', 'The form could not be read', cause)));
  form.once('finish', () => {
    stop();
    // Only where there was no file at all does this find it still open.
    opened.reject(refused('upload-no-file', 'Choose a file first'));
    finished.resolve();
  });
  req.once('error', cutOff).once('close', () => req.complete || cutOff());
  req.on('data', count).pipe(form);
  return opened.promise;
}

async function* wholeOf(file: BusboyFileStream, form: Promise<void>, stop: () => void): AsyncGenerator<Uint8Array> {
  try {
    try {
      yield* file as AsyncIterable<Buffer>;
    } catch {
      // In the parser's words; the form has failed as well, in ours.
    }
    await form;
  } finally {
    stop();
  }
}

function openForm(req: Request, type: string, size: number) {
  try {
    const limits = { fileSize: size, files: 1, fields: 5, parts: 6, fieldSize: 1_000, headerPairs: 20, headerSize: 8_192 };
    return new Busboy({ headers: { ...req.headers, 'content-type': type }, limits });
  } catch (cause) {
    throw refused('upload-malformed', 'The form could not be read', cause);
  }
}

/** The same bytes in pieces of this size, but for the last one; however they came, no more is held than one piece. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, undefined> {
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length; ) {
      const taken = Math.min(size - filled, chunk.length - start);
      piece.set(chunk.subarray(start, start + taken), filled);
      filled += taken;
      start += taken;
      if (filled < size) continue;
      yield piece;
      // A new one: whoever took the last may still be writing it.
      piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function tooLarge(): Problem {
  return new Problem('too-large', 'This file is larger than 10 MB. Nothing was added.', { reason: 'upload-too-large' });
}

function refused(reason: string, what: string, cause?: unknown): Problem {
  return new Problem('invalid', `${what}. Nothing was added.`, { cause, reason });
}
