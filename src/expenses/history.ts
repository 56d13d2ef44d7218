import type { Selectable } from 'kysely';
import type { Database, ExpenseStepTable } from '../database/schema.ts';
import type { VisibleExpense } from './expenses.ts';

export type ExpenseStep = Selectable<ExpenseStepTable>;

/** What happened to an expense, in order: by its version, because several things can happen at one instant. */
export async function listSteps(db: Database, { id }: VisibleExpense): Promise<ExpenseStep[]> {
  return db.selectFrom('expense_step').selectAll().where('expense_id', '=', id).orderBy('version').execute();
}
