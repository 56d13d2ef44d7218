import type { Selectable } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { LimitRuleTable } from '../database/schema-limits.ts';
import { formatDay, formatMonth } from '../web/clock.ts';
import { formatCount } from '../web/numbers.ts';
import { editable, type Expense } from './life.ts';
import { listSpending, type Spending } from './limit-spending.ts';
import { formatMoney } from './money.ts';
import { monthOf } from './months.ts';

/** A limit with the labels of what it is about; null for every team or category. */
export type Limit = Selectable<LimitRuleTable> & { readonly team_label: string | null; readonly category_label: string | null };

/** An expense and the currency of its team. */
export type Measured = Expense & { readonly team_currency: string };

/** What is to be said of an expense that is not within the limit; undefined of one that is. */
export type Judge = (limit: Limit, expense: Measured) => string | undefined;

/** How much, in words; empty where the limit measures nothing. */
export function measureOf({ amount_minor: amount, currency, days }: Limit): string {
  if (amount !== null && currency !== null) return formatMoney(amount, currency);
  return days === null ? '' : days === 1 ? '1 day' : `${formatCount(days)} days`;
}

export async function prepareAmount(): Promise<Judge> {
  return (limit, expense) => {
    if (!isAbove(limit, expense)) return undefined;
    const amount = formatMoney(expense.team_amount_minor, expense.team_currency);
    return `${amount} is more than the limit of ${measureOf(limit)} for one expense${within(limit)}.`;
  };
}

export async function prepareDay(db: Database, expenses: readonly Measured[]): Promise<Judge> {
  const spending = await listSpending(db, expenses);
  return (limit, expense) => judgeSum(limit, expense, spending, String, `on ${formatDay(expense.spent_on)}`, 'day');
}

export async function prepareMonth(db: Database, expenses: readonly Measured[]): Promise<Judge> {
  const spending = await listSpending(db, expenses);
  return (limit, expense) => judgeSum(limit, expense, spending, monthOf, `in ${formatMonth(monthOf(expense.spent_on))}`, 'month');
}

function judgeSum(
  limit: Limit,
  expense: Measured,
  spending: readonly Spending[],
  spanOf: (day: string) => string,
  when: string,
  each: 'day' | 'month',
): string | undefined {
  const counted = spending.filter(
    (row) =>
      row.spender_id === expense.spender_id &&
      spanOf(row.spent_on) === spanOf(expense.spent_on) &&
      row.currency === limit.currency &&
      isAbout(limit, row),
  );
  const others = counted.filter(({ id }) => id !== expense.id).reduce((sum, row) => sum + row.amount, 0);
  const sum = others + expense.team_amount_minor;
  if (expense.spender_id === null || sum <= (limit.amount_minor ?? 0)) return undefined;
  const sentence = `With this, ${expense.spender_name} spends more ${when} than the limit of ${measureOf(limit)} per person and ${each}${within(limit)}`;
  // Whoever decides may not see the other teams, and so not what was spent there either.
  const isTold = limit.team_id !== null || isStillOwn(expense);
  return isTold ? `${sentence}: ${formatMoney(sum, expense.team_currency)} in all.` : `${sentence}.`;
}

export async function prepareReceipt(db: Database, expenses: readonly Measured[]): Promise<Judge> {
  const receipts = await db
    .selectFrom('receipt')
    .select('expense_id')
    .distinct()
    .where(
      'expense_id',
      'in',
      expenses.map(({ id }) => id),
    )
    // What has not arrived whole shows nothing to whoever decides.
    .where('size', 'is not', null)
    .execute();
  const documented = new Set(receipts.map((receipt) => receipt.expense_id));
  return (limit, expense) =>
    documented.has(expense.id) || !isAbove(limit, expense)
      ? undefined
      : `There is no receipt, and above ${measureOf(limit)} one is needed${within(limit)}.`;
}

export async function prepareAge(db: Database, expenses: readonly Measured[], at: Date): Promise<Judge> {
  const steps = await db
    .selectFrom('expense_step')
    .select(({ fn }) => ['expense_id', fn.max('at').as('submitted_at')])
    .where(
      'expense_id',
      'in',
      expenses.map(({ id }) => id),
    )
    .where('to_state', '=', 'submitted')
    // A first approval of two leaves it submitted, and does not make it older.
    .where('from_state', '<>', 'submitted')
    .groupBy('expense_id')
    .execute();
  const submittedAt = new Map(steps.map((step) => [step.expense_id, step.submitted_at]));
  return ({ days }, expense) => {
    const own = isStillOwn(expense);
    const until = own ? at.toISOString() : (submittedAt.get(expense.id) ?? expense.logged_at);
    if (days === null || daysBetween(expense.spent_on, until.slice(0, 10)) <= days) return undefined;
    const than = days === 1 ? 'a day' : `${formatCount(days)} days`;
    return `It is from ${formatDay(expense.spent_on)}, more than ${than} ${own ? 'ago' : 'before it was submitted'}.`;
  };
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / (24 * 60 * 60_000);
}

export async function prepareDuplicate(db: Database, expenses: readonly Measured[]): Promise<Judge> {
  const spenders = [...new Set(expenses.flatMap(({ spender_id: id }) => id ?? []))];
  const known =
    spenders.length === 0
      ? []
      : await db
          .selectFrom('expense')
          .select(['id', 'team_id', 'item', 'spender_id', 'spent_on', 'amount_minor', 'currency', 'merchant', 'state'])
          .where('spender_id', 'in', spenders)
          .where(
            'spent_on',
            'in',
            expenses.map(({ spent_on: day }) => day),
          )
          .where('state', 'not in', ['rejected', 'withdrawn'])
          .orderBy('id')
          .execute();
  return (_, expense) => {
    const same = known.find(
      (other) =>
        other.id !== expense.id &&
        // Of drafts only their own person is told.
        (other.state !== 'draft' || isStillOwn(expense)) &&
        (['spender_id', 'spent_on', 'amount_minor', 'currency'] as const).every((name) => other[name] === expense[name]) &&
        other.merchant.toLowerCase() === expense.merchant.toLowerCase(),
    );
    if (same === undefined) return undefined;
    const which = same.team_id === expense.team_id ? `“${same.item}”` : 'something in another team';
    return `It may be logged twice: ${expense.spender_name} has logged ${which} with the same day, amount and merchant.`;
  };
}

/** Whether only its own person goes on with it, so that what is said of it is said to them. */
function isStillOwn({ state }: Expense): boolean {
  return editable.includes(state);
}

/** Whether the limit is about something in this team and category. */
export function isAbout(limit: Limit, thing: Pick<Expense, 'team_id' | 'category_id'>): boolean {
  return (
    (limit.team_id === null || limit.team_id === thing.team_id) &&
    (limit.category_id === null || limit.category_id === thing.category_id)
  );
}

function isAbove(limit: Limit, expense: Measured): boolean {
  return expense.team_amount_minor > (limit.amount_minor ?? 0);
}

function within({ category_label: label }: Limit): string {
  return label === null ? '' : ` in ${label}`;
}
