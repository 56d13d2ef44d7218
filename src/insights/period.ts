import { z } from 'zod';
import { formatDay, formatMonth } from '../web/clock.ts';

export type PeriodKind = 'month' | 'quarter' | 'year' | 'days';

/** A stretch of days that somebody looks at. */
export interface Period {
  readonly kind: PeriodKind;
  /** Days, as YYYY-MM-DD, both counting. */
  readonly from: string;
  readonly to: string;
}

/** The most that one looks at together, in days: five years. */
export const MAX_DAYS = 5 * 366;

/** The first year of which there can be an expense, and one that is far enough. */
const [FIRST_YEAR, LAST_YEAR] = [2000, 2199];

const asking = z.object({
  period: z
    .string()
    .regex(/^2[01]\d\d(?:-(?:0[1-9]|1[0-2])|-Q[1-4])?$/)
    .catch(''),
  from: z.iso.date().catch(''),
  to: z.iso.date().catch(''),
});

/**
 * What an address asks for: `period` as 2026-11, 2026-Q4 or 2026, or the days `from` and `to`. What cannot be read, and days the
 * wrong way round, too many or too far away, count as not asked for: then it is the running month.
 */
export function readPeriod(query: unknown, now: Date): Period {
  const { period, from, to } = asking.parse({ ...(query as object) });
  if (period !== '') return periodOf(period);
  if (from !== '' && to !== '' && from <= to && isNear(from) && isNear(to) && daysBetween(from, to) < MAX_DAYS)
    return { kind: 'days', from, to };
  return periodOf(now.toISOString().slice(0, 7));
}

/** Whether somebody asked for days that cannot be looked at. */
export function misread(query: unknown, { kind }: Period): boolean {
  const { from, to } = { from: '', to: '', ...(query as object) };
  return kind === 'month' && (from !== '' || to !== '') && !('period' in (query as object));
}

function isNear(day: string): boolean {
  const year = Number(day.slice(0, 4));
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/** @param text as 2026-11, 2026-Q4 or 2026. */
export function periodOf(text: string): Period {
  const [year = '', part = ''] = text.split('-');
  if (part === '') return { kind: 'year', from: `${year}-01-01`, to: `${year}-12-31` };
  const quarter = part.startsWith('Q');
  const first = quarter ? Number(part.slice(1)) * 3 - 3 : Number(part) - 1;
  const [from, to] = [dayOf(Number(year), first, 1), dayOf(Number(year), first + (quarter ? 3 : 1), 0)];
  return { kind: quarter ? 'quarter' : 'month', from, to };
}

/** The day as YYYY-MM-DD. @param month from 0, and further on into the years after and before. */
function dayOf(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}

/** How an address asks for it. */
export function queryOf({ kind, from, to }: Period): Readonly<Record<string, string>> {
  if (kind === 'days') return { from, to };
  return { period: nameOf(kind, from) };
}

function nameOf(kind: Exclude<PeriodKind, 'days'>, from: string): string {
  const [year = '', month = ''] = from.split('-');
  return { month: `${year}-${month}`, quarter: `${year}-Q${quarterOf(month)}`, year }[kind];
}

const quarterOf = (month: string) => Math.ceil(Number(month) / 3);

/** In words. */
export function sayPeriod({ kind, from, to }: Period): string {
  const [year = '', month = ''] = from.split('-');
  if (kind === 'month') return formatMonth(from.slice(0, 7));
  if (kind === 'quarter') return `Quarter ${quarterOf(month)} of ${year}`;
  if (kind === 'year') return year;
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

/** The one as long before (-1) or after (1) it; undefined where that is further away than an expense can be. */
export function neighbourOf({ kind, from, to }: Period, direction: 1 | -1): Period | undefined {
  const [year, month] = [Number(from.slice(0, 4)), Number(from.slice(5, 7)) - 1];
  const next =
    kind === 'days'
      ? {
          kind,
          from: shiftDay(from, direction * (daysBetween(from, to) + 1)),
          to: shiftDay(to, direction * (daysBetween(from, to) + 1)),
        }
      : periodOf(nameOf(kind, dayOf(year, month + direction * { month: 1, quarter: 3, year: 12 }[kind], 1)));
  return isNear(next.from) && isNear(next.to) ? next : undefined;
}

/** The month, quarter or year in which it ends, or in which `now` is where it is still going on. */
export function around(period: Period, kind: Exclude<PeriodKind, 'days'>, now: Date): Period {
  const today = now.toISOString().slice(0, 10);
  const day = period.from <= today && today <= period.to ? today : period.to;
  return periodOf(nameOf(kind, day));
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10);
}

/** A month, or as much of it as is looked at. */
export interface MonthPart extends Omit<Period, 'kind'> {
  /** As YYYY-MM. */
  readonly month: string;
}

/** The months of it in their order, the first and the last one cut where it begins and ends within them. */
export function monthsOf({ from, to }: Pick<Period, 'from' | 'to'>): MonthPart[] {
  const parts: MonthPart[] = [];
  for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = shiftMonth(month, 1)) {
    const whole = periodOf(month);
    parts.push({ month, from: whole.from < from ? from : whole.from, to: whole.to > to ? to : whole.to });
  }
  return parts;
}

/** The month so many after it, or before it, as YYYY-MM. */
export function shiftMonth(month: string, by: number): string {
  return dayOf(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1 + by, 1).slice(0, 7);
}
