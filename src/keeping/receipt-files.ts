import { constants } from 'node:fs';
import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../database/open.ts';

/** How many receipts are looked up at once. */
const BATCH = 500;

/**
 * Copies the files of all receipts that a database names from one folder into another, but for those that are there already.
 * @returns how many files it names, and how many of them are not there, or not as long as they should be: those are no reason to keep
 * nothing of all the rest.
 */
export async function copyReceiptFiles(database: string, from: string, to: string): Promise<{ files: number; missing: number }> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const db = await openDatabase(`sqlite:${database}`);
  let [files, missing] = [0, 0];
  try {
    for (let last = ''; ; ) {
      const receipts = await db
        .selectFrom('receipt')
        .select(['id', 'size'])
        .where('stored_in', '=', 'folder')
        .where('size', 'is not', null)
        .where('id', '>', last)
        .orderBy('id')
        .limit(BATCH)
        .execute();
      for (const { id, size } of receipts) if (!(await copyOne(join(from, id), join(to, id), size ?? 0))) missing += 1;
      files += receipts.length;
      if (receipts.length < BATCH) return { files, missing };
      last = receipts.at(-1)?.id ?? '';
    }
  } finally {
    await db.destroy();
  }
}

/** @returns whether it is there now, whole. */
async function copyOne(from: string, to: string, size: number): Promise<boolean> {
  if ((await sizeOf(to)) === size) return true;
  if ((await sizeOf(from)) !== size) return false;
  // Whole, or not under its name.
  await copyFile(from, `${to}.part`, constants.COPYFILE_FICLONE);
  await rename(`${to}.part`, to);
  return true;
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
