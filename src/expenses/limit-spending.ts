import { sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import { type Expense, spent } from './life.ts';
import { monthOf } from './months.ts';

/** What somebody has spent already, as limits per person count it. */
export interface Spending {
  readonly id: string;
  readonly team_id: string;
  readonly category_id: string;
  readonly spender_id: string | null;
  readonly spent_on: string;
  /** In the team's currency, in its minor units. */
  readonly amount: number;
  readonly currency: string;
}

/** What the spenders of these expenses have spent in the same months, over all teams; drafts, rejected and withdrawn ones are not spent. */
export async function listSpending(db: Database, expenses: readonly Expense[]): Promise<Spending[]> {
  const spenders = [...new Set(expenses.flatMap(({ spender_id: id }) => id ?? []))];
  if (spenders.length === 0) return [];
  const months = [...new Set(expenses.map(({ spent_on: day }) => monthOf(day)))];
  return db
    .selectFrom('expense')
    .innerJoin('team', 'team.id', 'expense.team_id')
    .select(['expense.id', 'team_id', 'category_id', 'spender_id', 'spent_on'])
    .select(['team_amount_minor as amount', 'team.currency'])
    .where('spender_id', 'in', spenders)
    .where(sql<string>`substr(spent_on, 1, 7)`, 'in', months)
    .where('state', 'in', spent)
    .execute();
}
