import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { fieldsOf, mistakesOn, submit, textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('accounts', (engine) => {
  let world: World;
  const at = {} as Record<'alice' | 'charlie' | 'manuel' | 'dana' | 'audrey' | 'fiona' | 'nobody', AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'charlie', 'manuel', 'dana', 'audrey', 'fiona', 'nobody'] as const)
      at[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.db.deleteFrom('account_rule').execute());

  const meals = { team: '', category: 'meals', account: '4650', costCentre: '', taxCode: 'V7' };
  const keep = async (typed: Partial<typeof meals> = {}) =>
    submit(at.fiona.browser, await at.fiona.get(paths.accounts), paths.accounts, { ...meals, ...typed });
  const rules = () => world.db.selectFrom('account_rule').selectAll().orderBy('scope').execute();
  const recorded = async () => {
    const entries = world.db.selectFrom('audit_entry').selectAll().where('about_kind', '=', 'account-rule').orderBy('id');
    return (await entries.execute()).map(({ action, about_name: name, detail }) => [action, name, JSON.parse(detail)] as const);
  };

  it('are set by finance for a team and a category, changed in the same place, and removed; each is recorded', async () => {
    const from = (await recorded()).length;
    const { status, location = '' } = await keep();
    assert.equal(status, 303);
    const page = await at.fiona.browser.ask(location);
    assert.match(textOf(page.body), /The rule counts from now on.*Every team, Meals Account 4650 · Tax code V7/);
    await keep({ account: '4651', costCentre: ' 10 \u202E' });
    await keep({ account: '4651', costCentre: '10' });
    await keep({ team: 'finance', category: '', account: '', costCentre: '10', taxCode: '' });
    assert.deepEqual(
      (await rules()).map(({ scope, account, cost_centre: centre, tax_code: code }) => [scope, account, centre, code]),
      [
        ['/meals', '4651', '10', 'V7'],
        ['finance/', '', '10', ''],
      ],
    );
    const removal = await at.fiona.post(paths.accountRemoval, { team: '', category: 'meals' });
    assert.equal(removal.location, world.url('/accounts?done=accounts-removed'));
    assert.equal((await at.fiona.post(paths.accountRemoval, { team: '', category: 'meals' })).status, 303, 'twice is once');
    assert.deepEqual(
      (await rules()).map(({ scope }) => scope),
      ['finance/'],
    );
    const detail = { account: '4651', costCentre: '10', taxCode: 'V7' };
    assert.deepEqual((await recorded()).slice(from), [
      ['accounts-kept', 'Every team, Meals', { account: '4650', costCentre: '', taxCode: 'V7' }],
      ['accounts-kept', 'Every team, Meals', { ...detail, was: 'Account 4650 · Tax code V7' }],
      ['accounts-kept', 'Finance, every category', { account: '', costCentre: '10', taxCode: '' }],
      ['accounts-removed', 'Every team, Meals', detail],
    ]);
  });

  it('stand filled in where one of them is to be changed, or where one is missing', async () => {
    await keep({ team: 'finance' });
    await world.db.updateTable('category').set({ retired_at: '2026-01-05T00:00:00.000Z' }).where('id', '=', 'meals').execute();
    const list = await at.fiona.get(paths.accounts);
    const href = /href="(\/accounts\?team=finance&amp;category=meals)#rule"/.exec(list.body)?.[1] ?? '';
    assert.deepEqual(fieldsOf((await at.fiona.get(href.replaceAll('&amp;', '&'))).body, paths.accounts), {
      ...meals,
      team: 'finance',
    });
    assert.match(list.body, /Meals \(no longer offered\)/, 'what was logged in it is still reimbursed');
    await world.db.updateTable('category').set({ retired_at: null }).where('id', '=', 'meals').execute();
    const missing = { account: '', costCentre: '', taxCode: '' };
    const { body } = await at.fiona.get('/accounts?team=marketing&category=travel');
    assert.deepEqual(fieldsOf(body, paths.accounts), { team: 'marketing', category: 'travel', ...missing });
    for (const query of ['?team=nowhere&category=%00', '?team=a&team=b', '?category=__proto__']) {
      const { status, body } = await at.fiona.get(`/accounts${query}`);
      assert.equal(status, 200);
      assert.deepEqual(fieldsOf(body, paths.accounts), { team: '', category: '', ...missing }, query);
    }
  });

  it('are read by admins and auditors, and hidden from everybody else', async () => {
    await keep();
    for (const name of ['fiona', 'dana', 'audrey'] as const) {
      const { status, body } = await at[name].get(paths.accounts);
      assert.equal(status, 200);
      assert.match(textOf(body), /Every team, Meals/);
      assert.equal(body.includes('<form class="form"') && body.includes('/accounts/removal'), name === 'fiona', name);
    }
    for (const [name, status] of [
      ['alice', 404],
      ['charlie', 404],
      ['manuel', 404],
      ['nobody', 404],
      ['dana', 403],
      ['audrey', 403],
    ] as const) {
      if (status === 404) assert.equal((await at[name].get(paths.accounts)).status, 404, name);
      assert.equal((await at[name].post(paths.accounts, { ...meals, account: '9' })).status, status, name);
      assert.equal((await at[name].post(paths.accountRemoval, { team: '', category: 'meals' })).status, status, name);
    }
    assert.deepEqual(
      (await rules()).map(({ account }) => account),
      ['4650'],
    );
  });

  it('say what is wrong with them beside the field, and keep nothing of it', async () => {
    for (const [typed, field] of [
      [{ team: 'nowhere' }, 'team'],
      [{ team: '%00\u0000' }, 'team'],
      [{ category: '__proto__' }, 'category'],
      [{ account: 'x'.repeat(41) }, 'account'],
      [{ costCentre: 'x'.repeat(41) }, 'costCentre'],
      [{ taxCode: 'x'.repeat(41) }, 'taxCode'],
      [{ account: ' ', taxCode: '\t' }, 'account'],
    ] as const) {
      const { status, body } = await keep(typed);
      assert.equal(status, 422);
      assert.deepEqual(Object.keys(mistakesOn(body)), [field], JSON.stringify(typed));
    }
    assert.deepEqual(await rules(), []);
    assert.match(textOf((await at.fiona.get(paths.accounts)).body), /Of the three, one is enough/);
    for (const form of [
      { team: 'nowhere', category: 'meals' },
      { team: '\u0000', category: '' },
    ])
      assert.equal((await at.fiona.post(paths.accountRemoval, form)).status, 404);
  });

  it('are one rule for each pair, whoever sets it at the same moment', async () => {
    const answers = await Promise.all(
      ['1', '2', '3', '4'].map((account) => at.fiona.post(paths.accounts, { ...meals, account })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303, 303, 303],
    );
    assert.equal((await rules()).length, 1);
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});
