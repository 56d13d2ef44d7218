import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines, newDatabase } from '../../test/databases.ts';
import { openFreshDatabase } from '../../test/fresh-database.ts';
import { Problem } from '../problems.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';

describeOnBothEngines('an open database', (engine) => {
  it('answers with numbers: for a bigint column, a sum and a count', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    for (const [id, amount] of [
      ['a', 9_007_199_254_740_000],
      ['b', 991],
    ] as const) {
      await db.insertInto('team').values({ id, label: id, currency: 'USD' }).execute();
      await db
        .insertInto('team_total')
        .values({ team_id: id, state: 'approved', expense_count: 1, amount_minor: amount })
        .execute();
    }
    const rows = await db.selectFrom('team_total').select('amount_minor').orderBy('team_id').execute();
    assert.deepEqual(
      rows.map((row) => row.amount_minor),
      [9_007_199_254_740_000, 991],
    );
    const figures = await db
      .selectFrom('team_total')
      .select(({ fn }) => [fn.sum<number>('amount_minor').as('sum'), fn.countAll<number>().as('count')])
      .executeTakeFirst();
    assert.deepEqual({ ...figures }, { sum: 9_007_199_254_740_991, count: 2 });
    const empty = await db
      .selectFrom('expense')
      .select(({ fn }) => fn.sum<number | null>('amount_minor').as('sum'))
      .executeTakeFirst();
    assert.deepEqual({ ...empty }, { sum: null });
  });

  it('fails rather than round a number that JavaScript cannot hold', async () => {
    await using fresh = await openFreshDatabase(engine);
    await assert.rejects(sql`select cast(9007199254740993 as bigint) as n`.execute(fresh.db), RangeError);
    await assert.rejects(sql`select cast(-9007199254740993 as bigint) as n`.execute(fresh.db), RangeError);
    const { rows } = await sql<{ n: number }>`select cast(-9007199254740991 as bigint) as n`.execute(fresh.db);
    assert.equal(rows[0]?.n, -9_007_199_254_740_991);
  });

  it('does not take a row that belongs to nothing, nor lets go of what others belong to', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const total = { team_id: 'finance', state: 'approved' as const, expense_count: 0, amount_minor: 0 };
    await assert.rejects(db.insertInto('team_total').values(total).execute(), /foreign key/i);
    await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
    await db.insertInto('team_total').values(total).execute();
    await assert.rejects(db.deleteFrom('team').execute(), /foreign key/i);
  });

  it('keeps text as it is', async () => {
    await using fresh = await openFreshDatabase(engine);
    for (const text of ['', '\'quoted\' "twice" \\ ; --', 'Ünïcödé 李 💸 \u202E', '%_', '007', 'null', 'line\nbreak\t', ' x ']) {
      await fresh.db.insertInto('team').values({ id: 'x', label: text, currency: 'USD' }).execute();
      assert.equal((await fresh.db.selectFrom('team').select('label').executeTakeFirst())?.label, text);
      await fresh.db.deleteFrom('team').execute();
    }
  });

  it('is found again with all that was in it', async () => {
    await using database = await newDatabase(engine);
    const first = await openDatabase(database.url);
    await migrate(first);
    await first.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
    await first.destroy();
    const second = await openDatabase(database.url);
    assert.equal((await second.selectFrom('team').select('label').executeTakeFirst())?.label, 'Finance');
    await second.destroy();
  });
});

describe('a SQLite file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-open-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('survives a power cut after a commit: write-ahead log, synchronised in full', async () => {
    const db = await openDatabase(`sqlite:${join(folder, 'pragmas.sqlite')}`);
    const pragma = async (name: string) =>
      Object.values((await sql<object>`pragma ${sql.raw(name)}`.execute(db)).rows[0] ?? {})[0];
    assert.equal(await pragma('journal_mode'), 'wal');
    assert.equal(await pragma('synchronous'), 2);
    assert.equal(await pragma('foreign_keys'), 1);
    assert.equal(await pragma('trusted_schema'), 0);
    await db.destroy();
  });

  it('is readable by its owner only, with all that SQLite puts beside it, also in a folder that others can read', async () => {
    const open = join(folder, 'open-to-all');
    mkdirSync(open, { mode: 0o755 });
    const db = await openDatabase(`sqlite:${join(open, 'outlay.sqlite')}`);
    await migrate(db);
    const files = readdirSync(open);
    assert.ok(files.includes('outlay.sqlite-wal'));
    for (const file of files) assert.equal(statSync(join(open, file)).mode & 0o777, 0o600, file);
    await db.destroy();
  });

  it('gets the folders it needs, for their owner only', async () => {
    const db = await openDatabase(`sqlite:${join(folder, 'made', 'for', 'it.sqlite')}`);
    await db.destroy();
    assert.equal(statSync(join(folder, 'made', 'for')).mode & 0o777, 0o700);
  });

  it('that cannot be opened is a problem that names it, DATA_DIR and DATABASE_URL', async () => {
    const file = join(folder, 'no-database');
    writeFileSync(file, 'This is no database, and long enough for SQLite to see that it is none. '.repeat(20));
    for (const path of [file, join(file, 'data', 'outlay.sqlite'), folder]) {
      await assert.rejects(openDatabase(`sqlite:${path}`), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.kind, 'unavailable');
        assert.ok(error.message.includes(`"${path}"`));
        assert.match(error.message, /DATA_DIR \(or DATABASE_URL\)/);
        return true;
      });
    }
  });

  it('may be none at all: a database in memory, each its own', async () => {
    const [one, two] = await Promise.all([openDatabase('sqlite::memory:'), openDatabase('sqlite::memory:')]);
    await migrate(one);
    assert.deepEqual(await two.introspection.getTables(), []);
    await Promise.all([one.destroy(), two.destroy()]);
  });
});
