import { sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Sum } from '../expenses/spending.ts';
import { displayNameOf } from '../people/viewer.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { type MonthPart, monthsOf, type Period } from './period.ts';

/** What was spent in a month, or the part of it that is looked at. */
export interface MonthFigure extends MonthPart, Sum {
  readonly byCategory: ReadonlyMap<string, Sum>;
}

/** What was spent on one thing. */
export interface Figure extends Sum {
  /** Of a category or a person; empty for people who are not known here. */
  readonly id: string;
}

type Days = Pick<Period, 'from' | 'to'>;

const nothing: Sum = { count: 0, amountMinor: 0 };
const plus = (a: Sum, b: Sum): Sum => ({ count: a.count + b.count, amountMinor: a.amountMinor + b.amountMinor });

/** What the team spent in each month of these days, by category; months without anything are there, too. */
export async function listMonthFigures(db: Database, team: VisibleTeam, days: Days): Promise<MonthFigure[]> {
  const month = sql<string>`substr(period, 1, 7)`;
  const rows = await selectDays(db, team, 'category', days)
    .select([month.as('month'), 'about_id as id'])
    .groupBy([month, 'about_id'])
    .execute();
  const byMonth = Map.groupBy(rows, (row) => row.month);
  return monthsOf(days).map((part) => {
    const sums = (byMonth.get(part.month) ?? []).map(({ id, ...sum }) => [id, toSum(sum)] as const);
    return { ...part, ...sums.reduce((total, [, sum]) => plus(total, sum), nothing), byCategory: new Map(sums) };
  });
}

/** What the team spent in these days by category or by person, the most first. */
export async function listFigures(db: Database, team: VisibleTeam, kind: 'category' | 'person', days: Days): Promise<Figure[]> {
  const rows = await selectDays(db, team, kind, days).select('about_id as id').groupBy('about_id').execute();
  return rows
    .map(({ id, ...sum }) => ({ id, ...toSum(sum) }))
    .toSorted((a, b) => b.amountMinor - a.amountMinor || (a.id < b.id ? -1 : 1));
}

/** What the team spent on each day of these on which it spent something, in their order. */
export async function listDayFigures(db: Database, team: VisibleTeam, days: Days): Promise<(Sum & { readonly day: string })[]> {
  const rows = await selectDays(db, team, 'category', days).select('period as day').groupBy('period').orderBy('period').execute();
  return rows.map(({ day, ...sum }) => ({ day, ...toSum(sum) }));
}

function selectDays(db: Database, team: VisibleTeam, kind: 'category' | 'person', { from, to }: Days) {
  return db
    .selectFrom('spending')
    .select(({ fn }) => [fn.sum<number>('expense_count').as('count'), fn.sum<number>('amount_minor').as('amount')])
    .where('team_id', '=', team.id)
    .where('kind', '=', kind)
    .where('period', '>=', from)
    .where('period', '<=', to)
    .where('expense_count', '>', 0);
}

function toSum({ count, amount }: { readonly count: number; readonly amount: number }): Sum {
  return { count, amountMinor: amount };
}

/** What all that is spent in these comes to. */
export function addUp(sums: readonly Sum[]): Sum {
  return sums.reduce(plus, nothing);
}

/** What each of these teams spent in these months, as YYYY-MM, by team and month. */
export async function findMonthSums(
  db: Database,
  teams: readonly VisibleTeam[],
  months: readonly string[],
): Promise<(team: VisibleTeam, month: string) => Sum> {
  const found = new Map<string, Sum>();
  const ids = teams.map(({ id }) => id);
  for (let start = 0; start < ids.length; start += TEAMS_AT_ONCE) {
    const rows = await db
      .selectFrom('spending')
      .select(['team_id', 'period', 'expense_count as count', 'amount_minor as amount'])
      .where('team_id', 'in', ids.slice(start, start + TEAMS_AT_ONCE))
      .where('kind', '=', 'team')
      .where('period', 'in', months)
      .execute();
    for (const row of rows) found.set(`${row.team_id} ${row.period}`, toSum(row));
  }
  return (team, month) => found.get(`${team.id} ${month}`) ?? nothing;
}

/** Few enough parameters for one query. */
const TEAMS_AT_ONCE = 500;

/** The names of people by id, as others see them. */
export async function findNames(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('person').select(['id', 'name', 'email']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, displayNameOf(row)]));
}
