import type { Transaction } from '../database/schema.ts';
import type { SpendingKind } from '../database/schema-spending.ts';
import { type Expense, spent } from './life.ts';
import { monthOf } from './months.ts';

/** What is added up of an expense. */
export type Spent = Pick<Expense, 'spent_on' | 'category_id' | 'spender_id' | 'state' | 'team_amount_minor'>;

/** How many expenses, and what they come to in the team's currency, in its minor units. */
export interface Sum {
  readonly count: number;
  readonly amountMinor: number;
}

interface Row extends Sum {
  readonly kind: SpendingKind;
  readonly period: string;
  readonly aboutId: string;
}

/** The rows of `spending` in which an expense stands: its month's, its category's and its person's. */
function rowsOf({ spent_on: day, category_id: category, spender_id: person }: Omit<Spent, 'state' | 'team_amount_minor'>) {
  return [
    { kind: 'team', period: monthOf(day), aboutId: '' },
    { kind: 'category', period: day, aboutId: category },
    { kind: 'person', period: day, aboutId: person ?? '' },
  ] as const;
}

/**
 * Moves what is spent with an expense, in the same transaction, while its month is held.
 * @param was undefined for a new one.
 * @param is undefined for one that is deleted.
 */
export async function moveSpending(
  db: Transaction,
  teamId: string,
  was: Spent | undefined,
  is: Spent | undefined,
): Promise<void> {
  const [before, after] = [was, is].map((expense) =>
    expense !== undefined && spent.includes(expense.state) ? expense : undefined,
  );
  if (before !== undefined && after !== undefined && sameSpending(before, after)) return;
  if (before !== undefined) await takeAway(db, teamId, before);
  if (after !== undefined) {
    const sum = { count: 1, amountMinor: after.team_amount_minor };
    await addRows(
      db,
      teamId,
      rowsOf(after).map((row) => ({ ...row, ...sum })),
    );
  }
}

function sameSpending(a: Spent, b: Spent): boolean {
  return (['spent_on', 'category_id', 'spender_id', 'team_amount_minor'] as const).every((column) => a[column] === b[column]);
}

async function takeAway(db: Transaction, teamId: string, expense: Spent): Promise<void> {
  await db
    .updateTable('spending')
    .set((row) => ({
      expense_count: row('expense_count', '-', 1),
      amount_minor: row('amount_minor', '-', expense.team_amount_minor),
    }))
    .where('team_id', '=', teamId)
    .where(({ or, and, eb }) =>
      or(
        rowsOf(expense).map(({ kind, period, aboutId }) =>
          and([eb('kind', '=', kind), eb('period', '=', period), eb('about_id', '=', aboutId)]),
        ),
      ),
    )
    .execute();
}

/** How many rows one statement writes. */
const ROWS_AT_ONCE = 400;

async function addRows(db: Transaction, teamId: string, rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const values = rows.slice(start, start + ROWS_AT_ONCE).map(({ kind, period, aboutId, count, amountMinor }) => ({
      team_id: teamId,
      kind,
      period,
      about_id: aboutId,
      expense_count: count,
      amount_minor: amountMinor,
    }));
    await db
      .insertInto('spending')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['team_id', 'kind', 'period', 'about_id']).doUpdateSet(({ ref, eb }) => ({
          expense_count: eb('spending.expense_count', '+', ref('excluded.expense_count')),
          amount_minor: eb('spending.amount_minor', '+', ref('excluded.amount_minor')),
        })),
      )
      .execute();
  }
}

/** Adds up what many expenses come to, in memory that grows with days, categories and people, and not with expenses. */
export class SpendingTally {
  readonly #sums = new Map<string, Row>();

  take(expense: Spent): void {
    if (!spent.includes(expense.state)) return;
    for (const row of rowsOf(expense)) {
      const key = `${row.kind} ${row.period} ${row.aboutId}`;
      const { count, amountMinor } = this.#sums.get(key) ?? { count: 0, amountMinor: 0 };
      this.#sums.set(key, { ...row, count: count + 1, amountMinor: amountMinor + expense.team_amount_minor });
    }
  }

  /** Writes them, in the transaction of what they are about, while its months are held. */
  async write(db: Transaction, teamId: string): Promise<void> {
    await addRows(db, teamId, [...this.#sums.values()]);
  }
}
