import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { newDatabase } from '../../test/databases.ts';
import { startPostgres } from '../../test/postgres.ts';
import { Problem } from '../problems.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';

async function assertUnavailable(work: Promise<unknown>, reason: string, sentence: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.kind, error.reason], ['unavailable', reason]);
    assert.match(error.message, sentence);
    return true;
  });
}

function addTeam(db: Database, id: string): Promise<unknown> {
  return db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('team')
      .values({ id, label: id.repeat(400), currency: 'EUR' })
      .execute();
  });
}

async function withFile(work: (db: Database) => Promise<void>): Promise<void> {
  await using database = await newDatabase('sqlite');
  const db = await openDatabase(database.url);
  try {
    await migrate(db);
    await work(db);
  } finally {
    await db.destroy();
  }
}

describe('a database', () => {
  it('that is away for a while is a problem for whoever asks meanwhile, also for those who wait already, and comes back', async () => {
    await using server = await startPostgres();
    const db = await openDatabase(server.url);
    const ask = async () => sql`select 1`.execute(db);
    const away = (work: Promise<unknown>) => assertUnavailable(work, 'database-away', /database does not answer just now/);

    // As long as it answers others, a statement may take its time.
    const slow = sql`select pg_sleep(3)`.execute(db);
    await Promise.all([ask(), ask(), slow]);

    const transaction = await db.startTransaction().execute();
    await sql`create table half_done (id text)`.execute(transaction);
    const thaw = server.freeze();
    await Promise.all([away(ask()), away(ask()), away(sql`select 2`.execute(transaction))]);
    thaw();
    await transaction
      .rollback()
      .execute()
      .catch(() => {});
    // For a moment after it, nobody tries.
    while (
      !(await ask().then(
        () => true,
        () => false,
      ))
    )
      await setImmediate();
    const { rows } = await sql`select 1 from pg_tables where tablename = 'half_done'`.execute(db);
    assert.deepEqual(rows, [], 'what was under way is not there, also for whoever gets the connection next');

    const startAgain = await server.halt();
    await away(ask());
    await away(db.transaction().execute(async () => {}));
    await startAgain();
    await ask();
    await db.destroy();
  });

  it('that is full keeps what it has and lets it be read, and takes more once there is room', () =>
    withFile(async (db) => {
      await addTeam(db, 'before');
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
      await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(db);
      const fill = async () => {
        for (let number = 0; number < 1_000; number += 1) await addTeam(db, `team-${number}`);
      };
      await assertUnavailable(fill(), 'database-full', /no room left/);
      const teams = await db.selectFrom('team').select('id').execute();
      assert.ok(teams.some(({ id }) => id === 'before'));
      await sql`pragma max_page_count = 1000000`.execute(db);
      await addTeam(db, 'after');
      assert.equal((await db.selectFrom('team').select('id').execute()).length, teams.length + 1);
    }));

  it('that may only be read says so', () =>
    withFile(async (db) => {
      await sql`pragma query_only = 1`.execute(db);
      await assertUnavailable(addTeam(db, 'team'), 'database-read-only', /can only be read just now/);
      await sql`pragma query_only = 0`.execute(db);
      await addTeam(db, 'team');
    }));

  it('tells anything else as it is', () =>
    withFile(async (db) => {
      await addTeam(db, 'team');
      await assert.rejects(addTeam(db, 'team'), (error) => !(error instanceof Problem));
    }));
});
