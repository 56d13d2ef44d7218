/* The room keeping: everything, elsewhere. */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { BackupKeys } from '../config.ts';
import { isPostgres } from '../database/engine.ts';
import { migrate } from '../database/migrate.ts';
import { copySqlite } from '../database/node-sqlite.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { hashOf, readPieces } from './age.ts';
import { lockBackups } from './backup-lock.ts';
import { type Fingerprints, fingerprintsOf, listDifferences, type Progress } from './copy.ts';
import {
  encryptAndCheck,
  type Encryption,
  identitiesFor,
  KEY_FILE,
  type OpenedWith,
  openEncryption,
  receiptsNameFor,
} from './encryption.ts';
import { MANIFEST } from './kept-backups.ts';
import { copyReceiptFiles, type KeptReceipts } from './receipt-files.ts';
import type { TableName } from './tables.ts';
import { transfer } from './transfer.ts';

const DATABASE = 'database.sqlite';
const ENCRYPTED = `${DATABASE}.age`;
/** Beside all backups, because a receipt never changes; those that are encrypted lie in folders of their own. */
export const RECEIPTS = 'receipts';

const manifestContent = z.object({
  format: z.literal(1),
  made_at: z.iso.datetime(),
  from: z.enum(['sqlite', 'postgres']),
  seconds: z.number(),
  /** Of the file as it lies there. */
  sha256: z.string().length(64),
  /** Undefined where the backup is in clear. */
  encryption: z
    .object({
      /** Whose identities open it. */
      recipients: z.array(z.string().regex(/^age1[0-9a-z]+$/)).min(1),
      /** Whether it was decrypted again once it was written; else what was written was read again, and could not be opened. */
      decrypted: z.boolean(),
    })
    .optional(),
  audit_head: z.object({ seq: z.number(), hash: z.string() }),
  receipt_files: z.number(),
  /** Files that the database names and that were not there, or not whole. */
  receipts_missing: z.number(),
  tables: z.record(z.string().regex(/^[a-z_]+$/), z.object({ rows: z.number(), checksum: z.string().length(64) })),
});
/** What a backup says of itself. */
export type Manifest = z.infer<typeof manifestContent>;

export interface BackupParts {
  readonly db: Database;
  readonly databaseUrl: string;
  /** Where receipts are kept as files; undefined where they are in the database. */
  readonly receiptFolder: string | undefined;
  /** In which the backups stand, each in a folder of its own. */
  readonly folder: string;
  /** With what it is encrypted; undefined leaves it in clear. */
  readonly keys: BackupKeys | undefined;
  readonly now: () => Date;
  readonly progress?: Progress;
}

/**
 * Makes a backup of everything at one instant, while Outlay goes on: one SQLite file whichever engine it comes from, and what it has to
 * say. It is read again before it gets its name: a backup that is there is whole.
 * @param isWanted asked once nobody else is making one.
 * @returns undefined where it is not wanted any more.
 * @throws Problem `conflict` where another one is being made, `unavailable` where it cannot be written.
 */
