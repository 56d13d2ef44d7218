import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines, newDatabase } from '../../test/databases.ts';
import { assertOnly } from '../../test/findings.ts';
import { openDatabase } from '../database/open.ts';
import { readPace } from '../database/pace.ts';
import { judgePace } from './pace.ts';

const quick = { roundTrip: 1, running: 0, idleInTransaction: 0 };

describe('the pace of a database', () => {
  it('is nothing to speak of where it answers', () => {
    assert.deepEqual(judgePace(quick), []);
  });

  it('is named where it is far away, where a query does not end, and where somebody holds what others wait for', () => {
    assertOnly(judgePace({ ...quick, roundTrip: 21 }), 'weak database-far', '');
    assertOnly(judgePace({ ...quick, running: 61 }), 'weak slow-query', /pg_stat_activity/);
    assertOnly(judgePace({ ...quick, idleInTransaction: 61 }), 'weak open-transaction', /pg_terminate_backend/);
  });
});

describeOnBothEngines('the pace of a database', (engine) => {
  it('is read from the database itself: who asks now, and who has left a transaction open', async () => {
    await using database = await newDatabase(engine);
    const [db, other] = [await openDatabase(database.url), await openDatabase(database.url)];
    const { roundTrip, ...others } = await readPace(db);
    assert.ok(roundTrip > 0);
    assert.deepEqual(others, { running: 0, idleInTransaction: 0 });
    await other.transaction().execute(async (transaction) => {
      await sql`select 1`.execute(transaction);
      const { running, idleInTransaction } = await readPace(db);
      assert.equal(running, 0);
      assert.equal(idleInTransaction > 0, engine === 'postgres');
    });
    await db.destroy();
    await other.destroy();
  });
});
