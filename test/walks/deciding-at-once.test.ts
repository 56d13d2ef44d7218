import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { spent, type Transition } from '../../src/expenses/life.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, listIn, lunch, setLimit } from '../expense-walk.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

const EXPENSES = 50;
const CLIENTS = 100;
/** How many of the expenses each client decides on, one after the other. */
const EACH = 6;

describeOnBothEngines('a hundred people at once', (engine) => {
  let world: World;
  const browsers = new Map<CastName, HttpBrowser>();
  let alice: AtExpenses;
  let addresses: ((path: string) => string)[];
  let second: Awaited<ReturnType<World['openBeside']>> | undefined;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['manuel', 'mara', 'fiona', 'bob'] as const) browsers.set(name, (await world.signIn(name)).browser);
    alice = await AtExpenses.signIn(world, 'alice');
    // On PostgreSQL two processes stand side by side, as it were.
    second = engine === 'postgres' ? await world.openBeside() : undefined;
    addresses = [world.url, ...(second === undefined ? [] : [second.url])];
  });
  after(async () => {
    await second?.[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  const browserOf = (name: CastName) => browsers.get(name) ?? assert.fail(name);

  async function logMany(amount: string): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < EXPENSES; index += 1) {
      const form = { ...lunch, item: `Lunch ${index}`, amount, next: 'submit' };
      const { location = '' } = await alice.post('/team/finance/expenses', form);
      ids.push(location.split('/').at(-1) ?? '');
    }
    return ids;
  }

  /** Four clients at a time take the same stretch of the expenses, which overlaps with the next; each does to all what it does. */
  async function decide(ids: readonly string[], plan: readonly (readonly [CastName, Transition])[]): Promise<Answer[]> {
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const group = Math.floor(client / 4);
      const [name, step] = plan[(client + group) % plan.length] ?? assert.fail();
      const browser = browserOf(name).copy();
      const answers: Answer[] = [];
      for (let index = 0; index < EACH; index += 1) {
        const id = ids[(group * 2 + index) % ids.length] ?? '';
        const url = addresses[(client + index) % addresses.length] ?? assert.fail();
        const form = { comment: `by ${name}` };
        answers.push(
          await browser.ask(url(`/expenses/${id}/${step}`), { method: 'POST', form, headers: { origin: world.baseUrl } }),
        );
      }
      return answers;
    });
    return (await Promise.all(clients)).flat();
  }

  async function assertHolds(ids: readonly string[], answers: readonly Answer[]): Promise<void> {
    const statuses = Map.groupBy(answers, ({ status }) => status);
    for (const status of statuses.keys()) assert.ok([303, 403, 409].includes(status), `${status}`);
    for (const { body } of statuses.get(409) ?? [])
      assert.match(body, /nothing was done/, 'whoever was slower reads what happened');
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
    const rows = await world.db.selectFrom('expense').selectAll().execute();
    const totals = await world.db.selectFrom('team_total').selectAll().where('team_id', '=', 'finance').execute();
    for (const { state, expense_count: count, amount_minor: sum } of totals) {
      const amounts = rows.filter((row) => row.team_id === 'finance' && row.state === state).map((row) => row.team_amount_minor);
      const comesTo = spent.includes(state) ? amounts.reduce((total, amount) => total + amount, 0) : 0;
      assert.deepEqual([count, sum], [amounts.length, comesTo], state);
    }
    assert.equal(listIn((await alice.get('/team/finance')).body).count, rows.filter((row) => row.team_id === 'finance').length);
    for (const id of ids) {
      const steps = await world.db
        .selectFrom('expense_step')
        .selectAll()
        .where('expense_id', '=', id)
        .orderBy('version')
        .execute();
      const row = rows.find((one) => one.id === id) ?? assert.fail();
      for (const [index, step] of steps.entries()) assert.equal(step.from_state, steps[index - 1]?.to_state ?? null);
      assert.equal(steps.at(-1)?.to_state, row.state);
      assert.equal(row.version, steps.length);
      const entries = await world.db.selectFrom('audit_entry').select('id').where('about_id', '=', id).execute();
      assert.equal(entries.length, steps.length - 1, 'each step is recorded once');
    }
  }

  const statesOf = async (ids: readonly string[]) =>
    Map.groupBy(await world.db.selectFrom('expense').selectAll().where('id', 'in', ids).execute(), ({ state }) => state);
  const stepsTo = async (ids: readonly string[], state: 'approved' | 'rejected' | 'reimbursed') =>
    world.db
      .selectFrom('expense_step')
      .select('expense_id')
      .where('expense_id', 'in', ids)
      .where('to_state', '=', state)
      .execute();

  it('decide on each of 50 expenses exactly once, and reimburse each once', async () => {
    const ids = await logMany('10.00');
    const plan = [
      ['manuel', 'approval'],
      ['mara', 'rejection'],
      ['mara', 'approval'],
      ['manuel', 'rejection'],
      ['fiona', 'approval'],
      ['bob', 'rejection'],
    ] as const;
    const answers = await decide(ids, plan);
    await assertHolds(ids, answers);
    const states = await statesOf(ids);
    assert.deepEqual([...states.keys()].toSorted(), ['approved', 'rejected'], 'both were done, and nothing else');
    const decisions = [...(await stepsTo(ids, 'approved')), ...(await stepsTo(ids, 'rejected'))].map((step) => step.expense_id);
    assert.deepEqual(decisions.toSorted(), ids.toSorted());

    const approved = (states.get('approved') ?? []).map(({ id }) => id);
    await assertHolds(
      ids,
      await decide(approved, [
        ['fiona', 'settlement'],
        ['fiona', 'settlement'],
        ['manuel', 'settlement'],
      ]),
    );
    assert.deepEqual([...(await statesOf(approved)).keys()], ['reimbursed']);
    assert.equal((await stepsTo(ids, 'reimbursed')).length, approved.length);
    const settled = await world.db.selectFrom('settlement').select('id').execute();
    assert.equal(settled.length, approved.length, 'and no payment was written for nothing');
  });

  it('approve above the limit: two different people each, while others withdraw and reject', async () => {
    await setLimit(world, 10_000);
    const ids = await logMany('500.00');
    browsers.set('alice', alice.browser);
    const plan = [
      ['manuel', 'approval'],
      ['mara', 'approval'],
      ['fiona', 'approval'],
      ['alice', 'withdrawal'],
      ['manuel', 'approval'],
      ['mara', 'rejection'],
    ] as const;
    await assertHolds(ids, await decide(ids, plan));
    for (const row of [...(await statesOf(ids)).values()].flat()) {
      if (row.state === 'approved') assert.ok(row.first_approved_by !== null && row.first_approved_by !== row.decided_by);
    }
    await setLimit(world, null);
  });

  it('and two in the very same moment: one wins, and the other reads what happened', async () => {
    for (let time = 0; time < 10; time += 1) {
      const id = await alice.log({ item: `Moment ${time}` });
      const people = ['manuel', 'mara'] as const;
      const form = { ...hiddenIn((await new AtExpenses(world, browserOf('manuel')).page(id)).body), comment: '' };
      const answers = await Promise.all(
        people.map(async (name, index) => {
          const url = addresses[index % addresses.length] ?? assert.fail();
          return browserOf(name).ask(url(`/expenses/${id}/approval`), {
            method: 'POST',
            form,
            headers: { origin: world.baseUrl },
          });
        }),
      );
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303, 409]));
      const loser = answers.find(({ status }) => status === 409);
      assert.match(
        loser?.body ?? '',
        /Somebody was faster[^]*This expense (?:is “approved” by now|has changed since you looked at it)/,
      );
    }
  });
});
