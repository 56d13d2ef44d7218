import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Transition } from '../../src/expenses/life.ts';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, lunch } from '../expense-walk.ts';
import type { CastName } from '../cast.ts';
import { openWorld, type World } from '../world.ts';

const names = [
  'alice',
  'bob',
  'charlie',
  'dana',
  'audrey',
  'fiona',
  'manuel',
  'mara',
  'nobody',
] as const satisfies readonly CastName[];
const ofOne = ['GET expense', 'GET expenseEdit', 'POST expenseEdit', 'POST expenseDeletion'].concat(
  ['Submission', 'Withdrawal', 'Approval', 'Rejection', 'Settlement'].map((step) => `POST expense${step}`),
);
const ofTeam = ['GET newExpense', 'POST teamExpenses'];
const badIds = [
  'nothing',
  '__proto__',
  '%00',
  '%',
  ' ',
  '..%2Ffinance',
  "'%20or%20'1'='1",
  '0'.repeat(36),
  '-'.repeat(36),
  'f'.repeat(300),
  '💸',
];

describeOnBothEngines('the pages of expenses', (engine) => {
  let world: World;
  const people = {} as Record<(typeof names)[number], AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of names) people[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());

  function at(who: AtExpenses, address: string, id: string) {
    const [method, name = ''] = address.split(' ');
    const path = fillPath(paths[name as keyof typeof paths], { id }).replaceAll('%25', '%');
    return method === 'GET' ? who.get(path) : who.post(path, { ...lunch, comment: 'No', version: '2' });
  }

  const withoutReference = (body: string) => body.replace(/<code>\w+<\/code>/, '');
  const everything = async () => ({
    expenses: await world.db.selectFrom('expense').selectAll().orderBy('id').execute(),
    steps: await world.db.selectFrom('expense_step').selectAll().orderBy('id').execute(),
    totals: await world.db.selectFrom('team_total').selectAll().orderBy('team_id').orderBy('state').execute(),
    settlements: await world.db.selectFrom('settlement').selectAll().execute(),
  });

  it('are, to a stranger, the same page that is shown for what does not exist, and nothing is done', async () => {
    const id = await people.alice.log({ item: 'secret-item' });
    const before = await everything();
    for (const stranger of [people.charlie, people.nobody]) {
      for (const [addresses, real, missing] of [
        [ofOne, id, id.replace(/^..../, '0000')],
        [ofTeam, 'finance', 'nothing'],
      ] as const) {
        for (const address of addresses) {
          const [foreign, none] = [await at(stranger, address, real), await at(stranger, address, missing)];
          assert.deepEqual([foreign.status, none.status], [404, 404], address);
          assert.equal(withoutReference(foreign.body), withoutReference(none.body), address);
          assert.ok(!foreign.body.includes('secret-item'));
        }
      }
    }
    assert.deepEqual(await everything(), before);
  });

  it('survive any id that is not one', async () => {
    for (const who of [people.alice, people.manuel, people.fiona]) {
      for (const id of badIds) {
        for (const address of [...ofOne, ...ofTeam]) {
          const { status, body } = await at(who, address, id);
          assert.equal(status, 404, `${address} ${id}`);
          assert.match(body, /There is nothing here/);
        }
      }
    }
  });

  it('show the same to a colleague, who can do nothing with it', async () => {
    const id = await people.alice.log({ item: 'Lunch with Bob', note: 'He was hungry' });
    const { status, body } = await people.bob.page(id);
    assert.equal(status, 200);
    for (const text of ['Lunch with Bob', 'He was hungry', 'Alice Archer', '$12.50', 'Waiting for approval'])
      assert.ok(body.includes(text));
    assert.equal((await at(people.bob, 'GET newExpense', 'finance')).status, 200, 'and logs their own');
  });

  it('let nobody do what is not theirs to do: they may read, and are told why not', async () => {
    const id = await people.alice.log();
    const before = await everything();
    const mayNot: Readonly<Record<string, readonly (typeof names)[number][]>> = {
      'GET expenseEdit': ['bob', 'dana', 'audrey', 'fiona', 'manuel', 'mara'],
      'POST expenseEdit': ['bob', 'dana', 'audrey', 'fiona', 'manuel', 'mara'],
      'POST expenseDeletion': ['bob', 'dana', 'audrey', 'fiona', 'manuel', 'mara'],
      'POST expenseSubmission': ['bob', 'dana', 'audrey', 'fiona', 'manuel', 'mara'],
      'POST expenseWithdrawal': ['bob', 'dana', 'audrey', 'fiona', 'manuel', 'mara'],
      'POST expenseApproval': ['alice', 'bob', 'dana', 'audrey', 'fiona'],
      'POST expenseRejection': ['alice', 'bob', 'dana', 'audrey', 'fiona'],
      'POST expenseSettlement': ['alice', 'bob', 'dana', 'audrey', 'manuel', 'mara'],
      'GET newExpense': ['dana', 'audrey', 'fiona'],
      'POST teamExpenses': ['dana', 'audrey', 'fiona'],
    };
    assert.deepEqual(Object.keys(mayNot).toSorted(), [...ofOne, ...ofTeam].filter((one) => one !== 'GET expense').toSorted());
    for (const [address, refused] of Object.entries(mayNot)) {
      for (const name of refused) {
        const answer = await at(people[name], address, ofTeam.includes(address) ? 'finance' : id);
        assert.equal(answer.status, 403, `${name} ${address}`);
        assert.match(answer.body, /That is not allowed/);
      }
    }
    for (const name of ['bob', 'dana', 'audrey'] as const) {
      const { status, body } = await people[name].page(id);
      assert.equal(status, 200);
      assert.ok(!body.includes(`action="/expenses/`) && !body.includes(`href="/expenses/${id}`), `${name} has no button`);
      const withoutReason = await people[name].do(id, 'rejection');
      assert.equal(withoutReason.status, 403, 'who may not reject is not asked for a reason');
    }
    assert.deepEqual(await everything(), before);
  });

  it('have a button exactly where it can be pressed', async () => {
    const steps = ['submission', 'withdrawal', 'approval', 'rejection', 'settlement'] as const satisfies readonly Transition[];
    const buttons = async (who: AtExpenses, id: string) => {
      const { body } = await who.page(id);
      return steps.filter((step) => body.includes(`/expenses/${id}/${step}"`));
    };
    const id = await people.alice.log({}, 'draft');
    assert.deepEqual(await buttons(people.alice, id), ['submission']);
    await people.alice.press(id, 'submission');
    const all = async () =>
      Promise.all(names.filter((name) => name !== 'charlie' && name !== 'nobody').map((name) => buttons(people[name], id)));
    const none: string[] = [];
    //                             alice           bob   dana  audrey fiona         manuel                     mara
    assert.deepEqual(await all(), [['withdrawal'], none, none, none, none, ['approval', 'rejection'], ['approval', 'rejection']]);
    await people.manuel.press(id, 'approval');
    assert.deepEqual(await all(), [none, none, none, none, ['settlement'], none, none]);
    await people.fiona.press(id, 'settlement');
    assert.deepEqual(await all(), [none, none, none, none, none, none, none]);
  });

  it('that are drafts are there for their owner alone: no list, count, filter, total or page tells anybody else', async () => {
    const told = async (who: AtExpenses) => {
      const queries = [
        '',
        '?state=draft',
        '?q=draft-marker',
        '?merchant=draft-merchant',
        '?least=7777.77&most=7777.77',
        '?category=marketing',
        '?sort=amount',
      ];
      const answers = await Promise.all(queries.map((query) => who.get(`/team/finance${query}`)));
      const waiting = await who.get('/waiting');
      return [...answers, waiting].map(({ status, body }) => `${status} ${withoutReference(body)}`);
    };
    const others = ['bob', 'manuel', 'mara', 'dana', 'fiona', 'audrey'] as const;
    const before = await Promise.all(others.map((name) => told(people[name])));
    const adminBefore = withoutReference((await people.dana.get('/admin/teams')).body);
    const mine = await people.alice.get('/team/finance');
    const id = await people.alice.log(
      { item: 'draft-marker', merchant: 'draft-merchant', amount: '7777.77', category: 'marketing' },
      'draft',
    );
    for (const [index, name] of others.entries()) {
      assert.deepEqual(await told(people[name]), before[index], name);
      for (const address of ofOne) {
        const [foreign, none] = [
          await at(people[name], address, id),
          await at(people[name], address, id.replace(/^..../, '0000')),
        ];
        assert.equal(foreign.status, 404, `${name} ${address}`);
        assert.equal(withoutReference(foreign.body), withoutReference(none.body));
      }
    }
    assert.equal(withoutReference((await people.dana.get('/admin/teams')).body), adminBefore);
    const count = (body: string) => Number(/(\d+) expenses?<\/span>/.exec(body)?.[1]);
    const { body } = await people.alice.get('/team/finance');
    assert.ok(body.includes('draft-marker'));
    assert.equal(count(body), count(mine.body) + 1, 'the owner sees and counts it');
    assert.ok((await people.alice.get('/team/finance?state=draft')).body.includes('draft-marker'));
  });

  it('never fail in a way that we did not expect', () => {
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});
