import type { Selectable } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { ExchangeRateTable } from '../database/schema-rates.ts';
import { auditedViewer } from '../people/audited.ts';
import { cross, inverse } from './conversion.ts';
import type { Doing } from './doing.ts';

export type ExchangeRate = Selectable<ExchangeRateTable>;

/** What one unit of a currency was worth in another. */
export interface Rate {
  readonly rate: string;
  /** The day that it is of. */
  readonly on: string;
  /** Where it comes from, in somebody's words, or `TYPED`. */
  readonly source: string;
}

/** The source of a rate that whoever logged the expense gave. */
export const TYPED = 'typed';
/** How old a rate may be, in days: there are none for week-ends and holidays, and never fewer than one in a week. */
export const RATE_DAYS = 7;
/** How many rows one statement adds; both engines take this many values. */
const BATCH = 500;

/**
 * The newest rate of a day, or of the week before it: straight from the table, the other way round, or by way of a third
 * currency of which both are known.
 * @returns undefined where there is none.
 */
export async function findRate(db: Database, from: string, to: string, day: string): Promise<Rate | undefined> {
  const rows = await db
    .selectFrom('exchange_rate')
    .selectAll()
    .where('currency', 'in', [from, to])
    .where('day', '<=', day)
    .where('day', '>', daysBefore(day, RATE_DAYS + 1))
    .orderBy('day', 'desc')
    .orderBy('base')
    .execute();
  const found = newestAmong(rows, from, to);
  return found && { rate: found.rate, on: found.on, source: found.source };
}

/** A rate with how it comes from what was entered. */
export interface FoundRate extends Rate {
  /** The currency by way of which it was worked out; empty where none was needed. */
  readonly via: string;
  readonly isInverse: boolean;
}

/** @param rows the newest first. */
function newestAmong(rows: readonly ExchangeRate[], from: string, to: string): FoundRate | undefined {
  for (const [on, known] of Map.groupBy(rows, (row) => row.day)) {
    const rate = rateAmong(known, from, to);
    if (rate !== undefined) return { ...rate, on };
  }
  return undefined;
}

/** Among those of one day. */
function rateAmong(known: readonly ExchangeRate[], from: string, to: string): Omit<FoundRate, 'on'> | undefined {
  const find = (base: string, currency: string) => known.find((row) => row.base === base && row.currency === currency);
  const straight = find(from, to);
  if (straight !== undefined) return { rate: straight.rate, source: straight.source, via: '', isInverse: false };
  const back = find(to, from);
  if (back !== undefined) return { rate: inverse(back.rate), source: back.source, via: '', isInverse: true };
  for (const toFrom of known.filter(({ currency }) => currency === from)) {
    const toTo = find(toFrom.base, to);
    if (toTo !== undefined)
      return { rate: cross(toFrom.rate, toTo.rate), source: toFrom.source, via: toFrom.base, isInverse: false };
  }
  return undefined;
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 24 * 60 * 60_000).toISOString().slice(0, 10);
}

/**
 * Keeps rates; of one that is there already for a day, the new one counts from now on. What has been logged keeps its own.
 * @param from what they are from, for the audit record: a file's name, or empty for the form.
 */
export async function keepRates(
  db: Transaction,
  rates: readonly ExchangeRate[],
  from: string,
  { viewer, at, reference }: Doing,
): Promise<void> {
  for (let start = 0; start < rates.length; start += BATCH) {
    await db
      .insertInto('exchange_rate')
      .values(rates.slice(start, start + BATCH))
      .onConflict((conflict) =>
        conflict
          .columns(['currency', 'day', 'base'])
          .doUpdateSet(({ ref }) => ({ rate: ref('excluded.rate'), source: ref('excluded.source') })),
      )
      .execute();
  }
  const [first] = rates;
  if (first === undefined) return;
  const days = rates.map(({ day }) => day).toSorted();
  const about = { kind: 'exchange-rates', id: first.source, name: first.source };
  const only = rates.length === 1 ? { base: first.base, currency: first.currency, rate: first.rate } : {};
  const detail = { count: rates.length, firstDay: days[0] ?? '', lastDay: days.at(-1) ?? '', from, ...only };
  await recordAudit(db, { action: 'rates-kept', by: auditedViewer(viewer), about, detail, reference }, () => at);
}

/** The newest rate of each pair of a day and the week before it, as they were entered, by currency. */
export async function listRates(db: Database, day: string): Promise<ExchangeRate[]> {
  return newestOfEach(await ratesOfWeek(db, day));
}

/** What one unit of a currency comes to in another one on a day. */
export interface Conversion extends FoundRate {
  readonly from: string;
  readonly to: string;
}

/**
 * What conversions of a day use: as `findRate` finds it, from every currency of which there is a rate.
 * @param into the currencies of teams.
 */
export async function listConversions(db: Database, day: string, into: readonly string[]): Promise<Conversion[]> {
  const rows = await ratesOfWeek(db, day);
  const known = [...new Set(rows.flatMap(({ base, currency }) => [base, currency]))].toSorted();
  return into.flatMap((to) =>
    known
      .filter((from) => from !== to)
      .flatMap((from) => {
        const ofBoth = rows.filter(({ currency }) => currency === from || currency === to);
        const found = newestAmong(ofBoth, from, to);
        return found === undefined ? [] : [{ from, to, ...found }];
      }),
  );
}

/** The rate that stands for a day already; undefined where none does. */
export async function findEntered(
  db: Database | Transaction,
  { base, currency, day }: Pick<ExchangeRate, 'base' | 'currency' | 'day'>,
): Promise<ExchangeRate | undefined> {
  return db
    .selectFrom('exchange_rate')
    .selectAll()
    .where('base', '=', base)
    .where('currency', '=', currency)
    .where('day', '=', day)
    .executeTakeFirst();
}

/** The newest first. */
async function ratesOfWeek(db: Database, day: string): Promise<ExchangeRate[]> {
  return db
    .selectFrom('exchange_rate')
    .selectAll()
    .where('day', '<=', day)
    .where('day', '>', daysBefore(day, RATE_DAYS + 1))
    .orderBy('day', 'desc')
    .orderBy('base')
    .orderBy('currency')
    .execute();
}

function newestOfEach(rows: readonly ExchangeRate[]): ExchangeRate[] {
  const newest = new Map<string, ExchangeRate>();
  for (const row of rows) {
    const pair = `${row.currency} ${row.base}`;
    if (!newest.has(pair)) newest.set(pair, row);
  }
  return [...newest].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}
