import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { verifyAuditTail } from '../audit/verify.ts';
import { type Condition, findRoom, isWritable, type Room, readCondition } from '../database/condition.ts';
import { compareMigrations } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { readPace } from '../database/pace.ts';
import type { Database } from '../database/schema.ts';
import { canChangeAudit } from '../database/wall.ts';
import { Problem } from '../problems.ts';
import { bottomCause } from '../web/failure.ts';
import { type Finding, good, shown, weak, wrong } from './finding.ts';
import { judgePace } from './pace.ts';
import { examinePeople, noAdmin, type PeopleToExamine } from './people.ts';
import { within } from '../web/within.ts';

export interface DatabaseToExamine extends PeopleToExamine {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly receiptFolder: string | undefined;
  /** Whether an empty database gets the sample organisation, which has an admin. */
  readonly sampleOrganisation: boolean;
}

/** How long all that is asked of the database may take, in milliseconds. */
const LIMIT = 8_000;
/** How many entries of the audit record are looked at. */
const AUDITED = 500;

/** Opens the database, without making one, and examines it. */
export async function examineDatabaseAt(about: DatabaseToExamine): Promise<Finding[]> {
  const file = fileOf(about.databaseUrl);
  if (file !== undefined && !existsSync(file)) {
    const room = await examineRooms(about);
    const found = (await isWritable(dirname(file)))
      ? good('database', `There is no database yet; the first start makes it: ${shown(file)}.`)
      : unwritable(dirname(file));
    return [found, ...judgeFirstAdmin(about), ...room];
  }
  let db: Database;
  try {
    db = await within(LIMIT, openDatabase(about.databaseUrl));
  } catch (error) {
    return [unopened(error), ...(await examineRooms(about))];
  }
  try {
    return await examineDatabase(db, about);
  } finally {
    await db.destroy();
  }
}

/** Everything that an open database says of itself, of its people and of what was recorded. */
export async function examineDatabase(db: Database, about: DatabaseToExamine): Promise<Finding[]> {
  try {
    return await within(LIMIT, examineOpen(db, about));
  } catch (error) {
    return [unopened(error)];
  }
}

async function examineOpen(db: Database, about: DatabaseToExamine): Promise<Finding[]> {
  const findings = [...judgeCondition(await readCondition(db)), ...judgePace(await readPace(db)), ...(await examineRooms(about))];
  const migrations = await compareMigrations(db);
  const state = judgeMigrations(migrations);
  // What an older or newer program has made cannot be read.
  if (migrations.missing.length + migrations.unknown.length > 0) {
    return [...findings, state, ...(migrations.empty ? judgeFirstAdmin(about) : [])];
  }
  return [...findings, state, ...(await examineAudit(db)), ...(await examinePeople(db, about))];
}

/** Of a database in which there is nobody and no rule yet. */
function judgeFirstAdmin({ admin, issuer, sampleOrganisation }: DatabaseToExamine): Finding[] {
  return sampleOrganisation || admin.email !== undefined || admin.group !== undefined ? [] : [noAdmin(issuer)];
}

function fileOf(databaseUrl: string): string | undefined {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  return file === ':memory:' ? undefined : file;
}

function unwritable(folder: string): Finding {
  return wrong('data-folder', `The folder "${shown(folder)}" is not there, or not writable for whoever runs this.`, {
    why: 'The first start makes the database there.',
    say: 'Make it for the user that runs Outlay, or run this as that user.',
    paste: `install -d -m 0700 -o outlay -g outlay ${shown(folder)}`,
  });
}

function unopened(error: unknown): Finding {
  const cause = error instanceof Error ? (bottomCause(error) ?? '') : '';
  const what = error instanceof Problem ? error.message : 'The database does not answer in time, or not as it should.';
  return wrong('database', what, {
    why: cause === '' ? 'Without it Outlay shows no page to anybody.' : `The system says: ${shown(cause)}`,
    say: 'Look at the setting first, and then whether the database runs.',
    paste: 'DATABASE_URL=postgres://outlay:…@db.example.com:5432/outlay',
  });
}

const MB = 1_048_576;
const GB = 1_024 * MB;

/** Older ones get no more repairs of security. */
const OLDEST_POSTGRES = 14;

