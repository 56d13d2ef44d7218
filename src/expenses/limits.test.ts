import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { again, doing, draft, limit, move, newPerson, newTeam, now } from '../../test/spending.ts';
import type { Database } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { submitUnlessFound } from './steps.ts';
import type { VisibleExpense } from './expenses.ts';
import { checkLimits, checkLimitsOfAll } from './limits.ts';

const dollars = (amount: number) => ({ amount_minor: amount * 100, currency: 'USD' });

describeOnBothEngines('a limit', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let team: VisibleTeam;
  let other: VisibleTeam;
  let alice: Viewer;
  let manager: Viewer;
  let fiona: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('limit_rule').execute();
    [team, other] = [await newTeam(db), await newTeam(db)];
    const member = (teamId: string) => ({ role: 'member', teamId }) as const;
    alice = await newPerson(db, 'Alice Archer', member(team.id), member(other.id));
    manager = await newPerson(db, 'Manuel Mann', { role: 'manager', teamId: team.id });
    fiona = await newPerson(db, 'Fiona Finch', { role: 'finance', teamId: null });
  });

  async function sentencesOf(expense: VisibleExpense, at = now): Promise<string[]> {
    return (await checkLimits(db, expense, at)).map(({ sentence }) => sentence);
  }

  /** Submits it, and says what kept it from that; empty where nothing did. */
  async function refusalOf(expense: VisibleExpense, at = now): Promise<string> {
    try {
      await move(db, expense, 'submission', alice, at);
      return '';
    } catch (error) {
      assert.ok(error instanceof Problem);
      assert.equal(error.kind, 'invalid');
      assert.deepEqual(await again(db, alice, expense.id), expense, 'nothing has changed');
      return error.message;
    }
  }

  it('is none where nobody has set one', async () => {
    assert.deepEqual(await checkLimits(db, await draft(db, team, alice, { amountMinor: 9_999_999 }), now), []);
  });

  it('for one expense lets exactly the amount through, and not a cent more', async () => {
    await limit(db, fiona, { kind: 'expense', ...dollars(100) });
    assert.equal(await refusalOf(await draft(db, team, alice, { amountMinor: 100_00 })), '');
    const more = await draft(db, team, alice, { amountMinor: 100_01 });
    assert.equal(await refusalOf(more), '$100.01 is more than the limit of $100.00 for one expense. It was not submitted.');
  });

  it('per person and day counts what they have submitted for that day, in every team, and nothing else', async () => {
    await limit(db, fiona, { kind: 'day', ...dollars(100) });
    const bob = await newPerson(db, 'Bob Baker', { role: 'member', teamId: team.id });
    await move(db, await draft(db, team, bob, { amountMinor: 99_00 }), 'submission', bob);
    await draft(db, team, alice, { amountMinor: 98_00 });
    const rejected = await draft(db, team, alice, { amountMinor: 97_00 });
    await move(db, rejected, 'submission', alice);
    await move(db, await again(db, manager, rejected.id), 'rejection', manager);
    const withdrawn = await draft(db, team, alice, { amountMinor: 96_00 });
    await move(db, withdrawn, 'submission', alice);
    await move(db, await again(db, alice, withdrawn.id), 'withdrawal', alice);
    assert.equal(await refusalOf(await draft(db, team, alice, { amountMinor: 95_00, spentOn: '2026-03-09' })), '');
    assert.equal(await refusalOf(await draft(db, other, alice, { amountMinor: 60_00 })), '');
    const more = await draft(db, team, alice, { amountMinor: 40_01 });
    assert.equal(
      await refusalOf(more),
      'With this, Alice Archer spends more on 10 March 2026 than the limit of $100.00 per person and day: $100.01 in all. It was not submitted.',
    );
    assert.equal(await refusalOf(await draft(db, team, alice, { amountMinor: 40_00 })), '', 'exactly as much is within it');
  });

  it('per person and month counts the whole month of the expense, and not the days around it', async () => {
    await limit(db, fiona, { kind: 'month', ...dollars(100) });
    for (const [spentOn, amountMinor] of [
      ['2026-01-31', 70_00],
      ['2026-02-01', 30_00],
      ['2026-02-28', 30_00],
      ['2026-03-01', 70_00],
    ] as const) {
      assert.equal(await refusalOf(await draft(db, team, alice, { spentOn, amountMinor })), '');
    }
    const more = await draft(db, team, alice, { spentOn: '2026-02-14', amountMinor: 40_01 });
    assert.match(
      await refusalOf(more),
      /more in February 2026 than the limit of \$100\.00 per person and month: \$100\.01 in all/,
    );
    assert.equal(await refusalOf(await draft(db, team, alice, { spentOn: '2026-02-14', amountMinor: 40_00 })), '');
  });

  it('of age lets exactly so many days pass, counted until it is submitted and not until somebody decides', async () => {
    await limit(db, fiona, { kind: 'age', days: 30, effect: 'warn' });
    const within = await draft(db, team, alice, { spentOn: '2026-02-08' });
    const old = await draft(db, team, alice, { spentOn: '2026-02-07' });
    assert.deepEqual(await sentencesOf(within), []);
    assert.deepEqual(await sentencesOf(old), ['It is from 7 February 2026, more than 30 days ago.']);
    for (const { id } of [within, old]) await move(db, await again(db, alice, id), 'submission', alice);
    const later = new Date(now.getTime() + 90 * 24 * 60 * 60_000);
    assert.deepEqual(await sentencesOf(await again(db, manager, within.id), later), []);
    assert.deepEqual(await sentencesOf(await again(db, manager, old.id), later), [
      'It is from 7 February 2026, more than 30 days before it was submitted.',
    ]);
  });

  it('of age begins anew where something rejected is submitted once more, and does not where a second approval is needed', async () => {
    await limit(db, fiona, { kind: 'age', days: 30, effect: 'warn' });
    await db.updateTable('team').set({ second_approval_above: 1 }).where('id', '=', team.id).execute();
    const { id } = await draft(db, team, alice, { spentOn: '2026-02-08' });
    await move(db, await again(db, alice, id), 'submission', alice);
    const later = new Date(now.getTime() + 24 * 60 * 60_000);
    await move(db, await again(db, manager, id), 'approval', manager, later);
    assert.deepEqual(await sentencesOf(await again(db, fiona, id), later), []);
    await move(db, await again(db, fiona, id), 'rejection', fiona, later);
    await move(db, await again(db, alice, id), 'submission', alice, later);
    assert.match((await sentencesOf(await again(db, manager, id), later)).join(), /more than 30 days before/);
  });

  it('on duplicates knows the same person, day, amount and merchant, in whatever letters, and only all of them together', async () => {
    await limit(db, fiona, { kind: 'duplicate' });
    const first = await draft(db, team, alice, { item: 'Lunch with Acme' });
    await move(db, first, 'submission', alice);
    for (const different of [{ spentOn: '2026-03-09' }, { amountMinor: 100_01 }, { merchant: 'Other' }, { merchant: '' }])
      assert.deepEqual(await sentencesOf(await draft(db, team, alice, different)), [], JSON.stringify(different));
    const twin = await draft(db, team, alice, { item: 'Food', merchant: 'LUIGI', categoryId: 'other' });
    assert.match(
      await refusalOf(twin),
      /^It may be logged twice: Alice Archer has logged “Lunch with Acme” with the same day, amount and merchant\./,
    );
    assert.match(await refusalOf(await draft(db, other, alice)), /Alice Archer has logged something in another team with/);
    await move(db, await again(db, alice, first.id), 'withdrawal', alice);
    await db.deleteFrom('expense_row').where('state', '=', 'draft').where('id', '<>', twin.id).execute();
    assert.equal(await refusalOf(twin), '', 'what was withdrawn is not claimed');
  });

  it('on duplicates tells somebody of their own drafts, and nobody else', async () => {
    await limit(db, fiona, { kind: 'duplicate', effect: 'warn' });
    const [one, two] = [await draft(db, team, alice), await draft(db, team, alice)];
    assert.equal((await sentencesOf(one)).length, 1);
    await move(db, two, 'submission', alice);
    assert.deepEqual(await sentencesOf(await again(db, manager, two.id)), []);
    assert.equal((await sentencesOf(one)).length, 1);
  });

  it('of one team or one category counts there alone, also in sums', async () => {
    await limit(db, fiona, { kind: 'expense', ...dollars(50), team_id: team.id });
    await limit(db, fiona, { kind: 'day', ...dollars(150), category_id: 'meals' });
    assert.match(await refusalOf(await draft(db, team, alice, { categoryId: 'travel' })), /for one expense\./);
    assert.equal(await refusalOf(await draft(db, other, alice, { categoryId: 'travel', amountMinor: 140_00 })), '');
    assert.equal(await refusalOf(await draft(db, other, alice, { amountMinor: 120_00 })), '');
    assert.match(
      await refusalOf(await draft(db, team, alice, { amountMinor: 31_00 })),
      /per person and day in Meals: \$151\.00 in all/,
    );
  });

  it('in one currency counts for the teams that spend in it', async () => {
    await limit(db, fiona, { kind: 'expense', ...dollars(1) });
    await limit(db, fiona, { kind: 'day', ...dollars(1) });
    const yen = await newTeam(db, 'JPY');
    const carla = await newPerson(db, 'Carla', { role: 'member', teamId: yen.id });
    assert.deepEqual(await sentencesOf(await draft(db, yen, carla, { amountMinor: 5_000 })), []);
  });

  it('that only warns lets it be submitted, and is there for whoever decides, without what was spent elsewhere', async () => {
    await limit(db, fiona, { kind: 'day', ...dollars(100), effect: 'warn' });
    assert.equal(await refusalOf(await draft(db, other, alice, { amountMinor: 90_00 })), '');
    const more = await draft(db, team, alice, { amountMinor: 90_00 });
    const sentence = 'With this, Alice Archer spends more on 10 March 2026 than the limit of $100.00 per person and day';
    assert.deepEqual(await sentencesOf(more), [`${sentence}: $180.00 in all.`]);
    assert.equal(await refusalOf(more), '');
    assert.deepEqual(await sentencesOf(await again(db, manager, more.id)), [`${sentence}.`]);
  });

  it('is one of several: what blocks comes first, and all that blocks is said', async () => {
    await limit(db, fiona, { kind: 'age', days: 1, effect: 'warn' });
    await limit(db, fiona, { kind: 'expense', ...dollars(10) });
    await limit(db, fiona, { kind: 'expense', ...dollars(20), category_id: 'meals' });
    const expense = await draft(db, team, alice, { spentOn: '2026-01-01' });
    assert.deepEqual(
      (await checkLimits(db, expense, now)).map(({ effect }) => effect),
      ['block', 'block', 'warn'],
    );
    const refusal = await refusalOf(expense);
    for (const limit of ['$10.00 for one expense.', '$20.00 for one expense in Meals.'])
      assert.ok(refusal.includes(limit), refusal);
    assert.match(refusal, /It was not submitted\.$/);
  });

  it('is held against a whole page as against each of its expenses', async () => {
    await limit(db, fiona, { kind: 'day', ...dollars(150), effect: 'warn' });
    await limit(db, fiona, { kind: 'duplicate', effect: 'warn' });
    await limit(db, fiona, { kind: 'age', days: 3, effect: 'warn' });
    const expenses: VisibleExpense[] = [];
    for (const spentOn of ['2026-03-10', '2026-03-10', '2026-03-01']) {
      const { id } = await draft(db, team, alice, { spentOn });
      await move(db, await again(db, alice, id), 'submission', alice);
      expenses.push(await again(db, manager, id));
    }
    const found = await checkLimitsOfAll(
      db,
      expenses.map((expense) => ({ ...expense, team_currency: 'USD' })),
      now,
    );
    for (const expense of expenses) assert.deepEqual(found.get(expense.id), await checkLimits(db, expense, now));
    assert.deepEqual(
      expenses.map(({ id }) => found.get(id)?.map(({ mark }) => mark)),
      [['Above a limit', 'Perhaps logged twice'], ['Above a limit', 'Perhaps logged twice'], ['Old']],
    );
  });

  it('keeps a draft and refuses nothing where much is submitted at once that is to be read first, once it is too much', async () => {
    await limit(db, fiona, { kind: 'day', ...dollars(100) });
    const drafts: VisibleExpense[] = [];
    for (let index = 0; index < 8; index += 1) drafts.push(await draft(db, team, alice, { amountMinor: 30_00 }));
    const submit = (one: VisibleExpense) =>
      db.transaction().execute(async (transaction) => submitUnlessFound(transaction, one, doing(alice)));
    await Promise.all(drafts.map(submit));
    const states = await Promise.all(drafts.map(async ({ id }) => (await again(db, alice, id)).state));
    assert.equal(states.filter((state) => state === 'submitted').length, 3);
    assert.equal(states.filter((state) => state === 'draft').length, 5);
  });

  it('holds also where much is submitted at once, in several teams', async () => {
    for (const kind of ['day', 'month'] as const) {
      await db.deleteFrom('limit_rule').execute();
      await limit(db, fiona, { kind, ...dollars(100) });
      const person = await newPerson(db, 'Piet', ...[team, other].map(({ id }) => ({ role: 'member', teamId: id }) as const));
      const drafts: VisibleExpense[] = [];
      for (let index = 0; index < 8; index += 1)
        drafts.push(await draft(db, index % 2 === 0 ? team : other, person, { amountMinor: 30_00 }));
      const results = await Promise.allSettled(drafts.map((expense) => move(db, expense, 'submission', person)));
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3, kind);
      for (const result of results) assert.ok(result.status === 'fulfilled' || result.reason instanceof Problem);
    }
  });
});
