import { backup, DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { unlessUnavailable } from './unavailable.ts';

/** How long a statement waits for another process that is writing, in milliseconds. */
const BUSY_TIMEOUT = 5_000;
/** How much of the file is held in memory, in KiB. SQLite's own 2 MB are less than what one page of a large team reads. */
const CACHE_SIZE = 32_768;
/** How many pages are written ahead before they are copied into the file, 32 MB of them: a page that changes often is copied once. */
const CHECKPOINT_PAGES = 8_000;
/** Prepared statements kept for reuse. Kysely sends the same few texts again and again; preparing one costs more than running it. */
const KEPT_STATEMENTS = 500;

/**
 * Kysely over Node's own SQLite.
 * @param path a file, or `:memory:`.
 * @param closing called before it is closed: whoever closes last folds the log of what was written into the file, and has to be one who may write.
 */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(path: string, closing: () => void = () => {}) {
    super({ database: async () => openNodeSqlite(path, closing) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** All pages in one go: between two, a write of others would make SQLite begin anew, again and again. */
const COPIED_PAGES = 2_147_483_647;

/** Copies a file that is in use, as it is at one instant, by SQLite's own online backup, on a thread of its own; nobody waits for it. */
export async function copySqlite(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: BUSY_TIMEOUT });
  try {
    await backup(source, to, { rate: COPIED_PAGES });
  } finally {
    source.close();
  }
}

/** SQLite rolls CREATE TABLE back like anything else; Kysely believes otherwise, and a failed migration would leave half a schema. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Single queries of a SQLite file that wait for nothing, over a connection of their own that cannot write. Kysely has one connection, on
 * which a query waits for whatever transaction is open, and on its way there for itself a dozen times. What is read here is what has been
 * committed by then, by whichever process.
 */
export class SqliteReads {
  readonly #database: DatabaseSync;
  readonly #prepare: Prepare;

  /** @param path a file that is there. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
    this.#database.exec('pragma trusted_schema = off');
    this.#prepare = keepStatements(this.#database);
  }

  /** @throws Problem `unavailable` as any other query does. */
  all(sql: string, parameters: readonly unknown[]): unknown[] {
    return tried(() => this.#prepare(sql)).all(parameters);
  }

  close(): void {
    this.#database.close();
  }
}

function openNodeSqlite(path: string, closing: () => void): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true });
  // FULL: a committed expense survives a power cut, also under WAL.
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off');
  database.exec(`pragma cache_size = -${CACHE_SIZE}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // SQLite's own knows no letters but A to Z; so that both engines find the same. (The schema has `lower`, which must stay as it is.)
  database.function('upper', { deterministic: true }, (text) => (typeof text === 'string' ? text.toUpperCase() : text));
  return {
    close: () => {
      closing();
      database.close();
    },
    prepare: keepStatements(database),
  };
}

type Prepare = (sql: string) => SqliteStatement;

function keepStatements(database: DatabaseSync): Prepare {
  const kept = new Map<string, SqliteStatement>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = toKyselyStatement(database.prepare(sql), () => sql !== 'rollback' || database.isTransaction);
    if (kept.size >= KEPT_STATEMENTS) kept.delete(kept.keys().next().value ?? '');
    kept.set(sql, statement);
    return statement;
  };
}

/**
 * @param isNeeded asked before it runs. Where the disk is full SQLite may have rolled back by itself, and to be asked once more would fail
 * and hide why.
 */
function toKyselyStatement(statement: StatementSync, isNeeded: () => boolean): SqliteStatement {
  let names = namesOf(statement);
  // Rows as lists: what SQLite makes of them by itself are objects of the slow kind, for every column one look into a table of names.
  statement.setReturnArrays(true);
  const toRow = (values: readonly SQLOutputValue[]) => {
    // Another process has changed the table since.
    if (values.length !== names.length) names = namesOf(statement);
    const row: Record<string, SQLOutputValue> = {};
    for (let at = 0; at < names.length; at += 1) row[names[at] ?? ''] = values[at] ?? null;
    return row;
  };
  return {
    reader: names.length > 0,
    all: (parameters) =>
      tried(() => statement.all(...(parameters as SQLInputValue[])) as unknown as SQLOutputValue[][]).map(toRow),
    run: (parameters) => (isNeeded() ? tried(() => statement.run(...(parameters as SQLInputValue[]))) : nothingDone),
    *iterate(parameters) {
      const rows = statement.iterate(...(parameters as SQLInputValue[])) as unknown as Iterable<SQLOutputValue[]>;
      for (const values of rows) yield toRow(values);
    },
  };
}

const nothingDone = { changes: 0, lastInsertRowid: 0 };

function tried<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw unlessUnavailable(error);
  }
}

function namesOf(statement: StatementSync): string[] {
  return statement.columns().map(({ name }) => name);
}
