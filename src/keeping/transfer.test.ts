import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engines, newMigratedDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { verifyAudit } from '../audit/verify.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { type Fingerprints, fingerprintsOf, inSnapshot, listDifferences } from './copy.ts';
import { tables } from './tables.ts';
import { transfer } from './transfer.ts';

async function openFilled(engine: 'sqlite' | 'postgres'): Promise<FreshDatabase> {
  const fresh = await openFreshDatabase(engine);
  await addEverything(fresh.db);
  return fresh;
}

for (const engine of engines) {
  for (const other of engines) {
    describe(`moving from ${engine} to ${other}`, () => {
      it('brings every row of every table, and the way back brings the same', async () => {
        await using source = await openFilled(engine);
        await using target = await openFreshDatabase(other);
        await using returned = await openFreshDatabase(engine);
        const before = await fingerprintsOf(source.db);
        for (const [name, { rows }] of before) assert.ok(rows > 0, `the test has a row in ${name}`);
        await transfer(source.db, target.db);
        assert.deepEqual(await fingerprintsOf(target.db), before);
        assert.equal((await verifyAudit(target.db)).fault, undefined);
        await transfer(target.db, returned.db);
        assert.deepEqual(await fingerprintsOf(returned.db), before);
        assert.deepEqual(await fingerprintsOf(source.db), before, 'the source is as it was');
      });
    });
  }

  describe(`a database to move into (${engine})`, () => {
    it('that is in use is refused by the name of what is there, and stays as it is', async () => {
      await using source = await openFilled('sqlite');
      await using target = await openFreshDatabase(engine, ['of-its-own']);
      const before = await fingerprintsOf(target.db);
      await assert.rejects(transfer(source.db, target.db), /in use: there is something in its table "team"/);
      assert.deepEqual(await fingerprintsOf(target.db), before);
    });

    it('is as it was where it was broken off, and can be tried again', async () => {
      await using source = await openFilled('sqlite');
      await using target = await openFreshDatabase(engine);
      const before = await fingerprintsOf(target.db);
      let copied = 0;
      const breaking = transfer(source.db, target.db, (_table, rows) => {
        copied += rows;
        if (copied > 60) throw new Error('broken off');
      });
      await assert.rejects(breaking, /broken off/);
      assert.deepEqual(await fingerprintsOf(target.db), before);
      await transfer(source.db, target.db);
      assert.deepEqual(await fingerprintsOf(target.db), await fingerprintsOf(source.db));
    });

    it('gets one instant of the source, whatever is written meanwhile', async () => {
      await using database = await newMigratedDatabase(engine);
      const [source, writer] = [await openDatabase(database.url), await openDatabase(database.url)];
      await addEverything(source);
      await using target = await openFreshDatabase('sqlite');
      const before = await fingerprintsOf(source);
      const writing: Promise<unknown>[] = [];
      await transfer(source, target.db, () => {
        if (writing.length < 3)
          writing.push(
            writer
              .updateTable('person')
              .set({ name: `Renamed ${writing.length}` })
              .execute(),
          );
      });
      await Promise.all(writing);
      assert.deepEqual(await fingerprintsOf(target.db), before);
      for (const db of [source, writer]) await db.destroy();
    });

    it('has every table there is in the list of what is copied', async () => {
      await using fresh = await openFreshDatabase(engine);
      const there = (await fresh.db.introspection.getTables()).filter(({ isView }) => !isView).map(({ name }) => name);
      assert.deepEqual(tables.map(({ name }) => name).toSorted(), there.toSorted());
    });
  });
}

describe('the fingerprint of a table', () => {
  const change: Readonly<Record<string, (db: Database) => Promise<unknown>>> = {
    'a changed letter': (db) => db.updateTable('person').set({ name: 'Somebody else' }).execute(),
    'a changed amount': (db) => db.updateTable('spending').set({ amount_minor: 1 }).where('kind', '=', 'team').execute(),
    'null for nothing': (db) => db.updateTable('session').set({ acr: '' }).execute(),
    'a changed byte': (db) =>
      db
        .updateTable('receipt_piece')
        .set({ bytes: Buffer.alloc(256) })
        .execute(),
    'a missing row': (db) => db.deleteFrom('month_lock').execute(),
  };
  for (const [what, work] of Object.entries(change)) {
    it(`shows ${what}`, async () => {
      await using source = await openFilled('sqlite');
      const before: Fingerprints = await inSnapshot(source.db, (snapshot) => fingerprintsOf(snapshot));
      assert.deepEqual(listDifferences(before, await fingerprintsOf(source.db)), []);
      await work(source.db);
      assert.equal(listDifferences(before, await fingerprintsOf(source.db)).length >= 1, true);
    });
  }
});
