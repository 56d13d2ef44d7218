import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { isPostgres } from './engine.ts';
import type { Database } from './schema.ts';

/** How a database is, by what it says of itself. Sizes in bytes. */
export type Condition = {
  readonly version: string;
  readonly size: number;
} & (
  | { readonly engine: 'sqlite'; readonly journal: string }
  | { readonly engine: 'postgres'; readonly encoding: string; readonly locale: string; readonly provider: string }
);

/** Asks the database itself; reads and changes nothing. */
export async function readCondition(db: Database): Promise<Condition> {
  return isPostgres(db) ? readPostgres(db) : readSqlite(db);
}

async function readSqlite(db: Database): Promise<Condition> {
  const { rows } = await sql<{ version: string; size: number; journal: string }>`
    select sqlite_version() as version, page_count * page_size as size, journal_mode as journal
    from pragma_page_count(), pragma_page_size(), pragma_journal_mode()`.execute(db);
  const [{ version, size, journal } = { version: '', size: 0, journal: '' }] = rows;
  return { engine: 'sqlite', version, size, journal };
}

async function readPostgres(db: Database): Promise<Condition> {
  const { rows } = await sql<{ version: string; size: number; encoding: string; locale: string; provider: string }>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as size,
      current_setting('server_encoding') as encoding, datctype as locale,
      coalesce(to_jsonb(pg_database) ->> 'datlocprovider', 'c') as provider
    from pg_database where datname = current_database()`.execute(db);
  const [row = { version: '', size: 0, encoding: '', locale: '', provider: '' }] = rows;
  return { engine: 'postgres', ...row };
}

/** File systems of other machines, by the numbers that Linux gives them (statfs(2)): NFS, SMB and its successors, AFS, Ceph, 9P. */
const elsewhere = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0xc36400, 0x01021997];

export interface Room {
  /** In bytes, for whoever runs this. */
  readonly free: number;
  /** Whether it is the disk of another machine; undefined where that cannot be known. */
  readonly elsewhere: boolean | undefined;
}

/** Of the file system in which a folder lies; undefined where there is no such folder. */
export async function findRoom(folder: string): Promise<Room | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  if (found === undefined) return undefined;
  const known = process.platform === 'linux';
  return { free: found.bavail * found.bsize, elsewhere: known ? elsewhere.includes(found.type >>> 0) : undefined };
}

/** Whether this user could make a folder there, if there is none, and write to it. */
export async function isWritable(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return dirname(folder) !== folder && isWritable(dirname(folder));
  return (
    found.isDirectory() &&
    access(folder, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    )
  );
}
