import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Database, ExpenseTable, Transaction } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';

export type Expense = Selectable<ExpenseTable>;

export interface NewExpense {
  readonly spenderName: string;
  readonly item: string;
  /** In the team's currency, in its minor units; more than 0. */
  readonly amountMinor: number;
  readonly loggedAt: Date;
}

/**
 * Logs an expense and moves the team's total with it, so that no page ever has to add up.
 * @throws RangeError for an amount that is not a whole number: SQLite would keep half a cent, PostgreSQL would not.
 */
export async function addExpense(db: Transaction, team: VisibleTeam, expense: NewExpense): Promise<void> {
  if (!Number.isSafeInteger(expense.amountMinor)) throw new RangeError('An amount is a whole number of minor units');
  await db
    .insertInto('expense')
    .values({
      id: randomUUIDv7(),
      team_id: team.id,
      spender_name: expense.spenderName,
      item: expense.item,
      amount_minor: expense.amountMinor,
      currency: team.currency,
      logged_at: expense.loggedAt.toISOString(),
    })
    .execute();
  await db
    .insertInto('team_total')
    .values({ team_id: team.id, expense_count: 1, amount_minor: expense.amountMinor })
    .onConflict((conflict) =>
      conflict.column('team_id').doUpdateSet((total) => ({
        expense_count: total('team_total.expense_count', '+', total.ref('excluded.expense_count')),
        amount_minor: total('team_total.amount_minor', '+', total.ref('excluded.amount_minor')),
      })),
    )
    .execute();
}

/** How many expenses one page shows. */
export const PAGE_SIZE = 25;

/** The place in the list after which a page begins: the last expense of the page before. */
export interface Cursor {
  readonly loggedAt: string;
  readonly id: string;
}

/** A page of the team's expenses, the newest first. By key and not by offset: the thousandth page costs what the first does. */
export async function listExpenses(
  db: Database,
  team: VisibleTeam,
  after?: Cursor,
): Promise<{ expenses: Expense[]; next: Cursor | undefined }> {
  let query = db.selectFrom('expense').selectAll().where('team_id', '=', team.id);
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('logged_at', 'id'), '<', tuple(after.loggedAt, after.id)));
  }
  const rows = await query
    .orderBy('logged_at', 'desc')
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
  const expenses = rows.slice(0, PAGE_SIZE);
  const last = expenses.at(-1);
  const next = rows.length > PAGE_SIZE && last !== undefined ? { loggedAt: last.logged_at, id: last.id } : undefined;
  return { expenses, next };
}

export interface Total {
  readonly count: number;
  readonly amountMinor: number;
}

/** What the team has spent in all, in its own currency; nothing yet is 0, not missing. */
export async function findTotal(db: Database, team: VisibleTeam): Promise<Total> {
  const row = await db
    .selectFrom('team_total')
    .select(['expense_count', 'amount_minor'])
    .where('team_id', '=', team.id)
    .executeTakeFirst();
  return { count: row?.expense_count ?? 0, amountMinor: row?.amount_minor ?? 0 };
}
