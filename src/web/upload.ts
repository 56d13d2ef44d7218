import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { Request } from 'express';
import { Problem } from '../problems.ts';

export interface UploadLimits {
  /** Each file, in bytes. */
  readonly size: number;
  readonly files: number;
  /** All of it, in milliseconds. */
  readonly time: number;
  /** Until something more arrives, in milliseconds. */
  readonly silence: number;
}

/** A file that somebody sends, while it arrives. */
export interface Upload {
  /** As the browser gave it: anybody's word, of any characters. */
  readonly name: string;
  /** Throws the Problem that befalls the form. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A form that may bring files, while it arrives. */
export interface ArrivingForm {
  /** What stands before the first file; once `files` has ended, all of it. What comes twice under one name is a list. */
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * Each to be read before the next one, and read to the end or left early. Ends only once the whole form has been read and
   * nothing was wrong with it; throws the Problem otherwise.
   */
  readonly files: AsyncGenerator<Upload, void>;
}

/** What a form is besides its files: boundaries, headers, and fields of ours, in bytes. */
const REST_OF_FORM = 65_536;
const FIELD = 'file';

/**
 * Reads a form and the files in its field `file` (RFC 7578) as they arrive; no more of them is held than streams' buffers. A form
 * without files may come in the other encoding, too.
 * @throws Problem `too-large`, before anything is read where Content-Length says so; `too-slow`; `invalid` for a form that
 * cannot be read, has more in it than one of ours, or breaks off.
 */
export async function readArrivingForm(req: Request, limits: UploadLimits): Promise<ArrivingForm> {
  const type = req.get('Content-Type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) return { fields: (req.body as ArrivingForm['fields']) ?? {}, files: noFiles() };
  const most = limits.size * limits.files + REST_OF_FORM;
  if (Number(req.get('Content-Length') ?? 0) > most) throw tooLarge('What was sent is', most);
  const form = openForm(req, type, limits);

  const fields = new Map<string, string | string[]>();
  const arrived: Upload[] = [];
  const first = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  // Whoever reads has failed already, or is about to.
  finished.promise.catch(() => {});
  let more = Promise.withResolvers<void>();
  let failure: Problem | undefined;
  let isOver = false;
  let current: BusboyFileStream | undefined;
  const tell = () => {
    first.resolve();
    more.resolve();
    more = Promise.withResolvers();
  };
  const fail = (problem: Problem) => {
    failure ??= problem;
    isOver = true;
    stop();
    first.reject(failure);
    finished.reject(failure);
    current?.destroy(failure);
    tell();
  };
  const late = () => fail(new Problem('too-slow', 'The file took too long to arrive. Nothing was added; try it once more.'));
  const whole = setTimeout(late, limits.time);
  const silence = setTimeout(late, limits.silence);
  let received = 0;
  const count = (chunk: Buffer) => {
    silence.refresh();
    received += chunk.length;
    // Without a Content-Length, nobody has said how much there is.
    if (received > most) fail(tooLarge('What was sent is', most));
  };
  const stop = () => {
    clearTimeout(whole);
    clearTimeout(silence);
    req.off('data', count).unpipe(form);
  };
  const cutOff = () => fail(refused('upload-cut-off', 'The file broke off before it was whole'));
  const tooMuch = () => fail(refused('upload-parts', 'This form has more in it than Outlay’s own'));

  async function* bytesOf(file: BusboyFileStream): AsyncGenerator<Uint8Array> {
    try {
      yield* file as AsyncIterable<Buffer>;
    } catch {
      // In the parser's words; the form has failed as well, in ours.
      await finished.promise;
    }
    if (failure !== undefined) throw failure;
  }
  async function* files(): AsyncGenerator<Upload, void> {
    try {
      for (;;) {
        const next = arrived.shift();
        if (next !== undefined) yield next;
        else if (isOver) return await finished.promise;
        else await more.promise;
      }
    } finally {
      stop();
    }
  }

  form.on('field', (name, value, _isNameCut, isValueCut) => {
    if (isValueCut) return tooMuch();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  });
  form.on('file', (field, file, name) => {
    // It is told of the same failure as the form, and later; without a listener that would end the process.
    file.on('error', () => {});
    // What browsers send where nothing was chosen.
    if (typeof name !== 'string' || name === '') return file.resume();
    if (field !== FIELD) return tooMuch();
    current = file;
    file.once('limit', () => fail(tooLarge('This file is', limits.size)));
    arrived.push({ name, bytes: bytesOf(file) });
    return tell();
  });
  form.on('filesLimit', () => fail(refused('upload-several', `At most ${limits.files} files fit in at once`)));
  for (const event of ['partsLimit', 'fieldsLimit'] as const) form.on(event, tooMuch);
  form.on('error', (cause) => fail(refused('upload-malformed', 'The form could not be read', cause)));
  form.once('finish', () => {
    isOver = true;
    stop();
    finished.resolve();
    tell();
  });
  req.once('error', cutOff).once('close', () => req.complete || cutOff());
  req.on('data', count).pipe(form);
  // It may have gone before anybody listened.
  if (req.destroyed && !req.complete) cutOff();
  await first.promise;
  return {
    get fields() {
      return Object.fromEntries(fields);
    },
    files: files(),
  };
}

/**
 * Reads the files of a form that cannot be taken, so that whoever sends it gets to read why.
 * @returns how many there were.
 */
export async function dropFiles(files: ArrivingForm['files']): Promise<number> {
  let count = 0;
  for await (const { bytes } of files) {
    count += 1;
    for await (const _ of bytes);
  }
  return count;
}

async function* noFiles(): AsyncGenerator<Upload, void> {}

function openForm(req: Request, type: string, { size, files }: UploadLimits) {
  try {
    const limits = {
      fileSize: size,
      files,
      fields: 20,
      parts: files + 20,
      fieldSize: 16_384,
      headerPairs: 20,
      headerSize: 8_192,
    };
    return new Busboy({ headers: { ...req.headers, 'content-type': type }, limits });
  } catch (cause) {
    throw refused('upload-malformed', 'The form could not be read', cause);
  }
}

function tooLarge(what: string, most: number): Problem {
  return new Problem('too-large', `${what} larger than ${Math.floor(most / 1_048_576)} MB. Nothing was added.`, {
    reason: 'upload-too-large',
  });
}

/** For a form that is about a file, and brings none. */
export function noFile(): Problem {
  return refused('upload-no-file', 'Choose a file first');
}

function refused(reason: string, what: string, cause?: unknown): Problem {
  return new Problem('invalid', `${what}. Nothing was added.`, { cause, reason });
}