export async function makeBackup(parts: BackupParts): Promise<Backup>;
export async function makeBackup(parts: BackupParts, isWanted: () => Promise<boolean>): Promise<Backup | undefined>;
export async function makeBackup(parts: BackupParts, isWanted = async () => true): Promise<Backup | undefined> {
  const { folder, now } = parts;
  try {
    await using held = new AsyncDisposableStack();
    held.use(await lockBackups(folder));
    if (!(await isWanted())) return undefined;
    const at = now();
    const whole = join(folder, `outlay-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`);
    const partial = `${whole}.partial`;
    await mkdir(partial, { mode: 0o700 });
    try {
      const manifest = await writeBackup(parts, partial, at);
      await rename(partial, whole);
      return { folder: whole, file: join(whole, fileOf(manifest)), manifest };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('unavailable', `The backup could not be written to "${folder}". What was there before is untouched.`, {
      cause,
    });
  }
}

async function writeBackup(
  { db, databaseUrl, receiptFolder, folder, keys, progress }: BackupParts,
  into: string,
  at: Date,
): Promise<Manifest> {
  const began = performance.now();
  const encryption = keys === undefined ? undefined : await openEncryption(folder, keys);
  const file = join(into, DATABASE);
  if (isPostgres(db)) await copyIntoFile(db, file, progress);
  else await copySqlite(databaseUrl.slice('sqlite:'.length), file);
  const { tables, head } = await readBackup(file, progress);
  // After the database: what it names is there by then.
  const receiptsThere = join(folder, encryption === undefined ? RECEIPTS : receiptsNameFor(encryption.recipients));
  const receipts =
    receiptFolder === undefined
      ? { files: 0, missing: 0 }
      : await copyReceiptFiles(file, receiptFolder, receiptsThere, encryption);
  const sha256 = encryption === undefined ? await hashOf(readPieces(file)) : await encryptDatabase(into, encryption);
  const manifest: Manifest = {
    format: 1,
    made_at: at.toISOString(),
    from: isPostgres(db) ? 'postgres' : 'sqlite',
    seconds: Math.round((performance.now() - began) / 100) / 10,
    sha256,
    ...(encryption !== undefined && {
      encryption: { recipients: [...encryption.recipients], decrypted: encryption.identity !== undefined },
    }),
    audit_head: head,
    receipt_files: receipts.files,
    receipts_missing: receipts.missing,
    tables: Object.fromEntries(tables),
  };
  await writeFile(join(into, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  await flush(join(into, fileOf(manifest)));
  return manifest;
}

/** In place of the file in clear, of which nothing is left. @returns the hash of what lies there then. */
async function encryptDatabase(into: string, encryption: Encryption): Promise<string> {
  const file = join(into, DATABASE);
  const { encrypted } = await encryptAndCheck(file, join(into, ENCRYPTED), encryption);
  await rm(file);
  if (encryption.lockedKey !== undefined)
    await writeFile(join(into, KEY_FILE), encryption.lockedKey, { mode: 0o600, flush: true });
  return encrypted;
}

function fileOf({ encryption }: Manifest): string {
  return encryption === undefined ? DATABASE : ENCRYPTED;
}

async function copyIntoFile(db: Database, file: string, progress?: Progress): Promise<void> {
  const to = await openDatabase(`sqlite:${file}`);
  try {
    await migrate(to);
    await transfer(db, to, progress);
  } finally {
    await to.destroy();
  }
}

/** What the file of a backup says, and where its audit record ends. */
async function readBackup(file: string, progress?: Progress) {
  const db = await openDatabase(`sqlite:${file}`);
  try {
    const tables = await fingerprintsOf(db, progress);
    const head = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
    return { tables, head };
  } finally {
    await db.destroy();
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync().finally(() => handle.close());
}

/** A backup that is there. */
export interface Backup {
  readonly folder: string;
  /** Encrypted where the manifest says so. */
  readonly file: string;
  readonly manifest: Manifest;
  /** What opens it, where it is encrypted and that was given. */
  readonly identities?: readonly string[];
}

/** @throws Problem `invalid` for what is no backup, for one that was changed since, and for an encrypted one without what opens it. */
export async function openBackup(folder: string, given: OpenedWith): Promise<Backup> {
  const said = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw new Problem('invalid', `"${folder}" is no backup: it has no ${MANIFEST}. Name one of the folders outlay-….`, { cause });
  });
  const parsed = manifestContent.safeParse(parse(said));
  if (!parsed.success) throw new Problem('invalid', `The ${MANIFEST} of "${folder}" cannot be read. Take another backup.`);
  const manifest = parsed.data;
  const file = join(folder, fileOf(manifest));
  const sha256 = await hashOf(readPieces(file)).catch(() => undefined);
  if (sha256 !== manifest.sha256)
    throw new Problem('invalid', `The backup "${folder}" was changed since it was made, or is damaged. Take another one.`);
  if (manifest.encryption === undefined) {
    if (given.mustBeEncrypted === true)
      throw new Problem(
        'invalid',
        `The backup "${folder}" is in clear, although there is a key. Somebody may have put it there; if it is from before, say --in-clear.`,
      );
    return { folder, file, manifest };
  }
  return { folder, file, manifest, identities: await identitiesFor(folder, manifest.encryption.recipients, given) };
}

/** Where the receipts of a backup lie: beside it, as it was made. */
export function receiptsOf({ folder, manifest: { encryption }, identities = [] }: Backup): KeptReceipts {
  const name = encryption === undefined ? RECEIPTS : receiptsNameFor(encryption.recipients);
  return { folder: join(dirname(resolve(folder)), name), identities: encryption === undefined ? undefined : identities };
}

/** As the manifest has it. */
export function expectedOf({ tables }: Manifest): Fingerprints {
  return new Map(Object.entries(tables)) as unknown as ReadonlyMap<TableName, { rows: number; checksum: string }>;
}

/** @throws Problem `unavailable` where a database does not say what the backup said. */
export async function assertSame(db: Database, manifest: Manifest, progress?: Progress): Promise<void> {
  const expected = expectedOf(manifest);
  // Those that it has: a newer program knows of more.
  const differences = listDifferences(expected, await fingerprintsOf(db, progress, new Set(expected.keys())));
  if (differences.length > 0)
    throw new Problem('unavailable', `What was restored is not what was kept: ${differences.join('; ')}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
