import assert from 'node:assert/strict';
import type { Database } from '../src/database/schema.ts';

/** That what is kept of a team's spending, by month, category and person, is what its expenses come to one by one. */
export async function assertSpendingAddsUp(db: Database, teamId: string): Promise<void> {
  const [expenses, kept] = await Promise.all([
    db.selectFrom('expense').selectAll().where('team_id', '=', teamId).execute(),
    db.selectFrom('spending').selectAll().where('team_id', '=', teamId).where('expense_count', '>', 0).execute(),
  ]);
  const sums = new Map<string, [number, number]>();
  for (const expense of expenses) {
    if (!['submitted', 'approved', 'reimbursed'].includes(expense.state)) continue;
    const { spent_on: day, category_id: category, spender_id: spender, team_amount_minor: amount } = expense;
    for (const key of [`team ${day.slice(0, 7)} `, `category ${day} ${category}`, `person ${day} ${spender ?? ''}`]) {
      const [count, sum] = sums.get(key) ?? [0, 0];
      sums.set(key, [count + 1, sum + amount]);
    }
  }
  const told = kept.map((row) => [`${row.kind} ${row.period} ${row.about_id}`, [row.expense_count, row.amount_minor]] as const);
  assert.deepEqual(Object.fromEntries(told), Object.fromEntries(sums));
}
