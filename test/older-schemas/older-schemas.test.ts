import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { sql } from 'kysely';
import { verifyAudit } from '../../src/audit/verify.ts';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { openDatabase } from '../../src/database/open.ts';
import type { Database } from '../../src/database/schema.ts';
import { describeOnBothEngines, type Engine, newDatabase, newMigratedDatabase } from '../databases.ts';
import { assertSpendingAddsUp } from '../spending-sums.ts';
import { makeOlder } from './older-schema.ts';

const names = Object.keys(migrations);
type Row = Readonly<Record<string, unknown>>;

/** What a migration is meant to change or throw away, by the number of that migration; all else must still be there. */
const changed: Readonly<Record<string, number>> = { session: 3, expense: 6, team_total: 11 };

async function withOlder(engine: Engine, version: number, work: (db: Database) => Promise<void>): Promise<void> {
  await using database = await newDatabase(engine);
  const db = await openDatabase(database.url);
  try {
    await makeOlder(db, engine, names.slice(0, version));
    await work(db);
  } finally {
    await db.destroy();
  }
}

/** Every row of every table and view, in a fixed order. */
async function readAll(db: Database): Promise<Map<string, readonly Row[]>> {
  const tables = (await db.introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name).toSorted();
  const all = new Map<string, readonly Row[]>();
  for (const table of tables) {
    const { rows } = await sql<Row>`select * from ${sql.table(table)}`.execute(db);
    all.set(
      table,
      rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
  }
  return all;
}

/** As far as it had these columns then. */
function narrowed(rows: readonly Row[], { [0]: like = {} }: readonly Row[]): string[] {
  const columns = Object.keys(like);
  return rows.map((row) => JSON.stringify(columns.map((column) => row[column]))).toSorted();
}

/** All that a schema is made of, in the engine's own words. */
async function describeSchema(db: Database, engine: Engine): Promise<unknown[]> {
  if (engine === 'sqlite')
    return (await sql<Row>`select type, name, tbl_name, sql from sqlite_master order by 1, 2`.execute(db)).rows;
  const queries = [
    sql<Row>`select table_name, column_name, data_type, collation_name, is_nullable, column_default from information_schema.columns where table_schema = 'public' order by 1, 2`,
    sql<Row>`select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`,
    sql<Row>`select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
    sql<Row>`select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1`,
    sql<Row>`select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
    sql<Row>`select viewname, definition from pg_views where schemaname = 'public' order by 1`,
  ];
  return (await Promise.all(queries.map((query) => query.execute(db)))).map(({ rows }) => rows);
}

async function assertAddsUp(db: Database): Promise<void> {
  const sums = await db
    .selectFrom('expense')
    .select((row) => ['state', row.fn.countAll<number>().as('expense_count'), row.fn.sum<number>('team_amount_minor').as('sum')])
    .where('state', '<>', 'draft')
    .groupBy('state')
    .execute();
  const isSpent = (state: string) => !['rejected', 'withdrawn'].includes(state);
  const expected = sums.map(({ state, expense_count, sum }) => ({
    state,
    expense_count,
    amount_minor: isSpent(state) ? sum : 0,
  }));
  const kept = await db.selectFrom('team_total').select(['state', 'expense_count', 'amount_minor']).execute();
  assert.deepEqual(narrowed(kept, expected), narrowed(expected, expected));
  await assertSpendingAddsUp(db, 'finance');
}

describeOnBothEngines('a database of an older Outlay', (engine) => {
  let today: unknown[];
  before(async () => {
    await using database = await newMigratedDatabase(engine);
    const db = await openDatabase(database.url);
    today = await describeSchema(db, engine);
    await db.destroy();
  });

  for (const [index, name] of names.entries()) {
    const version = index + 1;
    it(`that had come as far as ${name} is brought up to now with all that it held`, () =>
      withOlder(engine, version, async (db) => {
        const held = await readAll(db);
        assert.deepEqual(await migrate(db), names.slice(version));
        const now = await readAll(db);
        for (const [table, rows] of held) {
          if (version < (changed[table] ?? 0)) continue;
          const kept =
            table === 'kysely_migration'
              ? (now.get(table) ?? []).filter((row) => rows.some((old) => old['name'] === row['name']))
              : now.get(table);
          assert.deepEqual(narrowed(kept ?? [], rows), narrowed(rows, rows), table);
        }
        // Sessions that did not say when they end are over; what was spent before there were states had been paid.
        if (version < 3) assert.deepEqual(now.get('session'), []);
        const expenses = await db.selectFrom('expense').select(['state', 'amount_minor', 'item']).execute();
        assert.equal(expenses.length, 6);
        if (version < 6) {
          assert.ok(expenses.every(({ state }) => state === 'reimbursed'));
          assert.deepEqual(
            narrowed(expenses, [{ amount_minor: 0, item: '' }]),
            narrowed(held.get('expense') ?? [], [{ amount_minor: 0, item: '' }]),
          );
        }
        await assertAddsUp(db);
        const { linked, fault } = await verifyAudit(db);
        assert.deepEqual([linked, fault], [version < 4 ? 0 : 2, undefined]);
        assert.deepEqual(
          await describeSchema(db, engine),
          today,
          'it is made as a new one is: no migration has changed since it landed',
        );
      }));
  }

  it('is left as it was, schema and rows, where any migration on the way fails', () =>
    withOlder(engine, 1, async (db) => {
      const held = await readAll(db);
      const schema = await describeSchema(db, engine);
      const broken = { ...migrations, '9000-bad': { up: () => Promise.reject(new Error('on purpose')) } };
      await assert.rejects(migrate(db, broken), /"9000-bad" failed.*left as it was/);
      assert.deepEqual(await describeSchema(db, engine), schema);
      assert.deepEqual(await readAll(db), held);
      assert.deepEqual(await migrate(db), names.slice(1), 'and the next try is a whole one');
    }));
});
