import { randomUUIDv7 } from 'node:crypto';
import type { Insertable } from 'kysely';
import type { Database, ExpenseTable } from '../src/database/schema.ts';

/** Few enough parameters for both engines. */
const AT_ONCE = 500;

/**
 * Straight into the table, so that thousands of them are there at once; the totals stay as they were. Three are logged in each
 * second, the latest last, and reimbursed where nothing else is said.
 */
export async function addMany(
  db: Database,
  teamId: string,
  expenses: readonly Partial<Insertable<ExpenseTable>>[],
): Promise<void> {
  const rows = expenses.map((expense, index): Insertable<ExpenseTable> => {
    const at = new Date(Date.UTC(2026, 3, 1, 0, 0, Math.floor(index / 3))).toISOString();
    const amount = { amount_minor: 100 + (index % 7), team_amount_minor: 100 + (index % 7), currency: 'USD' };
    return {
      id: randomUUIDv7(),
      team_id: teamId,
      spender_name: 'Elsewhere',
      logged_by_name: 'Elsewhere',
      item: 'Lunch',
      category_id: 'meals',
      spent_on: '2026-04-01',
      state: 'reimbursed',
      logged_at: at,
      changed_at: at,
      ...amount,
      ...expense,
    };
  });
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await db
      .insertInto('expense_row')
      .values(rows.slice(from, from + AT_ONCE))
      .execute();
}
