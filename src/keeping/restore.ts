import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { openDataFolder } from '../database/data-folder.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { decryptFile, readPieces } from './age.ts';
import { assertSame, type Backup, receiptsOf } from './backup.ts';
import { assertEmpty, type Progress } from './copy.ts';
import { REHEARSAL } from './kept-backups.ts';
import { putReceiptsBack, type ReceiptCount } from './receipt-files.ts';
import { transfer } from './transfer.ts';

export interface RestoreOptions {
  readonly replace?: boolean;
  /** Where receipts are to lie that lay in a folder; undefined reads and compares them only. */
  readonly receiptFolder: string | undefined;
  readonly progress?: Progress;
  readonly now: () => Date;
}

export interface Restored {
  /** Where the file that was there before lies now; undefined where there was none. */
  readonly aside: string | undefined;
  readonly receipts: ReceiptCount;
}

/**
 * Puts a backup into the database that a URL names: all of it or nothing, compared with what the backup says of itself, and brought up to
 * this program, and the files of receipts into their folder. Nobody is signed in afterwards. PostgreSQL must be empty; a SQLite file that is
 * in use is refused, or put aside where it is to be replaced.
 * @throws Problem `conflict` for a database in use, `invalid` for a key that does not open the backup, `unavailable` where nothing can be
 * written there, or what was restored is not what was kept.
 */
export async function restore(backup: Backup, databaseUrl: string, options: RestoreOptions): Promise<Restored> {
  if (!databaseUrl.startsWith('sqlite:')) return { aside: undefined, receipts: await intoPostgres(backup, databaseUrl, options) };
  const { replace = false, progress, now } = options;
  const target = databaseUrl.slice('sqlite:'.length);
  if (existsSync(target)) await (replace ? assertClosed(databaseUrl, target) : assertUnused(databaseUrl));
  else assertNothingLeft(target);
  openDataFolder(dirname(target));
  const restoring = `${target}.restoring`;
  try {
    await removeFile(restoring);
    await writePlain(backup, restoring);
    const receipts = await withOpened(`sqlite:${restoring}`, async (db) => {
      await assertSame(db, backup.manifest, progress);
      await migrate(db);
      await endAllSessions(db);
      return putReceiptsBack(db, receiptsOf(backup), options.receiptFolder);
    });
    const aside = existsSync(target) ? await putAside(databaseUrl, target, now()) : undefined;
    await rename(restoring, target);
    return { aside, receipts };
  } finally {
    await removeFile(restoring);
  }
}

/** The database of a backup in clear, readable by its owner only. */
async function writePlain({ file, manifest, identities = [] }: Backup, to: string): Promise<void> {
  const pieces = manifest.encryption === undefined ? readPieces(file) : decryptFile(file, identities);
  await pipeline(pieces, createWriteStream(to, { mode: 0o600, flags: 'wx' }));
}

async function assertUnused(databaseUrl: string): Promise<void> {
  await withOpened(databaseUrl, async (db) => {
    await migrate(db);
    const instead = databaseUrl.startsWith('sqlite:')
      ? 'Stop Outlay and restore with --replace, which puts it aside; or name an empty one in DATABASE_URL.'
      : 'Name an empty one in DATABASE_URL.';
    await assertEmpty(db, 'The database to restore into', instead);
  });
}

/** What the files are called that SQLite has beside one that is open. */
const BESIDE = ['-wal', '-shm'] as const;

/** What SQLite has written beside a file that is gone would be read into the one that is restored. */
function assertNothingLeft(target: string): void {
  const left = BESIDE.map((end) => target + end).find((file) => existsSync(file));
  if (left === undefined) return;
  throw new Problem(
    'conflict',
    `"${left}" belongs to a database that was there before. Put it where that lies now, or remove it, and restore then. Nothing was changed.`,
  );
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (SQLite, "Result and Error Codes"): what one restores over may be what is broken. */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

/** Asked before anything is done, and once more before the file is put aside: somebody may have opened it meanwhile. */
async function assertClosed(databaseUrl: string, target: string): Promise<void> {
  // The last one to close it folds the files beside it into it.
  try {
    await withOpened(databaseUrl, async (db) => sql`pragma wal_checkpoint(truncate)`.execute(db));
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly errcode?: unknown } };
    if (BROKEN.has(cause?.errcode)) return;
    throw error;
  }
  if (existsSync(`${target}-wal`)) {
    throw new Problem(
      'conflict',
      `Another program has the database "${target}" open. Stop Outlay, and restore then. The database is as it was.`,
    );
  }
}

