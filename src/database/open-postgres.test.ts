import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { newDatabase } from '../../test/databases.ts';
import { freePort } from '../../test/free-port.ts';
import { Problem } from '../problems.ts';
import { bottomCause, describeFailure } from '../web/failure.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';

/** @returns the problem, so that more can be said about it. */
async function assertCannotOpen(url: string, setting: RegExp): Promise<Problem> {
  const outcome = await openDatabase(url).then(
    async (db) => db.destroy(),
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Problem, url);
  assert.equal(outcome.kind, 'unavailable');
  assert.match(outcome.message, setting);
  return outcome;
}

describe('a PostgreSQL server', () => {
  it('that cannot be used is a problem that names DATABASE_URL, and the password is nowhere in it', async () => {
    await using database = await newDatabase('postgres');
    const changed = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      url.password = 'planted-password';
      change(url);
      return url.href;
    };
    const port = String(await freePort());
    const urls = {
      'nobody listens': changed((url) => Object.assign(url, { port })),
      'another password': changed(() => {}),
      'another user': changed((url) => Object.assign(url, { username: 'somebody' })),
      'no such host': changed((url) => Object.assign(url, { hostname: 'nowhere.invalid' })),
    };
    for (const [why, url] of Object.entries(urls)) {
      const problem = await assertCannotOpen(url, /DATABASE_URL/);
      assert.ok(!JSON.stringify([describeFailure(problem), problem.message]).includes('planted-password'), why);
      assert.notEqual(bottomCause(problem) ?? '', '', `${why}: the operator is told what the system said`);
    }
  });

  it('without the database that is named is a problem, too', async () => {
    await using database = await newDatabase('postgres');
    const url = new URL(database.url);
    url.pathname = 'nothing_of_this_name';
    assert.match(bottomCause(await assertCannotOpen(url.href, /DATABASE_URL/)) ?? '', /does not exist/);
  });

  /** Two openings of one database, so that the second can end the connections of the first. */
  async function withTwo(work: (db: Database, drop: (pid: number) => Promise<unknown>) => Promise<void>): Promise<void> {
    await using database = await newDatabase('postgres');
    const [db, other] = [await openDatabase(database.url), await openDatabase(database.url)];
    await work(db, async (pid) => {
      await sql`select pg_terminate_backend(${pid})`.execute(other);
      const alive = async () => (await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(other)).rows.length > 0;
      while (await alive());
      // A few more ways there and back, so that word of it has reached the connection that is gone.
      for (let times = 0; times < 5; times += 1) await alive();
    });
    await Promise.all([db.destroy(), other.destroy()]);
  }

  async function backendOf(db: Database): Promise<number> {
    return (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid ?? 0;
  }

  it('that drops an idle connection does not take Outlay with it', () =>
    withTwo(async (db, drop) => {
      const dropped = await backendOf(db);
      await drop(dropped);
      // The first query may still have been given the old connection.
      await backendOf(db).catch(() => {});
      assert.notEqual(await backendOf(db), dropped);
    }));

  it('that drops a connection in the middle of a transaction makes that one fail, and nothing else', () =>
    withTwo(async (db, drop) => {
      const transaction = db.transaction().execute(async (inside) => {
        await drop(await backendOf(inside));
        await backendOf(inside);
      });
      await assert.rejects(transaction);
      assert.notEqual(await backendOf(db), 0);
    }));
});
