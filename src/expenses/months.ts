import { type Selectable, sql } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { ClosedMonthTable } from '../database/schema-limits.ts';
import { auditedViewer } from '../people/audited.ts';
import { displayNameOf } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { formatDay, formatMonth } from '../web/clock.ts';
import { inEnglish } from '../web/language.ts';
import { type Doing } from './doing.ts';
import { spent } from './life.ts';

export type ClosedMonth = Selectable<ClosedMonthTable>;

/** The month of a day, as YYYY-MM. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** @returns undefined while the month of this day is open. */
export async function findClosedMonth(db: Database, day: string): Promise<ClosedMonth | undefined> {
  return db.selectFrom('closed_month').selectAll().where('month', '=', monthOf(day)).executeTakeFirst();
}

/** Those of these days' months that are closed, by month. */
export async function listClosedMonths(db: Database, days: readonly string[]): Promise<ReadonlyMap<string, ClosedMonth>> {
  const months = [...new Set(days.map(monthOf))];
  if (months.length === 0) return new Map();
  const rows = await db.selectFrom('closed_month').selectAll().where('month', 'in', months).execute();
  return new Map(rows.map((row) => [row.month, row]));
}

/** All of them, by month; there are twelve in a year. */
export async function listAllClosedMonths(db: Database): Promise<ReadonlyMap<string, ClosedMonth>> {
  const rows = await db.selectFrom('closed_month').selectAll().execute();
  return new Map(rows.map((row) => [row.month, row]));
}

/** Who closed it and when, and what follows from that. */
export function whyClosed({ month, closed_by_name: name, closed_at: at }: ClosedMonth): string {
  return `${formatMonth(month)} was closed by ${name} on ${formatDay(at)}, so no expense in it changes until somebody in finance opens it.`;
}

/**
 * Keeps the months of these days from being closed until this transaction ends. To be called before anything else is written, so
 * that everybody locks in one order: months, the spender, the expense, totals.
 * @throws Problem `conflict` where one of them is closed, with who did it and when.
 */
export async function holdMonthsOpen(db: Transaction, ...days: readonly string[]): Promise<void> {
  for (const month of [...new Set(days.map(monthOf))].toSorted((a, b) => (a < b ? -1 : 1))) {
    await lockMonth(db, month);
    const closed = await findClosedMonth(db, month);
    if (closed === undefined) continue;
    const sentence = () => `${whyClosed(closed)} Nothing was done.`;
    throw new Problem('conflict', sentence(), {
      heading: 'The month is closed',
      reason: 'month-closed',
      logged: inEnglish(sentence),
    });
  }
}

/** Waits for whoever changes something in this month, or closes it, and keeps others waiting. */
async function lockMonth(db: Transaction, month: string): Promise<void> {
  // A write first and not a read, as for the rule book; and a row of its own, because an open month has none.
  await db
    .insertInto('month_lock')
    .values({ month })
    .onConflict((conflict) => conflict.column('month').doUpdateSet(({ ref }) => ({ month: ref('excluded.month') })))
    .execute();
}

/** A month as the audit record speaks of it. */
function audited(month: string) {
  return { kind: 'month', id: month, name: inEnglish(() => formatMonth(month)) };
}

/** Closes a month; one that is closed stays as it is. What is under way in it is finished first. */
export async function closeMonth(db: Transaction, month: string, { viewer, at, reference }: Doing): Promise<void> {
  await lockMonth(db, month);
  const closed = await db
    .insertInto('closed_month')
    .values({ month, closed_by: viewer.personId, closed_by_name: displayNameOf(viewer), closed_at: at.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('month')
    .executeTakeFirst();
  if (closed === undefined) return;
  const about = audited(month);
  await recordAudit(db, { action: 'month-closed', by: auditedViewer(viewer), about, reference }, () => at);
}

/** Opens a month again; one that is open stays as it is. */
export async function openMonth(db: Transaction, month: string, { viewer, at, reference }: Doing): Promise<void> {
  await lockMonth(db, month);
  const opened = await db.deleteFrom('closed_month').where('month', '=', month).returningAll().executeTakeFirst();
  if (opened === undefined) return;
  const about = audited(month);
  const detail = { closedBy: opened.closed_by_name, closedAt: opened.closed_at };
  await recordAudit(db, { action: 'month-opened', by: auditedViewer(viewer), about, detail, reference }, () => at);
}

/** What was spent in a month, in one currency, over all teams. */
export interface MonthSum {
  readonly month: string;
  readonly currency: string;
  readonly amountMinor: number;
  readonly count: number;
  /** Of these, how many are not decided on yet. */
  readonly undecided: number;
}

/** @param first the earliest month of interest, as YYYY-MM. */
export async function listMonthSums(db: Database, first: string): Promise<MonthSum[]> {
  const month = sql<string>`substr(spent_on, 1, 7)`;
  const rows = await db
    .selectFrom('expense')
    .innerJoin('team', 'team.id', 'expense.team_id')
    .select(({ fn, eb }) => [
      month.as('month'),
      'team.currency',
      fn.sum<number>('team_amount_minor').as('amount'),
      fn.countAll<number>().as('count'),
      fn.sum<number>(eb.case().when('state', '=', 'submitted').then(1).else(0).end()).as('undecided'),
    ])
    .where('spent_on', '>=', first)
    .where('state', 'in', spent)
    .groupBy([month, 'team.currency'])
    .orderBy('team.currency')
    .execute();
  return rows.map(({ amount, ...row }) => ({ ...row, amountMinor: amount }));
}
