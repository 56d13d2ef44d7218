import { constants, createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf } from '../database/ids.ts';
import { Problem } from '../problems.ts';
import { contentMissing, PIECE_SIZE, type ReceiptStorage } from './receipt-storage.ts';

/**
 * Receipts as files, each under its id, readable by their owner only. A file that is there under its id is whole: it is written
 * under another name, and forced to the disk before it gets its own.
 * @throws Problem `unavailable` for a folder that cannot be made or written to.
 */
export async function openReceiptFolder(folder: string): Promise<ReceiptStorage> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Problem(
      'unavailable',
      `The folder "${folder}" for receipts cannot be written to. Make it writable for the user that runs Outlay, or name another one with RECEIPT_STORAGE.`,
      { cause },
    );
  }
  const whole = (id: string) => join(folder, fileNameOf(id));
  const unfinished = (id: string) => `${whole(id)}.part`;
  return {
    place: 'folder',
    async write(id, pieces) {
      const file = await open(unfinished(id), 'wx', 0o600);
      try {
        for await (const piece of pieces) await file.writeFile(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished(id), whole(id));
      await syncFolder(folder);
    },
    async *read(id) {
      try {
        yield* createReadStream(whole(id), { highWaterMark: PIECE_SIZE }) as AsyncIterable<Buffer>;
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? contentMissing(error) : error;
      }
    },
    async remove(id) {
      await rm(unfinished(id), { force: true });
      await rm(whole(id), { force: true });
    },
  };
}

/** A file's new name is as lasting as its content only once its folder has been written, too. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
