import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { openFreshDatabase } from '../../test/fresh-database.ts';
import { writeUnhurried } from './unhurried.ts';

describeOnBothEngines('a transaction that does not wait for the disk', (engine) => {
  it('is whole or not at all, and the next one waits again', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const setting = engine === 'sqlite' ? sql`pragma synchronous` : sql`show synchronous_commit`;
    const asked = async (where: typeof db) => Object.values((await setting.execute(where)).rows[0] ?? {})[0];
    const before = await asked(db);
    const add = (transaction: typeof db, id: string) =>
      transaction.insertInto('team').values({ id, label: id, currency: 'EUR' }).execute();
    const within = await writeUnhurried(db, async (transaction) => {
      await add(transaction, 'kept');
      return asked(transaction);
    });
    // 1 is NORMAL.
    assert.equal(within, engine === 'sqlite' ? 1 : 'off');
    await assert.rejects(
      writeUnhurried(db, async (transaction) => {
        await add(transaction, 'gone');
        throw new Error('on purpose');
      }),
      /on purpose/,
    );
    assert.equal(await asked(db), before);
    const teams = await db.selectFrom('team').select('id').where('id', 'in', ['kept', 'gone']).execute();
    assert.deepEqual(
      teams.map(({ id }) => id),
      ['kept'],
    );
  });
});
