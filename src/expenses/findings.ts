import type { Database } from '../database/schema.ts';
import { checkBudgets } from './budget-warnings.ts';
import type { VisibleExpense } from './expenses.ts';
import { checkLimits, type Finding } from './limits.ts';

/** All that is to be said of this expense to whoever goes on with it: what limits say, what blocks first, then what budgets do. */
export async function findAll(db: Database, expense: VisibleExpense, at: Date): Promise<Finding[]> {
  const limits = await checkLimits(db, expense, at);
  const budgets = await checkBudgets(db, [{ ...expense, team_currency: expense.team.currency }]);
  return [...limits, ...(budgets.get(expense.id) ?? [])];
}
