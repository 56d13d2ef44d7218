import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Database, ExpenseState, ExpenseStepTable, Transaction } from '../database/schema.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import type { VisibleExpense } from './expenses.ts';
import type { Expense } from './life.ts';

export type ExpenseStep = Selectable<ExpenseStepTable>;

/** What happened to an expense, in order: by its version, because several things can happen at one instant. */
export async function listSteps(db: Database, { id }: VisibleExpense): Promise<ExpenseStep[]> {
  return db.selectFrom('expense_step').selectAll().where('expense_id', '=', id).orderBy('version').execute();
}

/** Notes a step in the transaction that takes it. */
export async function addStep(
  db: Transaction,
  { id, state, version }: Expense,
  viewer: Viewer,
  at: Date,
  from: ExpenseState | null,
  comment: string,
): Promise<void> {
  await db
    .insertInto('expense_step')
    .values({
      id: randomUUIDv7(),
      expense_id: id,
      version,
      at: at.toISOString(),
      person_id: viewer.personId,
      person_name: displayNameOf(viewer),
      from_state: from,
      to_state: state,
      comment,
    })
    .execute();
}
