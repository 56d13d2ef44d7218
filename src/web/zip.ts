import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import yazl from 'yazl';

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;
  /** When it was made, where that is another time than the archive's. */
  readonly at?: Date;
  /** False for what is packed already, as pictures are. */
  readonly pack?: boolean;
  /** Lets go of what is open, also where nothing of the content was read. */
  readonly close?: () => Promise<unknown>;
}

/**
 * An archive (APPNOTE.TXT, "ZIP") as it is read: nothing of it is held but the list of its files and what waits in streams. The next
 * file is looked for once the one before has been taken. Whoever stops reading stops all of it, and whatever fails fails it; as the
 * list stands at its end, no part of an archive passes for the whole.
 */
export async function* zip(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>, at: Date): AsyncGenerator<Uint8Array, void> {
  const file = new yazl.ZipFile();
  const archive = file.outputStream as Readable;
  const stopped = new AbortController();
  const fail = (error: unknown) => void archive.destroy(error as Error);
  file.on('error', fail);
  const filled = fill(file, entries, at, stopped.signal).catch(fail);
  try {
    yield* archive as AsyncIterable<Buffer>;
  } finally {
    stopped.abort();
    archive.destroy();
    await filled;
  }
}

async function fill(
  file: yazl.ZipFile,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  usual: Date,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name, content, at = usual, pack = true, close } of entries) {
    const stream = Readable.from(content, { objectMode: false, signal });
    try {
      file.addReadStream(stream, name, { mtime: at, compress: pack });
      await finished(stream, { signal });
    } finally {
      await close?.();
    }
  }
  file.end();
}
