import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { isPostgres } from '../database/engine.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { Fingerprint, type Row, type TableFingerprint } from './fingerprint.ts';
import { type Table, type TableName, tables } from './tables.ts';

export type Fingerprints = ReadonlyMap<TableName, TableFingerprint>;

/** Told after each batch. */
export type Progress = (table: TableName, rows: number) => void;

/** Of Kysely only what does not ask which table it is: they are all read and written alike. */
type AnyTables = Kysely<Record<string, Row>>;

/** Everything that a database says, at one instant: what is written meanwhile is not in it. */
export async function inSnapshot<Result>(db: Database, work: (snapshot: Transaction) => Promise<Result>): Promise<Result> {
  const transaction = isPostgres(db)
    ? db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
    : db.transaction();
  return transaction.execute(work);
}

/** Reads a table in the order of its key, a batch at a time. */
async function* readTable(db: Database | Transaction, { name, key, batch }: Table): AsyncGenerator<Row[]> {
  const any = db as unknown as AnyTables;
  let last: Row | undefined;
  for (;;) {
    let query = any.selectFrom(name).selectAll().limit(batch);
    for (const column of key) query = query.orderBy(column);
    if (last !== undefined) {
      const from = last;
      query = query.where(({ eb, refTuple, tuple }) => {
        // As many as the key has; the types want to know it beforehand.
        const columns = refTuple(...(key as unknown as [string, string]));
        const values = tuple(...(key.map((column) => from[column]) as [never, never]));
        return eb(columns, '>', values);
      });
    }
    const rows = await query.execute();
    if (rows.length > 0) yield rows;
    if (rows.length < batch) return;
    last = rows.at(-1);
    // So that others are served in between, where this goes on beside them.
    await setImmediate();
  }
}

/** What every table says, or what these do. */
export async function fingerprintsOf(
  db: Database | Transaction,
  progress?: Progress,
  names?: ReadonlySet<string>,
): Promise<Fingerprints> {
  const found = new Map<TableName, TableFingerprint>();
  for (const table of tables.filter(({ name }) => names?.has(name) ?? true)) {
    const fingerprint = new Fingerprint();
    for await (const rows of readTable(db, table)) {
      for (const row of rows) fingerprint.add(row);
      progress?.(table.name, rows.length);
    }
    found.set(table.name, fingerprint.value());
  }
  return found;
}

/**
 * Copies every table, in batches, into one that has nothing of its own.
 * @returns what was read, to be held against what is there then.
 */
export async function copyAll(from: Database | Transaction, to: Transaction, progress?: Progress): Promise<Fingerprints> {
  const found = new Map<TableName, TableFingerprint>();
  const target = to as unknown as AnyTables;
  for (const table of tables) {
    if (table.seeded === true) await target.deleteFrom(table.name).execute();
    const fingerprint = new Fingerprint();
    for await (const rows of readTable(from, table)) {
      for (const row of rows) fingerprint.add(row);
      await target.insertInto(table.name).values(rows).execute();
      progress?.(table.name, rows.length);
    }
    found.set(table.name, fingerprint.value());
  }
  return found;
}

/**
 * @param instead what may be done then.
 * @throws Problem `conflict` where the database has anything in it that a new one has not, naming it.
 */
export async function assertEmpty(db: Database, what: string, instead = 'Name an empty one.'): Promise<void> {
  for (const { name, seeded } of tables) {
    if (seeded === true) continue;
    const row = await (db as unknown as AnyTables).selectFrom(name).select(sql`1`.as('one')).limit(1).executeTakeFirst();
    if (row === undefined) continue;
    throw new Problem(
      'conflict',
      `${what} is in use: there is something in its table "${name}". Nothing was changed. ${instead}`,
    );
  }
}

/** The tables that do not say the same, in words; none where all do. */
export function listDifferences(expected: Fingerprints, found: Fingerprints): string[] {
  return [...expected].flatMap(([name, { rows, checksum }]) => {
    const other = found.get(name);
    if (other?.rows !== rows) return [`"${name}" has ${other?.rows ?? 0} rows, and should have ${rows}`];
    return other.checksum === checksum ? [] : [`"${name}" has as many rows, but they do not say the same`];
  });
}
