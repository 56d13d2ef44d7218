import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { ImportState } from '../../src/database/schema-imports.ts';
import { paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { AtImports } from '../import-walk.ts';
import { openWorld, type World } from '../world.ts';

const MB = 1_048_576;
const good = 'Day;Item;Amount\n2026-01-05;Lunch;12.50\n';

describeOnBothEngines('while a file is read that has hardly an expense in it', (engine) => {
  let world: World;
  let alice: AtImports;
  let bob: AtExpenses;
  before(async () => {
    world = await openWorld({ engine });
    alice = new AtImports(await AtExpenses.signIn(world, 'alice'));
    bob = await AtExpenses.signIn(world, 'bob');
  });
  after(() => world[Symbol.asyncDispose]());

  /** How often somebody else is answered while the newest import is in this state. */
  const answersWhile = async (wanted: ImportState): Promise<number> => {
    for (let answers = 0; ; answers += 1) {
      assert.equal((await bob.get('/team/finance')).status, 200);
      const { state } = await world.db.selectFrom('import').select('state').orderBy('id', 'desc').executeTakeFirstOrThrow();
      if (state !== wanted) return answers;
    }
  };

  for (const [what, line, size] of [
    ['empty lines', '\n', MB],
    ['lines that are no rows', 'x\n', MB / 8],
    ['rows with mistakes', 'x;y;1.00\n', MB / 4],
  ] as const)
    it(`others are answered: ${what}`, async () => {
      const sent = await alice.send(good + line.repeat(size / line.length), 'file.csv');
      assert.equal(sent.status, 303);
      assert.ok((await answersWhile('checking')) > 0, 'during the look');
      const page = await alice.settled(sent.location ?? '');
      const landing = await alice.at.post(alice.pathOf(page, paths.teamImportLanding), { rows: 'good' });
      assert.equal(landing.status, 303);
      assert.ok((await answersWhile('landing')) > 0, 'during the import');
      await world.db.deleteFrom('expense_row').where('import_id', 'is not', null).execute();
    });
});
