import { randomUUIDv7 } from 'node:crypto';
import type { Database, ExpenseState, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { Holder } from '../rights/policy.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { type Expense, isOwn } from './life.ts';
import type { Rate } from './rates.ts';
import { moveTotals } from './totals.ts';

/** What somebody says of an expense, checked already. */
export interface ExpenseContent {
  readonly item: string;
  /** In the team's currency, in its minor units; more than 0. */
  readonly amountMinor: number;
  /** Where it was paid in another currency: how much of that, and what it was worth. */
  readonly paid?: Paid | undefined;
  /** A day, as YYYY-MM-DD. */
  readonly spentOn: string;
  readonly categoryId: string;
  readonly merchant: string;
  readonly note: string;
}

/** An amount in a currency that is not the team's, as it was entered, and by what it became the team's. */
export interface Paid extends Rate {
  readonly amountMinor: number;
  readonly currency: string;
}

/** Whose expense it is. */
export interface Spender {
  readonly id: string;
  readonly name: string;
}

export interface NewExpense extends Partial<ExpenseContent> {
  /** Made up where it is not given. */
  readonly id?: string | undefined;
  readonly item: string;
  readonly amountMinor: number;
  /** Undefined where whoever spent it is not known here: what came in from elsewhere was decided on there. */
  readonly spenderId?: string | undefined;
  readonly spenderName: string;
  /** Whoever spent it, unless said otherwise. */
  readonly logger?: Spender | undefined;
  readonly loggedAt: Date;
  /** A draft where the spender is known, reimbursed otherwise. */
  readonly state?: ExpenseState;
}

/**
 * Logs an expense and moves the team's total with it, so that no page ever has to add up.
 * @throws Problem `conflict` where there is one of this id already.
 * @throws RangeError for an amount that is not a whole number: SQLite would keep half a cent, PostgreSQL would not.
 */
export async function addExpense(db: Transaction, team: VisibleTeam, expense: NewExpense): Promise<VisibleExpense> {
  const { amountMinor, spenderId, spenderName, logger, loggedAt } = expense;
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError('An amount is a whole number of minor units');
  const added = await db
    .insertInto('expense_row')
    .values({
      id: expense.id ?? randomUUIDv7(),
      team_id: team.id,
      spender_id: spenderId ?? null,
      spender_name: spenderName,
      logged_by: logger?.id ?? spenderId ?? null,
      logged_by_name: logger?.name ?? spenderName,
      item: expense.item,
      merchant: expense.merchant ?? '',
      note: expense.note ?? '',
      category_id: expense.categoryId ?? 'other',
      spent_on: expense.spentOn ?? loggedAt.toISOString().slice(0, 10),
      ...amountColumns(expense, team.currency),
      state: expense.state ?? (spenderId === undefined ? 'reimbursed' : 'draft'),
      logged_at: loggedAt.toISOString(),
      changed_at: loggedAt.toISOString(),
    })
    // Two forms that come in one moment wait for each other here.
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (added === undefined) {
    throw new Problem('conflict', 'This form was sent twice. The expense was logged once, and stands in the team’s list.', {
      heading: 'This has been logged already',
      reason: 'form-sent-twice',
    });
  }
  await moveTotals(db, team.id, undefined, added);
  return { ...added, team } as VisibleExpense;
}

/** What is kept of an amount: as it was entered, and in the team's currency, with the rate of that day. */
export function amountColumns({ amountMinor, paid }: Pick<ExpenseContent, 'amountMinor' | 'paid'>, teamCurrency: string) {
  return {
    amount_minor: paid?.amountMinor ?? amountMinor,
    currency: paid?.currency ?? teamCurrency,
    rate: paid?.rate ?? null,
    rate_on: paid?.on ?? null,
    rate_source: paid?.source ?? null,
    team_amount_minor: amountMinor,
  };
}

declare const seen: unique symbol;

/** An expense that somebody was found to be allowed to see, with its team. Only this file makes one. */
export type VisibleExpense = Expense & { readonly team: VisibleTeam; readonly [seen]: true };

const expenseId = /^[\da-f-]{36}$/;

/** @returns undefined for an expense that does not exist, one of another team, and a draft of somebody else alike. */
export async function findVisibleExpense(
  db: Database,
  viewer: Holder & { readonly personId: string },
  id: string,
): Promise<VisibleExpense | undefined> {
  // Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown.
  if (!expenseId.test(id)) return undefined;
  const expense = await db.selectFrom('expense').selectAll().where('id', '=', id).executeTakeFirst();
  if (expense === undefined || (expense.state === 'draft' && !isOwn(viewer, expense))) return undefined;
  const team = await findVisibleTeam(db, viewer, expense.team_id);
  return team && ({ ...expense, team } as VisibleExpense);
}
