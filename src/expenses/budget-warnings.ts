import type { Database } from '../database/schema.ts';
import { formatMonth } from '../web/clock.ts';
import { formatPercent } from '../web/numbers.ts';
import { type Expense, spent } from './life.ts';
import type { Finding } from './limits.ts';
import { formatMoney } from './money.ts';
import { monthOf } from './months.ts';

/** From which share of a budget on it is said how much of it is spent, in percent. */
export const NEAR = 80;

/** How much of a budget is spent, in whole percent, rounded down: 100 only where all of it is. */
export function shareOf(spentMinor: number, budgetMinor: number): number {
  return Number((BigInt(spentMinor) * 100n) / BigInt(budgetMinor));
}

type Measured = Pick<Expense, 'id' | 'team_id' | 'category_id' | 'spent_on' | 'state' | 'team_amount_minor'> & {
  readonly team_currency: string;
};

/** What budgets have to say of each of these expenses, by their ids. In three queries, and in one where there are no budgets. */
export async function checkBudgets(db: Database, expenses: readonly Measured[]): Promise<ReadonlyMap<string, Finding[]>> {
  const found = new Map<string, Finding[]>(expenses.map(({ id }) => [id, []]));
  const budgets = await listBudgetsOf(db, expenses);
  if (budgets.length === 0) return found;
  const sums = await sumUpMonths(db, budgets);
  for (const expense of expenses) {
    for (const budget of budgets.filter((one) => isAbout(one, expense))) {
      const counted = spent.includes(expense.state) ? 0 : expense.team_amount_minor;
      const sum = (sums.get(keyOf(budget.team_id, budget.month, budget.category_id)) ?? 0) + counted;
      const finding = judge(budget, sum, expense.team_currency);
      if (finding !== undefined) found.get(expense.id)?.push(finding);
    }
  }
  return found;
}

interface BudgetOf {
  readonly team_id: string;
  readonly month: string;
  readonly category_id: string;
  readonly amount_minor: number;
  readonly category_label: string | null;
}

async function listBudgetsOf(db: Database, expenses: readonly Measured[]): Promise<BudgetOf[]> {
  if (expenses.length === 0) return [];
  return db
    .selectFrom('budget')
    .leftJoin('category', 'category.id', 'budget.category_id')
    .selectAll('budget')
    .select('category.label as category_label')
    .where('team_id', 'in', [...new Set(expenses.map(({ team_id: team }) => team))])
    .where('month', 'in', [...new Set(expenses.map(({ spent_on: day }) => monthOf(day)))])
    .orderBy('category_id')
    .execute();
}

function isAbout(budget: BudgetOf, expense: Measured): boolean {
  return (
    budget.team_id === expense.team_id &&
    budget.month === monthOf(expense.spent_on) &&
    (budget.category_id === '' || budget.category_id === expense.category_id)
  );
}

const keyOf = (team: string, month: string, category: string) => `${team} ${month} ${category}`;

/** What was spent in the months of these budgets: in all, and by category. */
async function sumUpMonths(db: Database, budgets: readonly BudgetOf[]): Promise<ReadonlyMap<string, number>> {
  const months = [...new Set(budgets.map(({ month }) => month))];
  const rows = await db
    .selectFrom('spending')
    .select(['team_id', 'period', 'about_id', 'amount_minor'])
    .where('team_id', 'in', [...new Set(budgets.map(({ team_id: team }) => team))])
    .where(({ or, and, eb }) =>
      or([
        and([eb('kind', '=', 'team'), eb('period', 'in', months)]),
        ...months.map((month) =>
          and([eb('kind', '=', 'category'), eb('period', '>=', `${month}-01`), eb('period', '<=', `${month}-31`)]),
        ),
      ]),
    )
    .execute();
  const sums = new Map<string, number>();
  for (const { team_id: team, period, about_id: about, amount_minor: amount } of rows) {
    const key = keyOf(team, monthOf(period), about);
    sums.set(key, (sums.get(key) ?? 0) + amount);
  }
  return sums;
}

/** Of a whole team, or of one of its categories; undefined while less than `NEAR` percent are spent. */
function judge(budget: BudgetOf, sum: number, currency: string): Finding | undefined {
  const share = shareOf(sum, budget.amount_minor);
  if (share < NEAR) return undefined;
  const [all, whole] = [sum, budget.amount_minor].map((minor) => formatMoney(minor, currency));
  const of = budget.category_id === '' ? 'the team' : `“${budget.category_label ?? budget.category_id}”`;
  const sentence = `With this, ${of} comes to ${all} in ${formatMonth(budget.month)}, which is ${formatPercent(share / 100)} of the budget of ${whole}.`;
  return { effect: 'warn', about: 'budget', mark: sum > budget.amount_minor ? 'Over budget' : 'Near the budget', sentence };
}

/** The budget of the whole team, as somebody should know it who is about to log something; empty while there is enough left. */
export async function sayBudget(
  db: Database,
  team: { readonly id: string; readonly currency: string },
  day: string,
): Promise<string> {
  const month = monthOf(day);
  const [budget, row] = await Promise.all([
    db
      .selectFrom('budget')
      .select('amount_minor')
      .where('team_id', '=', team.id)
      .where('month', '=', month)
      .where('category_id', '=', '')
      .executeTakeFirst(),
    db
      .selectFrom('spending')
      .select('amount_minor')
      .where('team_id', '=', team.id)
      .where('kind', '=', 'team')
      .where('period', '=', month)
      .executeTakeFirst(),
  ]);
  if (budget === undefined) return '';
  const sum = row?.amount_minor ?? 0;
  const share = shareOf(sum, budget.amount_minor);
  if (share < NEAR) return '';
  const [all, whole] = [sum, budget.amount_minor].map((minor) => formatMoney(minor, team.currency));
  return `In ${formatMonth(month)} the team has spent ${all} of its budget of ${whole}, which is ${formatPercent(share / 100)}.`;
}
