import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, personIdOf, setLimit } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { AtImports } from '../import-walk.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('bringing in what was approved elsewhere', (engine) => {
  let world: World;
  let fiona: AtImports;
  before(async () => {
    world = await openWorld({ engine });
    await AtExpenses.signIn(world, 'bob');
    fiona = new AtImports(await AtExpenses.signIn(world, 'fiona'));
  });
  after(() => world[Symbol.asyncDispose]());

  it('lets nobody pay back what they brought in as approved, or get past a second approval or a limit', async () => {
    const fionasId = await personIdOf(world, 'fiona');
    const grant = { id: crypto.randomUUID(), person_id: fionasId, role: 'manager', team_id: 'finance' } as const;
    await world.db
      .insertInto('right_grant')
      .values({ ...grant, given_by: 'Dana Dyer', given_at: '2026-01-01T00:00:00.000Z' })
      .execute();
    await setLimit(world, 100_00);
    const limit = { kind: 'expense', effect: 'block', team_id: null, category_id: null, days: null } as const;
    await world.db
      .insertInto('limit_rule')
      .values({ id: crypto.randomUUID(), ...limit, amount_minor: 50_00, currency: 'USD' })
      .execute();
    const rows = ['Fiona Finch,40.00', 'Bob Baker,41.00', 'Nobody Here,42.00', 'Bob Baker,60.00', 'Bob Baker,100.01'];
    const head = 'Day,Item,Spent by,Amount,State';
    const page = await fiona.bring(
      [head, ...rows.map((row) => `2025-12-01,Dinner,${row},Approved`)].join('\n'),
      'approved.csv',
      'team',
    );
    assert.match(textOf(page.body), /Line 5: \$60\.00 is more than the limit of \$50\.00/);
    assert.match(textOf(page.body), /Line 6, column 5: Above \$100\.00 two people have to approve/);
    await fiona.land(page);
    const brought = await world.db.selectFrom('expense').selectAll().where('import_id', 'is not', null).execute();
    assert.equal(brought.length, 3);
    const waiting = (await fiona.at.get('/waiting')).body;
    for (const { id, version } of brought) {
      assert.ok(!waiting.includes(id));
      const path = fillPath(paths.expenseSettlement, { id });
      assert.equal((await fiona.at.post(path, { version: String(version) })).status, 403);
    }
  });
});
