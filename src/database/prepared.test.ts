import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { openFreshDatabase } from '../../test/fresh-database.ts';
import { listen } from '../measured.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import { prepared } from './prepared.ts';

const labelsOf = prepared((db, { id }: { readonly id: string }) => db.selectFrom('team').select('label').where('id', '=', id));

describeOnBothEngines('a query that is prepared', (engine) => {
  it('waits for no transaction and sees what was committed by then; within one it sees what that has written', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    await db.insertInto('team').values({ id: 'a', label: 'Before', currency: 'EUR' }).execute();
    await db.transaction().execute(async (transaction) => {
      await transaction.updateTable('team').set({ label: 'After' }).execute();
      assert.deepEqual(await labelsOf(transaction, { id: 'a' }), [{ label: 'After' }]);
      assert.deepEqual(await labelsOf(db, { id: 'a' }), [{ label: 'Before' }]);
    });
    assert.deepEqual(await labelsOf(db, { id: 'a' }), [{ label: 'After' }]);
  });

  it('takes other values each time, and finds nothing where there is nothing', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    for (const id of ['a', 'b']) await db.insertInto('team').values({ id, label: id, currency: 'EUR' }).execute();
    for (const id of ['b', 'a', 'b']) assert.deepEqual(await labelsOf(db, { id }), [{ label: id }]);
    assert.deepEqual(await labelsOf(db, { id: 'c' }), []);
  });

  it('is told of as any other query is, also where it fails', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const told: string[] = [];
    const listening = listen('query', ({ sql }) => void told.push(sql));
    await labelsOf(db, { id: 'a' });
    await db.schema.dropTable('team_total').execute();
    await db.schema.alterTable('team').renameTo('no_team').execute();
    await assert.rejects(labelsOf(db, { id: 'a' }));
    listening[Symbol.dispose]();
    assert.equal(told.filter((sql) => sql.startsWith('select "label" from "team"')).length, 2);
  });

  it('leaves nothing behind when the database is closed: all that was written is in its one file', async () => {
    if (engine !== 'sqlite') return;
    const folder = mkdtempSync(join(tmpdir(), 'outlay-closed-'));
    const db = await openDatabase(`sqlite:${join(folder, 'o.sqlite')}`);
    await migrate(db);
    await db.insertInto('team').values({ id: 'a', label: 'A', currency: 'EUR' }).execute();
    assert.deepEqual(await labelsOf(db, { id: 'a' }), [{ label: 'A' }]);
    await db.destroy();
    assert.deepEqual(readdirSync(folder), ['o.sqlite']);
    rmSync(folder, { recursive: true });
  });

  it('is not read once the database is closed', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    await labelsOf(db, { id: 'a' });
    await db.destroy();
    await assert.rejects(labelsOf(db, { id: 'a' }));
  });
});
