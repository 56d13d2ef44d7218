import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { again, doing, draft, move, newPerson, newTeam } from '../../test/spending.ts';
import type { Database } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { addDraft, changeExpense, deleteDraft } from './drafts.ts';
import type { ExpenseContent, VisibleExpense } from './expenses.ts';
import type { Transition } from './life.ts';
import { closeMonth, findClosedMonth, listMonthSums, openMonth } from './months.ts';

describeOnBothEngines('a month', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let team: VisibleTeam;
  let alice: Viewer;
  let manager: Viewer;
  let fiona: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('closed_month').execute();
    team = await newTeam(db);
    alice = await newPerson(db, 'Alice Archer', { role: 'member', teamId: team.id });
    manager = await newPerson(db, 'Manuel Mann', { role: 'manager', teamId: team.id });
    fiona = await newPerson(db, 'Fiona Finch', { role: 'finance', teamId: null });
  });

  async function close(month: string): Promise<void> {
    await db.transaction().execute(async (transaction) => closeMonth(transaction, month, doing(fiona)));
  }

  async function open(month: string): Promise<void> {
    await db.transaction().execute(async (transaction) => openMonth(transaction, month, doing(fiona)));
  }

  async function change(expense: VisibleExpense, content: Partial<ExpenseContent>): Promise<void> {
    const { item, merchant, note, amount_minor: amountMinor, spent_on: spentOn, category_id: categoryId } = expense;
    const whole = { item, merchant, note, amountMinor, spentOn, categoryId, ...content };
    await db
      .transaction()
      .execute(async (transaction) => changeExpense(transaction, expense, expense.version, whole, doing(alice)));
  }

  async function assertClosed(doing: Promise<unknown>, what: string): Promise<void> {
    await assert.rejects(
      doing,
      (error) => {
        assert.ok(error instanceof Problem, String(error));
        assert.equal(error.kind, 'conflict');
        assert.equal(
          error.message,
          'March 2026 was closed by Fiona Finch on 10 March 2026, so no expense in it changes until somebody in finance opens it. Nothing was done.',
        );
        return true;
      },
      what,
    );
  }

  /** An expense of March that these people have taken so far. */
  async function expenseAfter(...steps: readonly Transition[]): Promise<VisibleExpense> {
    const { id } = await draft(db, team, alice);
    for (const step of steps) {
      const who = { submission: alice, withdrawal: alice, approval: manager, rejection: manager, settlement: fiona }[step];
      await move(db, await again(db, who, id), step, who);
    }
    return again(db, alice, id);
  }

  it('that is closed accepts no change of any expense in it, and says who closed it and when', async () => {
    const [drafted, submitted, rejected] = [
      await expenseAfter(),
      await expenseAfter('submission'),
      await expenseAfter('submission', 'rejection'),
    ];
    await close('2026-03');
    await assertClosed(draft(db, team, alice), 'a new one');
    await assertClosed(change(drafted, { item: 'Dinner' }), 'an edit');
    await assertClosed(change(rejected, { item: 'Dinner' }), 'an edit of what was rejected');
    await assertClosed(change(drafted, { spentOn: '2026-02-28' }), 'an edit out of it');
    await assertClosed(move(db, drafted, 'submission', alice), 'a submission');
    await assertClosed(move(db, rejected, 'submission', alice), 'another submission');
    await assertClosed(move(db, submitted, 'withdrawal', alice), 'a withdrawal');
    await assertClosed(move(db, submitted, 'approval', manager), 'an approval');
    await assertClosed(move(db, submitted, 'rejection', manager), 'a rejection');
    const deletion = db
      .transaction()
      .execute(async (transaction) => deleteDraft(transaction, drafted, drafted.version, doing(alice)));
    await assertClosed(deletion, 'a draft that is thrown away');
    for (const { team, ...expense } of [drafted, submitted, rejected]) {
      const { team: now, ...is } = await again(db, alice, expense.id);
      assert.deepEqual([is, now.id], [expense, team.id]);
    }
  });

  it('that is closed lets what was approved be reimbursed', async () => {
    const approved = await expenseAfter('submission', 'approval');
    await close('2026-03');
    const { expense } = await move(db, approved, 'settlement', fiona);
    assert.equal(expense.state, 'reimbursed');
  });

  it('that is closed takes nothing in from another month, and leaves the days around it alone', async () => {
    const before = await draft(db, team, alice, { spentOn: '2026-02-28' });
    const after = await draft(db, team, alice, { spentOn: '2026-04-01' });
    await close('2026-03');
    for (const expense of [before, after]) {
      await assertClosed(change(expense, { spentOn: '2026-03-01' }), 'the first day');
      await assertClosed(change(expense, { spentOn: '2026-03-31' }), 'the last day');
      await change(expense, { item: 'Dinner' });
      await move(db, await again(db, alice, expense.id), 'submission', alice);
    }
  });

  it('that is closed keeps a draft that was moved into it since whoever deletes it looked', async () => {
    const expense = await draft(db, team, alice, { spentOn: '2026-02-01' });
    await change(expense, { spentOn: '2026-03-01' });
    await close('2026-03');
    await assert.rejects(
      db.transaction().execute(async (transaction) => deleteDraft(transaction, expense, 2, doing(alice))),
      (error) => error instanceof Problem && error.kind === 'conflict',
    );
    assert.equal((await again(db, alice, expense.id)).version, 2);
  });

  it('that is opened again is as it was', async () => {
    const submitted = await expenseAfter('submission');
    await close('2026-03');
    await open('2026-03');
    assert.equal(await findClosedMonth(db, '2026-03-10'), undefined);
    assert.equal((await move(db, submitted, 'approval', manager)).expense.state, 'approved');
  });

  it('is closed by whoever did so first, once, and each closing and opening is recorded', async () => {
    const bella = await newPerson(db, 'Bella', { role: 'finance', teamId: null });
    const recorded = async () =>
      (await db.selectFrom('audit_entry').select('action').where('about_id', '=', '2025-01').orderBy('id').execute()).map(
        ({ action }) => action,
      );
    await close('2025-01');
    await db.transaction().execute(async (transaction) => closeMonth(transaction, '2025-01', doing(bella)));
    assert.equal((await findClosedMonth(db, '2025-01-31'))?.closed_by_name, 'Fiona Finch');
    await open('2025-01');
    await open('2025-01');
    assert.deepEqual(await recorded(), ['month-closed', 'month-opened']);
  });

  it('has a sum per currency of what was spent in it, and says how much of that is undecided', async () => {
    const yen = await newTeam(db, 'JPY');
    const carla = await newPerson(db, 'Carla', { role: 'member', teamId: yen.id });
    await db.deleteFrom('expense_row').execute();
    await expenseAfter();
    await expenseAfter('submission', 'rejection');
    await expenseAfter('submission', 'approval', 'settlement');
    await expenseAfter('submission');
    await move(db, await draft(db, yen, carla, { amountMinor: 500 }), 'submission', carla);
    assert.deepEqual(
      (await listMonthSums(db, '2026-03')).map((sum) => ({ ...sum })),
      [
        { month: '2026-03', currency: 'JPY', count: 1, undecided: 1, amountMinor: 500 },
        { month: '2026-03', currency: 'USD', count: 2, undecided: 1, amountMinor: 200_00 },
      ],
    );
    assert.deepEqual(await listMonthSums(db, '2026-04'), []);
  });

  it('is closed either before or after whatever happens at the same moment', async () => {
    for (let round = 0; round < 12; round += 1) {
      const [toSubmit, toApprove, toWithdraw, toMoveIn] = [
        await expenseAfter(),
        await expenseAfter('submission'),
        await expenseAfter('submission'),
        await draft(db, team, alice, { spentOn: '2026-02-01' }),
      ];
      const content = { item: 'New', amountMinor: 1, spentOn: '2026-03-01', categoryId: 'meals', merchant: '', note: '' };
      const changes = [
        () => move(db, toSubmit, 'submission', alice),
        () => move(db, toApprove, 'approval', manager),
        () => move(db, toWithdraw, 'withdrawal', alice),
        () => change(toMoveIn, { spentOn: '2026-03-31' }),
        () => db.transaction().execute(async (transaction) => addDraft(transaction, team, content, doing(alice))),
      ];
      // Each as it stood when the month closed, seen by the transaction that closes it.
      const closing = () =>
        db.transaction().execute(async (transaction) => {
          await closeMonth(transaction, '2026-03', doing(fiona));
          return snapshot(transaction);
        });
      const at = round % (changes.length + 1);
      const running: Promise<unknown>[] = changes.slice(0, at).map((start) => start());
      const closed = closing();
      running.push(...changes.slice(at).map((start) => start()));
      const results = await Promise.allSettled(running);
      const atClosing = await closed;
      for (const result of results) {
        if (result.status === 'rejected') assert.ok(result.reason instanceof Problem, String(result.reason));
      }
      assert.deepEqual(await snapshot(db), atClosing, `round ${round}`);
      await open('2026-03');
    }
  });

  async function snapshot(on: Database): Promise<unknown> {
    return on
      .selectFrom('expense')
      .select(['id', 'version', 'state'])
      .where('spent_on', 'like', '2026-03-%')
      .orderBy('id')
      .execute();
  }
});
