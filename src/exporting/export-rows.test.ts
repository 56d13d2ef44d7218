import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { addScene } from '../../test/export-scene.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addMany } from '../../test/many-expenses.ts';
import { readWorkbook } from '../../test/workbook.ts';
import type { Database } from '../database/schema.ts';
import { EXPORT_BATCH, openExport } from './export-rows.ts';
import { toCsv } from './export-csv.ts';
import { toWorkbook } from './export-workbook.ts';

const about = { narrowings: [], order: '', at: '2026-11-24T00:00:00.000Z', by: '' };

describeOnBothEngines('an export of many expenses', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());

  it('goes on in another sheet where one is full', async () => {
    const { team, viewer } = await addScene(db, 'USD', {});
    await addMany(
      db,
      team.id,
      Array.from({ length: 2 * EXPORT_BATCH }, () => ({})),
    );
    for (const [limits, lengths] of [
      [{ rows: 2 * EXPORT_BATCH, bytes: 1e9 }, [EXPORT_BATCH + 1, EXPORT_BATCH + 2]],
      [{ rows: 2 * EXPORT_BATCH + 1, bytes: 1e9 }, [2 * EXPORT_BATCH + 1, 2]],
      [{ rows: 1e6, bytes: 1 }, [EXPORT_BATCH + 1, EXPORT_BATCH + 1, 2]],
    ] as const) {
      const pieces = toWorkbook(team, await openExport(db, team, viewer, {}), about, limits);
      const sheets = readWorkbook(Buffer.concat(await Array.fromAsync(pieces)));
      assert.equal(sheets.pop()?.name, 'About');
      assert.deepEqual(
        sheets.map(({ rows }) => rows.length),
        lengths,
      );
      assert.deepEqual(
        sheets.map(({ name }) => name),
        ['Expenses', 'Expenses 2', 'Expenses 3'].slice(0, lengths.length),
      );
      assert.equal(new Set(sheets.flatMap(({ rows }) => rows.slice(1).map((row) => row['A']))).size, 2 * EXPORT_BATCH + 1);
    }
  });

  it('is read in batches, and no further than somebody takes it', async () => {
    const { team, viewer } = await addScene(db, 'USD', {});
    await addMany(
      db,
      team.id,
      Array.from({ length: 2 * EXPORT_BATCH + 9 }, () => ({})),
    );
    let queries = 0;
    const counting = db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        queries += 1;
        return result;
      },
    });
    const taken = await openExport(counting, team, viewer, {});
    assert.equal(queries, 1, 'the first batch is there before anything is sent');
    const batches = await Array.fromAsync(await openExport(counting, team, viewer, {}), ({ length }) => length);
    assert.deepEqual([batches, queries], [[EXPORT_BATCH, EXPORT_BATCH, 10], 4]);
    const pieces = toCsv(team, taken);
    await pieces.next();
    await pieces.return(undefined);
    assert.deepEqual([await taken.next(), queries], [{ done: true, value: undefined }, 4]);
  });
});
