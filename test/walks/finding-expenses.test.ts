import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import type { ExpenseState } from '../../src/database/schema.ts';
import { addExpense } from '../../src/expenses/expenses.ts';
import { type Expense, spent } from '../../src/expenses/life.ts';
import { formatMoney } from '../../src/expenses/money.ts';
import type { VisibleTeam } from '../../src/teams/teams.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, listIn, personIdOf } from '../expense-walk.ts';
import { openWorld, type World } from '../world.ts';

const items = [
  'Train to Berlin',
  'ÜBERNACHTUNG',
  'Übernachtung am See',
  '100% wool_socks',
  'back\\slash',
  'Lunch',
  "it's <b>",
  'ЖУРНАЛ',
  '費用',
];
const merchants = ['', 'Deutsche Bahn', 'Café Łódź', 'CAFÉ central', '50% off'];
const states = [
  'draft',
  'submitted',
  'approved',
  'rejected',
  'withdrawn',
  'reimbursed',
] as const satisfies readonly ExpenseState[];

type Query = Readonly<Record<string, string>>;

describeOnBothEngines('the expenses of a team', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let rows: Expense[];
  let ids: { alice: string; bob: string };
  before(async () => {
    world = await openWorld({ engine });
    alice = await AtExpenses.signIn(world, 'alice');
    await world.signIn('bob');
    ids = { alice: await personIdOf(world, 'alice'), bob: await personIdOf(world, 'bob') };
    const team = (await world.db
      .selectFrom('team')
      .selectAll()
      .where('id', '=', 'finance')
      .executeTakeFirstOrThrow()) as VisibleTeam;
    await world.db.transaction().execute(async (transaction) => {
      for (let index = 0; index < 130; index += 1) {
        const state = states[index % 6] ?? 'draft';
        // What was decided on has a decider, unless it came in from elsewhere.
        const [spenderId, spenderName] = (
          {
            draft: [index % 4 === 0 ? ids.alice : ids.bob, 'Somebody'],
            submitted: [ids.alice, 'Alice Archer'],
            withdrawn: [ids.bob, 'Bob Baker'],
          } as const
        )[state as 'draft'] ?? [undefined, 'Elsewhere'];
        await addExpense(transaction, team, {
          item: items[index % items.length] ?? '',
          merchant: merchants[index % merchants.length] ?? '',
          note: index % 7 === 0 ? 'Notiz über GRÖNLAND' : '',
          amountMinor: [100, 250, 99_999, 1][index % 4] ?? 1,
          spentOn: `2026-0${1 + (index % 3)}-1${index % 5}`,
          categoryId: index % 3 === 0 ? 'meals' : 'travel',
          loggedAt: new Date(Date.UTC(2026, 3, 1, 0, 0, Math.floor(index / 4))),
          spenderId,
          spenderName,
          state,
        });
      }
    });
    const all = await world.db.selectFrom('expense').selectAll().where('team_id', '=', 'finance').execute();
    rows = all.filter((row) => row.state !== 'draft' || row.spender_id === ids.alice);
    assert.ok(rows.length > 100 && rows.length < all.length);
  });
  after(() => world[Symbol.asyncDispose]());

  /** What the query lets through, in its order, in the plainest way there is. */
  function expected({
    state = '',
    person = '',
    category = '',
    merchant = '',
    from = '',
    to = '',
    least = '',
    most = '',
    q = '',
    sort = '',
  }: Query): Expense[] {
    const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
    const key = (row: Expense) => (sort === 'amount' ? row.team_amount_minor : sort === 'date' ? row.spent_on : row.logged_at);
    return rows
      .filter(
        (row) =>
          (state === '' || row.state === state || (state === 'spent' && spent.includes(row.state))) &&
          (person === '' || (row.spender_id ?? 'unknown') === person) &&
          (category === '' || row.category_id === category) &&
          (from === '' || row.spent_on >= from) &&
          (to === '' || row.spent_on <= to) &&
          (least === '' || row.team_amount_minor >= Math.round(Number(least) * 100)) &&
          (most === '' || row.team_amount_minor <= Math.round(Number(most) * 100)) &&
          (merchant === '' || has(row.merchant, merchant)) &&
          (q === '' || has(row.item, q) || has(row.merchant, q) || has(row.note, q)),
      )
      .toSorted((a, b) => (key(a) < key(b) || (key(a) === key(b) && a.id < b.id) ? 1 : -1));
  }

  /** Follows the pages to the end. */
  async function assertFinds(query: Query): Promise<void> {
    const said = JSON.stringify(query);
    const wanted = expected(query);
    const sum = wanted.filter(({ state }) => spent.includes(state)).reduce((total, row) => total + row.team_amount_minor, 0);
    const found: string[] = [];
    let path: string | undefined = `/team/finance?${new URLSearchParams(query).toString()}`;
    while (path !== undefined) {
      const { status, body } = await alice.get(path);
      assert.equal(status, 200, said);
      const page = listIn(body);
      assert.deepEqual(
        [page.count, page.total],
        [wanted.length, formatMoney(sum, 'USD')],
        `${said}: count and total are of all, on each page`,
      );
      assert.ok(page.ids.length <= 25 && (page.next === undefined || page.ids.length === 25));
      found.push(...page.ids);
      path = page.next;
    }
    assert.deepEqual(
      found,
      wanted.map(({ id }) => id),
      said,
    );
  }

  it('come each once under each order, over pages of 25, and count and total are those of all', async () => {
    for (const sort of ['', 'newest', 'date', 'amount']) await assertFinds({ sort });
  });

  it('can be narrowed by each field', async () => {
    for (const state of [...states, 'spent']) await assertFinds({ state });
    for (const person of [...Object.values(ids), 'unknown']) await assertFinds({ person });
    for (const category of ['meals', 'travel', 'training']) await assertFinds({ category });
    for (const merchant of ['deutsche', 'BAHN', 'café', 'CAFÉ', 'łódź', '%', '50% ', '_', 'nothing'])
      await assertFinds({ merchant });
    for (const q of [
      'train',
      'ÜBER',
      'über',
      'Übernachtung am',
      'grönland',
      '%',
      '_',
      '\\',
      "'",
      '<b>',
      'журнал',
      '費',
      'zzz',
      'bahn',
    ])
      await assertFinds({ q });
    for (const from of ['2026-02-11', '2026-04-01', '0001-01-01', '9999-12-31']) await assertFinds({ from });
    for (const to of ['2026-02-11', '2025-12-31', '9999-12-31']) await assertFinds({ to });
    for (const least of ['0.01', '2.50', '2.51', '1000']) await assertFinds({ least });
    for (const most of ['0.01', '2.49', '2.50', '999.99']) await assertFinds({ most });
    await assertFinds({ from: '2026-02-10', to: '2026-02-10', least: '2.50', most: '2.50' });
  });

  it('can be narrowed by all fields together, under each order', async () => {
    const maybe = (...values: readonly string[]) => fc.constantFrom('', '', ...values);
    const query = fc.record({
      state: maybe(...states, 'spent'),
      person: maybe(...Object.values(ids), 'unknown'),
      category: maybe('meals', 'travel'),
      merchant: maybe('a', 'café', '%'),
      from: maybe('2026-01-12', '2026-02-01'),
      to: maybe('2026-02-12', '2026-03-13'),
      least: maybe('1', '2.50'),
      most: maybe('2.50', '999.99'),
      q: maybe('e', 'über', '_'),
      sort: maybe('newest', 'date', 'amount'),
    });
    await fc.assert(fc.asyncProperty(query, assertFinds), { seed: 20_261_124, numRuns: 40, endOnFailure: true });
  });

  it('keep what was asked in the form, and lead back to all', async () => {
    const asked = { q: 'a"b<', state: 'rejected', merchant: 'x', from: '2026-01-01', least: 'about five', sort: 'amount' };
    const { body } = await alice.get(`/team/finance?${new URLSearchParams(asked).toString()}`);
    assert.match(body, /value="a&quot;b&lt;"/);
    assert.match(body, /<option value="rejected" selected>/);
    assert.match(body, /<option value="amount" selected>/);
    assert.match(
      body,
      /value="about five"[^]*Write the amount in digits/,
      'an amount that cannot be read does not narrow, and says so',
    );
    assert.match(body, /Nothing fits[^]*href="\/team\/finance">Show everything/);
  });

  it('are shown whatever the address asks for', async () => {
    const first = listIn((await alice.get('/team/finance?sort=amount')).body);
    const cursor = new URLSearchParams(first.next?.split('?')[1]).get('after') ?? '';
    const places = [cursor, `2026-01-01_${'0'.repeat(36)}`, `9999999999999999_${'f'.repeat(36)}`, `0_${'-'.repeat(36)}`, '1_x'];
    const odd = [
      ['state=nothing', 'state=__proto__', 'state=draft&state=approved', 'state[]=draft', 'person=me', 'person=%00'],
      ['category=%27', 'category=Meals', 'from=2026-02-30', 'from=yesterday', 'to=%00', 'from=2026-03-01&to=2026-01-01'],
      ['least=-1', 'most=1e9', 'least=5&most=1', 'q=%00', 'q=%ff', 'q=%ED%A0%80', `q=${'x'.repeat(3_000)}`],
      ['sort=', 'sort=price', 'sort=__proto__', 'sort=constructor', 'sort=amount&sort=date', 'after=', 'after=x', 'after=%00'],
      ['__proto__=1', 'constructor[prototype]=1', '=', '&&&', '%', 'after[]=1&after[]=2', 'toString=1'],
      ...['newest', 'date', 'amount'].map((sort) =>
        [...places, `2026-13-45T99:99:99.999Z_${'a'.repeat(36)}`].map(
          (place) => `sort=${sort}&after=${encodeURIComponent(place)}`,
        ),
      ),
    ].flat();
    for (const query of odd) {
      const { status, body } = await alice.get(`/team/finance?${query}`);
      assert.equal(status, 200, query);
      assert.match(body, /<h1>Finance<\/h1>/, query);
    }
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});
