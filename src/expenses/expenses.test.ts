import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import type { Database } from '../database/schema.ts';
import { addTeam, type VisibleTeam } from '../teams/teams.ts';
import { addExpense, type NewExpense } from './expenses.ts';
import type { Expense } from './life.ts';
import { type Cursor, listExpenses, PAGE_SIZE } from './list.ts';
import { findTotal, LARGEST_TOTAL } from './totals.ts';

const somebody = { personId: 'somebody' };

const largest = 9_007_199_254_740_991;

function expenseOf(different: Partial<NewExpense> = {}): NewExpense {
  return { spenderName: 'Alice Archer', item: 'Lunch', amountMinor: 100, loggedAt: new Date(Date.UTC(2026, 0, 5)), ...different };
}

describeOnBothEngines('an expense', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let teams = 0;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function newTeam(currency = 'USD'): Promise<VisibleTeam> {
    const id = `team-${(teams += 1)}`;
    return db.transaction().execute(async (transaction) => addTeam(transaction, { id, label: id, currency }));
  }

  /** All in one transaction. */
  async function add(team: VisibleTeam, ...expenses: readonly NewExpense[]): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      for (const expense of expenses) await addExpense(transaction, team, expense);
    });
  }

  async function listPages(team: VisibleTeam): Promise<Expense[][]> {
    const pages: Expense[][] = [];
    let after: Cursor | undefined;
    do {
      const { expenses, next } = await listExpenses(db, team, somebody, { after });
      pages.push(expenses);
      after = next;
    } while (after !== undefined && pages.length < 100);
    return pages;
  }

  async function assertTotalIsSum(team: VisibleTeam, amounts: readonly number[]): Promise<void> {
    const rows = await db.selectFrom('expense').select('amount_minor').where('team_id', '=', team.id).execute();
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    assert.deepEqual(await findTotal(db, team), { count: amounts.length, amountMinor: sum(amounts) });
    assert.equal(rows.length, amounts.length);
    assert.equal(sum(rows.map((row) => row.amount_minor)), sum(amounts));
  }

  it('is kept with who, what, how much and when, in its team’s currency', async () => {
    const team = await newTeam('JPY');
    await add(team, expenseOf({ item: 'Ünï “quoted” 💸 <b>' }));
    const [expense] = (await listExpenses(db, team, somebody)).expenses;
    assert.match(expense?.id ?? '', /^[\da-f-]{36}$/);
    const {
      spender_name: spender,
      item,
      amount_minor: amount,
      currency,
      team_amount_minor: inTeam,
      spent_on: day,
    } = expense ?? assert.fail();
    const kept = { spender, item, amount, currency, inTeam, day, state: expense?.state };
    assert.deepEqual(kept, {
      spender: 'Alice Archer',
      item: 'Ünï “quoted” 💸 <b>',
      amount: 100,
      currency: 'JPY',
      inTeam: 100,
      day: '2026-01-05',
      state: 'reimbursed',
    });
  });

  it('is none of a team that has none: no page follows, and the total is 0', async () => {
    const team = await newTeam();
    assert.deepEqual(await listExpenses(db, team, somebody), { expenses: [], next: undefined });
    assert.deepEqual(await findTotal(db, team), { count: 0, amountMinor: 0 });
  });

  it('moves its own team’s total and list, and no other’s', async () => {
    const [one, other] = [await newTeam(), await newTeam()];
    await add(one, expenseOf({ amountMinor: 7 }));
    await add(other, expenseOf({ amountMinor: 11 }), expenseOf({ amountMinor: 13 }));
    await assertTotalIsSum(one, [7]);
    await assertTotalIsSum(other, [11, 13]);
    assert.equal((await listExpenses(db, one, somebody)).expenses.length, 1);
    const cursor = { value: '9999', id: 'z' };
    assert.equal(
      (await listExpenses(db, one, somebody, { after: cursor })).expenses.length,
      1,
      'also after a place in another team’s list',
    );
  });

  it('is in the total exactly when it is in the list, whatever is added and whatever fails', async () => {
    const step = fc.record({ amounts: fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { maxLength: 3 }), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const team = await newTeam();
        const kept: number[] = [];
        for (const { amounts, fails } of steps) {
          const adding = db.transaction().execute(async (transaction) => {
            for (const amountMinor of amounts) await addExpense(transaction, team, expenseOf({ amountMinor }));
            if (fails) throw new Error('on purpose');
          });
          if (fails) await assert.rejects(adding, /on purpose/);
          else await adding.then(() => kept.push(...amounts));
        }
        await assertTotalIsSum(team, kept);
      }),
      { numRuns: 15 },
    );
  });

  it('is counted also where many are added at once', async () => {
    const team = await newTeam();
    const amounts = Array.from({ length: 20 }, (_, index) => index + 1);
    await Promise.all(amounts.map((amountMinor) => add(team, expenseOf({ amountMinor }))));
    await assertTotalIsSum(team, amounts);
  });

  it('that is not more than nothing, or more than can be kept exactly, moves neither list nor total', async () => {
    const team = await newTeam();
    await add(team, expenseOf());
    for (const amountMinor of [0, -1, 0.5, 1.5, NaN, Infinity, largest + 1, 1e300]) {
      await assert.rejects(add(team, expenseOf(), expenseOf({ amountMinor })), String(amountMinor));
    }
    await assertTotalIsSum(team, [100]);
  });

  it('that would make the total larger than can be added up, in whichever states, moves neither list nor total', async () => {
    const team = await newTeam();
    await add(team, expenseOf({ amountMinor: LARGEST_TOTAL - 2 }), expenseOf({ amountMinor: 1, state: 'approved' }));
    await assert.rejects(add(team, expenseOf({ amountMinor: 2 })), /comes to more than Outlay can add up/);
    await assertTotalIsSum(team, [LARGEST_TOTAL - 2, 1]);
    await add(team, expenseOf({ amountMinor: 1, state: 'submitted' }));
    assert.deepEqual(await findTotal(db, team), { count: 3, amountMinor: LARGEST_TOTAL });
  });

  it('that does not count as spent keeps nothing from being spent, however much it comes to', async () => {
    const team = await newTeam();
    const [draft, rejected, withdrawn] = (['draft', 'rejected', 'withdrawn'] as const).map((state) =>
      expenseOf({ amountMinor: largest, state }),
    );
    assert.ok(draft !== undefined && rejected !== undefined && withdrawn !== undefined);
    await add(team, draft, { ...draft, id: undefined }, rejected, { ...rejected, id: undefined }, withdrawn, expenseOf());
    assert.deepEqual(await findTotal(db, team), { count: 4, amountMinor: 100 });
  });

  it('comes once, the newest first, over pages of 25, also among others of the same instant', async () => {
    assert.equal(PAGE_SIZE, 25);
    const team = await newTeam();
    const instants = [1, 2, 2, 2, 3].map((second) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)));
    const expenses = Array.from({ length: 63 }, (_, index) =>
      expenseOf({ loggedAt: instants[index % 5] ?? new Date(0), amountMinor: 1 }),
    );
    await add(team, ...expenses);
    const pages = await listPages(team);
    assert.deepEqual(
      pages.map((page) => page.length),
      [25, 25, 13],
    );
    const keys = pages.flat().map(({ logged_at: at, id }) => `${at} ${id}`);
    assert.equal(new Set(keys).size, 63);
    assert.deepEqual(
      keys,
      keys.toSorted((a, b) => (a < b ? 1 : -1)),
    );
  });

  it('that fills a page exactly is not followed by an empty one', async () => {
    const team = await newTeam();
    await add(team, ...Array.from({ length: 25 }, () => expenseOf()));
    assert.deepEqual(
      (await listPages(team)).map((page) => page.length),
      [25],
    );
    await add(team, expenseOf());
    assert.deepEqual(
      (await listPages(team)).map((page) => page.length),
      [25, 1],
    );
  });

  it('that is new does not move the pages after the first', async () => {
    const team = await newTeam();
    await add(team, ...Array.from({ length: 40 }, () => expenseOf()));
    const first = await listExpenses(db, team, somebody);
    const before = await listExpenses(db, team, somebody, { after: first.next });
    await add(team, expenseOf({ loggedAt: new Date(Date.UTC(2027, 0, 1)) }));
    assert.deepEqual(await listExpenses(db, team, somebody, { after: first.next }), before);
  });

  it('at a place that nobody was given is still one of this team’s', async () => {
    const team = await newTeam();
    await add(team, expenseOf());
    for (const cursor of [
      { value: '', id: '' },
      { value: "' or 1=1 --", id: "'" },
    ]) {
      for (const { team_id: id } of (await listExpenses(db, team, somebody, { after: cursor })).expenses)
        assert.equal(id, team.id);
    }
    assert.deepEqual((await listExpenses(db, team, somebody, { after: { value: '', id: '' } })).expenses, []);
  });
});
