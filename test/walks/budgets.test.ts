import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { closeMonth } from '../../src/expenses/months.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import { doing } from '../spending.ts';
import { viewerWith } from '../told.ts';
import { openWorld, type World } from '../world.ts';

const path = '/team/finance/budgets/2026-03';

describeOnBothEngines('the budgets of a team', (engine) => {
  let world: World;
  const at = {} as Record<CastName, AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'manuel', 'charlie', 'dana', 'audrey', 'fiona', 'nobody'] as const)
      at[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    for (const table of ['budget', 'spending', 'team_total', 'expense_row'] as const) await world.db.deleteFrom(table).execute();
  });

  const set = async (typed: Readonly<Record<string, string>>, who: AtExpenses = at.fiona) =>
    submit(who.browser, await who.get(path), path, typed);
  const kept = async () => {
    const rows = await world.db.selectFrom('budget').selectAll().orderBy('month').orderBy('category_id').execute();
    return rows.map((row) => `${row.month} ${row.category_id} ${row.amount_minor}`);
  };
  const lastAudit = async () =>
    world.db.selectFrom('audit_entry').selectAll().where('action', '=', 'budgets-set').orderBy('id', 'desc').executeTakeFirst();

  it('are set by finance and admins, read by whoever sees the team, and hidden from everybody else', async () => {
    for (const [name, reads, sets] of [
      ['alice', 200, 403],
      ['manuel', 200, 403],
      ['audrey', 200, 403],
      ['charlie', 404, 404],
      ['nobody', 404, 404],
      ['dana', 200, 200],
      ['fiona', 200, 200],
    ] as const) {
      const { status, body } = await at[name].get('/team/finance/budgets?year=2026');
      assert.equal(status, reads, name);
      assert.equal(body.includes(`href="${path}"`), sets === 200, `${name} is shown what they can do`);
      assert.equal((await at[name].get(path)).status, sets, name);
      const { status: answered } = await at[name].post(path, { whole: '10' });
      assert.equal(answered, sets === 200 ? 303 : sets, name);
      assert.equal((await kept()).length, sets === 200 ? 1 : 0);
      await world.db.deleteFrom('budget').execute();
    }
    for (const odd of ['2026-13', '1999-12', '%00', '2026-3', '__proto__'])
      assert.equal((await at.fiona.get(`/team/finance/budgets/${odd}`)).status, 404, odd);
  });

  it('are for all that the team spends and for categories, for one month or for some in a row', async () => {
    const { status, location } = await set({ whole: '1,000.00', 'category-meals': '200.50' });
    assert.equal(status, 303);
    assert.deepEqual(await kept(), ['2026-03  100000', '2026-03 meals 20050']);
    const shown = textOf((await at.alice.get(new URL(location ?? '').pathname + new URL(location ?? '').search)).body);
    assert.match(
      shown,
      /The budgets count from now on.*March 2026 In all \$0\.00 of \$1,000\.00 · 0% Meals \$0\.00 of \$200\.50/,
    );
    // What the form shows is what there is; further on, it replaces what is there.
    await set({ 'category-meals': '', until: '2026-05' });
    assert.deepEqual(await kept(), ['2026-03  100000', '2026-04  100000', '2026-05  100000']);
    await set({ whole: '', until: '2026-04' });
    assert.deepEqual(await kept(), ['2026-05  100000'], 'empty is none');
    const entry = await lastAudit();
    assert.deepEqual(JSON.parse(entry?.detail ?? ''), {
      months: ['2026-03', '2026-04'],
      currency: 'USD',
      budgets: [],
      before: ['2026-03 1000.00', '2026-04 1000.00'],
    });
    assert.equal(entry?.person_name, 'Fiona Finch');
  });

  it('say what is wrong with an amount, and keep all that was typed', async () => {
    const { status, body } = await set({ whole: 'much', 'category-meals': '0', 'category-travel': '30', until: '2026-04' });
    assert.equal(status, 422);
    assert.deepEqual(Object.keys(mistakesOn(body)), ['whole', 'category-meals']);
    assert.match(body, /name="whole" value="much"/);
    assert.match(body, /name="category-travel" value="30"/);
    assert.match(body, /<option value="2026-04" selected>/);
    assert.deepEqual(await kept(), []);
    // Months that the form does not offer are not taken: it is for its own alone.
    await at.fiona.post(path, { whole: '5', until: '2199-01' });
    assert.deepEqual(await kept(), ['2026-03  500']);
  });

  it('stay as they are where the month is closed, or the team archived', async () => {
    const boss = viewerWith('x', { name: 'Boss' });
    const form = await at.fiona.get(path);
    await world.db.transaction().execute(async (db) => closeMonth(db, '2026-04', doing(boss)));
    const refused = await submit(at.fiona.browser, form, path, { whole: '5', until: '2026-05' });
    assert.equal(refused.status, 409);
    assert.match(refused.body, /April 2026 was closed by Boss/);
    assert.deepEqual(await kept(), []);
    await world.db.deleteFrom('closed_month').execute();
    await world.db.updateTable('team').set({ archived_at: '2026-01-01T00:00:00.000Z' }).where('id', '=', 'finance').execute();
    assert.equal((await submit(at.fiona.browser, form, path, { whole: '5' })).status, 409);
    assert.deepEqual(await kept(), []);
    await world.db.updateTable('team').set({ archived_at: null }).where('id', '=', 'finance').execute();
  });

  it('are said to whoever logs and to whoever decides, from 80% on and beyond', async () => {
    await set({ whole: '100', 'category-meals': '50' });
    const notice = async () =>
      /<p class="warning">([^<]*)</.exec((await at.alice.get('/team/finance/new-expense?repeat=')).body)?.[1];
    /** Whoever is told something reads it before it is submitted, as with limits. */
    const spend = async (amount: string, category: string) => {
      const id = await at.alice.log({ amount, category, spentOn: '2026-03-10' });
      if ((await at.alice.page(id)).body.includes('Not submitted yet: read this first')) await at.alice.press(id, 'submission');
      return id;
    };
    const marks = async () =>
      [...(await at.manuel.get('/waiting')).body.matchAll(/<span class="badge-plain">([^<]*)</g)].map(([, mark]) => mark);
    const first = await spend('39.99', 'meals');
    assert.deepEqual(await marks(), [], '79% is not near');
    const draft = await at.alice.log({ amount: '0.01', category: 'meals', spentOn: '2026-03-11' }, 'draft');
    const told = /With this, “Meals” comes to \$40\.00 in March 2026, which is 80% of the budget of \$50\.00\./;
    const page = textOf((await at.alice.page(draft)).body);
    assert.match(page, told);
    assert.match(page, /Not submitted yet: read this first/);
    await at.alice.press(draft, 'submission');
    assert.match(textOf((await at.manuel.page(draft)).body), told);
    assert.deepEqual(await marks(), ['Near the budget', 'Near the budget'], 'also of the first, once they are counted together');
    assert.match(textOf((await at.manuel.page(first)).body), told);
    const large = await spend('60.01', 'travel');
    assert.match(textOf((await at.alice.page(large)).body), /What the budget says .*which is 100% of the budget of \$100\.00/);
    assert.match(
      textOf((await at.manuel.page(large)).body),
      /With this, the team comes to \$100\.01 in March 2026, which is 100% of the budget of \$100\.00/,
    );
    assert.ok((await marks()).includes('Over budget'));
    // Whoever looks at the form for that month reads it there as well.
    await at.manuel.press(large, 'rejection', { comment: 'Too much' });
    assert.equal(await notice(), undefined, 'the running month has no budget');
    await world.db.updateTable('budget').set({ amount_minor: 45_00 }).where('category_id', '=', '').execute();
    assert.match(
      textOf((await at.alice.page(large, 'edit')).body),
      /In March 2026 the team has spent \$40\.00 of its budget of \$45\.00, which is 88%\./,
    );
  });

  it('keep the currency of a team that has no expense yet', async () => {
    const form = await at.fiona.get('/team/empty/budgets/2026-03');
    assert.equal((await submit(at.fiona.browser, form, '/team/empty/budgets/2026-03', { whole: '500' })).status, 303);
    const team = await at.dana.get('/admin/teams/empty');
    const refused = await submit(at.dana.browser, team, '/admin/teams/empty', { currency: 'EUR' });
    assert.equal(refused.status, 409);
    assert.match(refused.body, /This team has budgets in JPY, so its currency stays/);
  });
});
