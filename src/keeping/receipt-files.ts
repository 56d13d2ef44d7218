import { constants } from 'node:fs';
import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../database/open.ts';
import { Problem } from '../problems.ts';

/** How many receipts are looked up at once. */
const BATCH = 500;

/**
 * Copies the files of all receipts that a database names from one folder into another, but for those that are there already.
 * @returns how many files it names.
 * @throws Problem `unavailable` for one that is missing, or not as long as it should be.
 */
export async function copyReceiptFiles(database: string, from: string, to: string): Promise<number> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const db = await openDatabase(`sqlite:${database}`);
  let count = 0;
  try {
    for (let last = ''; ; ) {
      const receipts = await db
        .selectFrom('receipt')
        .select(['id', 'size', 'name'])
        .where('stored_in', '=', 'folder')
        .where('size', 'is not', null)
        .where('id', '>', last)
        .orderBy('id')
        .limit(BATCH)
        .execute();
      for (const { id, size, name } of receipts) await copyOne(join(from, id), join(to, id), size ?? 0, name);
      count += receipts.length;
      if (receipts.length < BATCH) return count;
      last = receipts.at(-1)?.id ?? '';
    }
  } finally {
    await db.destroy();
  }
}

async function copyOne(from: string, to: string, size: number, name: string): Promise<void> {
  if ((await sizeOf(to)) === size) return;
  if ((await sizeOf(from)) !== size)
    throw new Problem('unavailable', `The file of the receipt "${name}" is not where it should be, or not whole: "${from}".`);
  // Whole, or not under its name.
  await copyFile(from, `${to}.part`, constants.COPYFILE_FICLONE);
  await rename(`${to}.part`, to);
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
