/* The room database: everything that knows an engine. */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type LogEvent, PostgresDialect, sql } from 'kysely';
import { types } from 'pg';
import { tell } from '../measured.ts';
import { Problem } from '../problems.ts';
import { NodeSqliteDialect, SqliteReads } from './node-sqlite.ts';
import { WatchedPool } from './pool.ts';
import { readPreparedBy } from './prepared.ts';
import type { Database, Schema } from './schema.ts';

/**
 * Opens the database that a URL names: `sqlite:FOLDER/FILE`, `sqlite::memory:` or `postgres://…`. The folder of a SQLite
 * file is made when missing, readable by its owner only.
 * @param setting what named it, for the sentence of a failure.
 * @throws Problem `unavailable` when it cannot be opened, naming the setting to look at.
 */
export async function openDatabase(url: string, setting = 'DATABASE_URL'): Promise<Database> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url, setting);
}

async function openSqlite(path: string): Promise<Database> {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    let reads: SqliteReads | undefined;
    const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(path, () => reads?.close()), log: tellQuery });
    await sql`select 1`.execute(db);
    // What is in memory is seen by the connection that made it alone.
    if (path !== ':memory:') {
      chmodSync(path, 0o600);
      const beside = new SqliteReads(path);
      reads = beside;
      readPreparedBy(db, (query, parameters) => beside.all(query, parameters));
    }
    return db;
  } catch (error) {
    throw new Problem(
      'unavailable',
      `The database file "${path}" cannot be opened for writing. Make its folder writable for the user that runs Outlay, ` +
        'or name another one with DATA_DIR (or DATABASE_URL).',
      { cause: error },
    );
  }
}

async function openPostgres(url: string, setting: string): Promise<Database> {
  const pool = new WatchedPool({ connectionString: url, types: { getTypeParser } });
  // Without a listener, a connection that breaks would end the process: while it is idle, and while a query is under way, too,
  // which fails by itself. The next query opens a new one.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw new Problem(
      'unavailable',
      `PostgreSQL does not answer at the address in ${setting}, or refuses the user named there. ` +
        'Check that it runs, the host and port, the user and password, and that the database exists.',
      { cause: error },
    );
  }
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), log: tellQuery });
}

function tellQuery({ queryDurationMillis, query }: LogEvent): void {
  tell('query', () => ({ seconds: queryDurationMillis / 1_000, sql: query.sql }));
}

type TypeId = Parameters<typeof types.getTypeParser>[0];

function getTypeParser(oid: TypeId, format?: 'text' | 'binary') {
  // What a bigint column, COUNT and SUM answer with.
  if (oid === types.builtins.INT8 || oid === types.builtins.NUMERIC) return parseWholeNumber;
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text');
}

/** `pg` gives these as text; the same columns are numbers on SQLite. Rounding silently would be worse than failing. */
function parseWholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a whole number that JavaScript can hold`);
  return value;
}