export function judgeCondition(condition: Condition): Finding[] {
  const { version, size } = condition;
  const named = condition.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  const found = [good('database', `The database is ${named} ${shown(version)}, and has ${Math.ceil(size / MB)} MB.`)];
  if (condition.engine === 'sqlite') {
    if (condition.journal === 'wal' || condition.journal === 'memory') return found;
    const why = 'Then whoever reads waits for whoever writes. SQLite refuses WAL where the file system cannot share memory.';
    return [
      ...found,
      weak('journal', 'SQLite does not write ahead (WAL).', {
        why,
        say: 'Put the file on a local disk.',
        paste: 'DATA_DIR=/var/lib/outlay',
      }),
    ];
  }
  if (condition.encoding !== 'UTF8') {
    found.push(
      wrong('encoding', `The database’s encoding is ${shown(condition.encoding)}.`, {
        why: 'Names and texts with letters that it has not cannot be saved.',
        say: 'Make a database in UTF-8, and restore a dump of this one into it.',
        paste: "create database outlay encoding 'UTF8' template template0",
      }),
    );
  }
  // By the server's own rules (libc) these know no letters but A to Z.
  if (condition.provider === 'c' && /^(C|POSIX)$/.test(condition.locale)) {
    found.push(
      weak('locale', `The database’s locale is ${shown(condition.locale)}.`, {
        why: 'It takes "ä" and "Ä" for different letters, so searching misses what is written in the other case.',
        say: 'Make a database with a locale of UTF-8, and restore a dump of this one into it.',
        paste: "create database outlay encoding 'UTF8' locale 'C.UTF-8' template template0",
      }),
    );
  }
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    const why = 'PostgreSQL repairs this version no more; Outlay is tested on 18.';
    found.push(weak('database-version', `PostgreSQL ${shown(version)} is old.`, { why, say: 'Upgrade it.' }));
  }
  return found;
}

/** Less than this, in bytes, is too little to go on for long, or at all. */
const LITTLE = 1_024 * MB;
const NEARLY_NONE = 100 * MB;

async function examineRooms({ dataDir, databaseUrl, receiptFolder }: DatabaseToExamine): Promise<Finding[]> {
  const file = fileOf(databaseUrl);
  const folders = [
    dataDir,
    ...(file === undefined ? [] : [dirname(file)]),
    ...(receiptFolder === undefined ? [] : [receiptFolder]),
  ];
  // One folder may be written in several ways.
  const different = [...new Map(folders.map((folder) => [resolve(folder), folder])).values()];
  const rooms = await Promise.all(different.map(async (folder) => [folder, await findRoom(folder)] as const));
  return rooms.flatMap(([folder, room]) =>
    room === undefined ? [] : judgeRoom(folder, room, file !== undefined && resolve(dirname(file)) === resolve(folder)),
  );
}

/** @param hasDatabase whether SQLite's file lies there. */
export function judgeRoom(folder: string, { free, elsewhere }: Room, hasDatabase: boolean): Finding[] {
  const where = `"${shown(folder)}"`;
  const found: Finding[] = [];
  if (hasDatabase && elsewhere === true) {
    found.push(
      wrong('network-disk', `The SQLite file lies on the disk of another machine, in ${where}.`, {
        why: 'WAL needs memory that all who use the file share, and locks that hold; on a network file system it is damaged sooner or later.',
        say: 'Keep it on a local disk, or use PostgreSQL.',
        paste: 'DATA_DIR=/var/lib/outlay',
      }),
    );
  }
  const left = `${free < GB ? `${Math.floor(free / MB)} MB` : `${Math.floor(free / GB)} GB`} are free in ${where}.`;
  const told = { why: 'Where there is no room, nothing can be saved any more.', say: 'Make room, or use a larger disk.' };
  if (free < NEARLY_NONE) found.push(wrong('disk', `Only ${left}`, told));
  else if (free < LITTLE) found.push(weak('disk', `Only ${left}`, told));
  else found.push(good('disk', left));
  return found;
}

export function judgeMigrations({
  missing,
  unknown,
}: {
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
}): Finding {
  if (unknown.length > 0) {
    return wrong('migrations', `The database is newer than this program: it has "${shown(unknown.join('", "'))}".`, {
      why: 'A newer Outlay has used it; this one does not start with it.',
      say: 'Start the newer Outlay again, or restore a backup from before the upgrade.',
    });
  }
  if (missing.length === 0) return good('migrations', 'The database is up to date with this program.');
  return weak(
    'migrations',
    `The database is ${missing.length === 1 ? 'one step' : `${missing.length} steps`} older than this program, or empty.`,
    {
      why: 'The next start brings it up to date by itself; what is in it cannot be looked at before that.',
      say: 'Start Outlay, or bring it up to date beforehand.',
      paste: 'npx outlay migrate',
    },
  );
}

async function examineAudit(db: Database): Promise<Finding[]> {
  const { linked, fault } = await verifyAuditTail(db, AUDITED);
  const told = {
    why: 'Somebody changed the database around Outlay, or a restore was not whole.',
    say: 'Look at the whole record, and compare it with a head that was written down.',
    paste: 'npx outlay audit verify',
  };
  const chain =
    fault === undefined
      ? good('audit', `The last ${linked} entries of the audit record hold.`, 'All of them: npx outlay audit verify')
      : wrong('audit', `The audit record does not hold. ${shown(fault.sentence)}`, told);
  if (!(await canChangeAudit(db))) return [chain];
  return [
    chain,
    weak('audit-wall', 'Outlay’s own database user could change the audit record.', {
      why: 'It owns the tables, or has more rights than it needs; whoever takes over Outlay has them as well.',
      say: 'Give the tables another owner; docs/operations.md has the SQL.',
      paste: 'DATABASE_OWNER_URL=postgres://outlay_owner:…@db.example.com:5432/outlay',
    }),
  ];
}
