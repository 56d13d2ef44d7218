import { createHash } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileNameOf } from '../database/ids.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { decryptFile, hashed, hashOf, readPieces, sizesFor } from './age.ts';
import { encryptAndCheck, type Encryption } from './encryption.ts';

/** How many receipts are looked up at once. */
const BATCH = 500;

interface ReceiptFile {
  readonly id: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string | null;
}

/** How many files of receipts a database names, and how many of them are not there, or not whole. */
export interface ReceiptCount {
  readonly files: number;
  readonly missing: number;
}

/** Goes through the receipts that lie in a folder. @param isThere whether one is there now, whole. */
async function countReceipts(db: Database, isThere: (receipt: ReceiptFile) => Promise<boolean>): Promise<ReceiptCount> {
  let [files, missing] = [0, 0];
  for (let last = ''; ; ) {
    const receipts = await db
      .selectFrom('receipt')
      .select(['id', 'size', 'sha256'])
      .where('stored_in', '=', 'folder')
      .where('size', 'is not', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    for (const receipt of receipts) if (!(await isThere({ ...receipt, size: receipt.size ?? 0 }))) missing += 1;
    files += receipts.length;
    if (receipts.length < BATCH) return { files, missing };
    last = receipts.at(-1)?.id ?? '';
  }
}

/**
 * Copies the files of all receipts that a database names from one folder into another, but for those that are there already. One that is
 * not there, or not as it should be, is no reason to keep nothing of all the rest.
 */
export async function copyReceiptFiles(
  database: string,
  from: string,
  to: string,
  encryption: Encryption | undefined,
): Promise<ReceiptCount> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const db = await openDatabase(`sqlite:${database}`);
  try {
    if (encryption === undefined)
      return await countReceipts(db, ({ id, size }) => {
        const name = fileNameOf(id);
        return copyOne(join(from, name), join(to, name), size);
      });
    const sizeFor = await sizesFor(encryption.recipients);
    return await countReceipts(db, (receipt) => {
      const target = join(to, encryptedName(receipt.id));
      return encryptOne(receipt, join(from, fileNameOf(receipt.id)), target, sizeFor(receipt.size), encryption);
    });
  } finally {
    await db.destroy();
  }
}

async function copyOne(from: string, to: string, size: number): Promise<boolean> {
  if ((await sizeOf(to)) === size) return true;
  if ((await sizeOf(from)) !== size) return false;
  // Whole, or not under its name; and never through a link that somebody has put there.
  await rm(`${to}.part`, { force: true });
  await copyFile(from, `${to}.part`, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await rename(`${to}.part`, to);
  return true;
}

async function encryptOne(
  { size, sha256 }: ReceiptFile,
  from: string,
  to: string,
  encryptedSize: number,
  encryption: Encryption,
): Promise<boolean> {
  if ((await sizeOf(to)) === encryptedSize) return true;
  if ((await sizeOf(from)) !== size) return false;
  await rm(`${to}.part`, { force: true });
  const { plain } = await encryptAndCheck(from, `${to}.part`, encryption);
  // Nobody could look any more whether it is what it was.
  if (plain !== sha256) {
    await rm(`${to}.part`);
    return false;
  }
  await rename(`${to}.part`, to);
  return true;
}

/** The folder in which the receipts of a backup lie, and what opens them where they are encrypted. */
export interface KeptReceipts {
  readonly folder: string;
  readonly identities: readonly string[] | undefined;
}

/**
 * Puts the files of all receipts that a database names where they are to lie, each compared with its hash; those that are there already
 * are left alone.
 * @param to undefined reads and compares them, and puts them nowhere.
 */
export async function putReceiptsBack(db: Database, kept: KeptReceipts, to: string | undefined): Promise<ReceiptCount> {
  if (to !== undefined) await mkdir(to, { recursive: true, mode: 0o700 });
  return countReceipts(db, async ({ id, sha256 }) => {
    const target = to === undefined ? undefined : join(to, fileNameOf(id));
    if (target !== undefined && (await hashOf(readPieces(target)).catch(unlessMissing)) === sha256) return true;
    const { folder, identities } = kept;
    const file = join(folder, identities === undefined ? fileNameOf(id) : encryptedName(id));
    if ((await sizeOf(file)) === undefined) return false;
    const pieces = identities === undefined ? readPieces(file) : decryptFile(file, identities);
    const isSame = target === undefined ? hashOf(pieces).then((hash) => hash === sha256) : writeIfSame(pieces, target, sha256);
    return isSame.catch(unlessDamaged);
  });
}

/** Whole and as it was, or not under its name. */
async function writeIfSame(pieces: AsyncIterable<Uint8Array>, to: string, sha256: string | null): Promise<boolean> {
  const hash = createHash('sha256');
  const part = `${to}.part`;
  try {
    await rm(part, { force: true });
    await pipeline(hashed(pieces, hash), createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true }));
    const isSame = hash.digest('hex') === sha256;
    if (isSame) await rename(part, to);
    return isSame;
  } finally {
    await rm(part, { force: true });
  }
}

function encryptedName(id: string): string {
  return `${fileNameOf(id)}.age`;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** One that cannot be decrypted is no reason to put nothing of all the rest back. */
function unlessDamaged(error: unknown): false {
  if (error instanceof Problem && error.kind === 'invalid') return false;
  throw error;
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