/** With all that stands in the files beside it; one that is broken has them still. */
async function putAside(databaseUrl: string, target: string, at: Date): Promise<string> {
  await assertClosed(databaseUrl, target);
  const aside = `${target}.before-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  await rename(target, aside);
  for (const end of BESIDE) if (existsSync(target + end)) await rename(target + end, aside + end);
  return aside;
}

async function intoPostgres(backup: Backup, url: string, { receiptFolder, progress }: RestoreOptions): Promise<ReceiptCount> {
  const scratch = await mkdtemp(join(tmpdir(), 'outlay-restore-'));
  try {
    const copy = join(scratch, 'database.sqlite');
    await writePlain(backup, copy);
    return await withOpened(`sqlite:${copy}`, async (from) => {
      await assertSame(from, backup.manifest);
      await migrate(from);
      await assertUnused(url);
      const receipts = await putReceiptsBack(from, receiptsOf(backup), receiptFolder);
      await withOpened(url, async (to) => {
        await transfer(from, to, progress);
        await endAllSessions(to);
      });
      return receipts;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whoever was signed out, or put out, since the backup was made would be in again. */
async function endAllSessions(db: Database): Promise<void> {
  await db.deleteFrom('session').execute();
}

/** How a rehearsal went. */
export interface Rehearsal {
  readonly at: string;
  readonly seconds: number;
  readonly into: 'sqlite' | 'postgres';
  readonly receipts: ReceiptCount;
  /** Whether that was written down beside the backup. */
  readonly noted: boolean;
}

/**
 * Restores a backup into a scratch place of the kind that it is for, compares it and its receipts, removes it again, and notes that in the
 * backup and beside it.
 * @throws Problem as `restore` does, and `unavailable` where receipts are missing that were there; `not-allowed` where PostgreSQL's user may not make a database for it.
 */
export async function rehearse(
  backup: Backup,
  databaseUrl: string,
  progress: Progress | undefined,
  now: () => Date,
): Promise<Rehearsal> {
  const began = performance.now();
  const into = databaseUrl.startsWith('sqlite:') ? 'sqlite' : 'postgres';
  await using scratch = await (into === 'sqlite' ? scratchFile() : scratchDatabase(databaseUrl));
  const options = { now, receiptFolder: undefined, ...(progress !== undefined && { progress }) };
  const { receipts } = await restore(backup, scratch.url, options);
  const lost = receipts.missing - backup.manifest.receipts_missing;
  if (lost > 0)
    throw new Problem(
      'unavailable',
      `${lost} files of receipts are not there any more, or not as they were: "${receiptsOf(backup).folder}".`,
    );
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const rehearsal: Omit<Rehearsal, 'noted'> = { at: now().toISOString(), seconds, into, receipts };
  return { ...rehearsal, noted: await note(backup, rehearsal) };
}

/** Where it cannot be written down, as on a copy of another user's, it has been rehearsed all the same. */
async function note({ folder }: Backup, rehearsal: object): Promise<boolean> {
  try {
    for (const place of [folder, dirname(resolve(folder))]) {
      const file = join(place, REHEARSAL);
      const written = `${file}.${randomUUID()}`;
      await writeFile(written, `${JSON.stringify(rehearsal)}\n`, { mode: 0o600, flag: 'wx' });
      await rename(written, file);
    }
    return true;
  } catch {
    return false;
  }
}

interface Scratch extends AsyncDisposable {
  readonly url: string;
}

async function scratchFile(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'outlay-rehearsal-'));
  return {
    url: `sqlite:${join(folder, 'outlay.sqlite')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function scratchDatabase(databaseUrl: string): Promise<Scratch> {
  const name = `outlay_rehearsal_${randomUUID().slice(0, 8)}`;
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const statement = (text: string) => withOpened(databaseUrl, async (db) => sql.raw(text).execute(db));
  await statement(`create database ${name}`).catch((cause: unknown) => {
    throw new Problem(
      'not-allowed',
      'A rehearsal needs a database of its own, and the user of DATABASE_URL may not make one. Let it (alter role … createdb), or rehearse with DATABASE_URL=sqlite:….',
      { cause },
    );
  });
  return { url: url.href, [Symbol.asyncDispose]: async () => void (await statement(`drop database ${name}`)) };
}

async function withOpened<Result>(url: string, work: (db: Database) => Promise<Result>): Promise<Result> {
  const db = await openDatabase(url);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

async function removeFile(path: string): Promise<void> {
  for (const ending of ['', '-wal', '-shm']) await rm(path + ending, { force: true });
}
