import assert from 'node:assert/strict';
import type { Selectable } from 'kysely';
import type { Database, ExpenseState, ExpenseTable } from '../src/database/schema.ts';
import type { VisibleExpense } from '../src/expenses/expenses.ts';
import { listSteps } from '../src/expenses/history.ts';
import { spent } from '../src/expenses/life.ts';
import { assertSpendingAddsUp } from './spending-sums.ts';
import type { PlainExpense } from './plain-life.ts';

/** An expense as the model has it, with all that must stand beside it. */
export interface Known {
  readonly plain: PlainExpense;
  readonly steps: readonly (readonly [ExpenseState | null, ExpenseState])[];
  readonly audited: readonly string[];
}

/** That the database has exactly these expenses of a team, each with its history, its entries in the record, and the totals. */
export async function assertHolds(db: Database, teamId: string, known: readonly Known[]): Promise<void> {
  const [rows, totals, entries] = await Promise.all([
    db.selectFrom('expense').selectAll().where('team_id', '=', teamId).execute(),
    db.selectFrom('team_total').selectAll().where('team_id', '=', teamId).execute(),
    listEntries(
      db,
      known.map(({ plain }) => plain.id),
    ),
  ]);
  const byId = (a: PlainExpense, b: PlainExpense) => (a.id < b.id ? -1 : 1);
  assert.deepEqual(rows.map(toPlain).toSorted(byId), known.map(({ plain }) => plain).toSorted(byId));
  for (const { state, expense_count: count, amount_minor: sum } of totals) {
    const alike = rows.filter((row) => row.state === state);
    const comesTo = spent.includes(state) ? alike.reduce((total, row) => total + row.team_amount_minor, 0) : 0;
    assert.deepEqual([state, count, sum], [state, alike.length, comesTo]);
  }
  // Drafts are nobody else's business.
  assert.ok(totals.every(({ state }) => state !== 'draft'));
  assert.ok(rows.every((row) => row.state === 'draft' || totals.some(({ state }) => state === row.state)));
  await assertSpendingAddsUp(db, teamId);
  for (const { plain, steps, audited } of known) {
    const { id, spender, logger, first, decided, settled } = plain;
    for (const decider of [first, decided, settled]) assert.ok(decider === null || (decider !== spender && decider !== logger));
    assert.ok(first === null || first !== decided, 'two approvers are two people');
    const actions = entries.filter((entry) => entry.about_id === id).map(({ action }) => action);
    assert.deepEqual(actions, audited);
    const written = await listSteps(db, { id } as VisibleExpense);
    const told = written.map((step) => [step.from_state, step.to_state]);
    assert.deepEqual(told, steps);
    for (const [index, [from]] of told.entries())
      assert.equal(from, told[index - 1]?.[1] ?? null, 'each begins where the last ended');
    assert.equal(told.at(-1)?.[1], plain.state);
  }
}

function toPlain(row: Selectable<ExpenseTable>): PlainExpense {
  return {
    id: row.id,
    spender: row.spender_id ?? '',
    logger: row.logged_by ?? '',
    amount: row.team_amount_minor,
    state: row.state,
    version: row.version,
    first: row.first_approved_by,
    decided: row.decided_by,
    settled: row.settled_by,
  };
}

async function listEntries(db: Database, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const query = db.selectFrom('audit_entry').select(['about_id', 'action']).where('about_kind', '=', 'expense');
  return query.where('about_id', 'in', ids).orderBy('id').execute();
}
