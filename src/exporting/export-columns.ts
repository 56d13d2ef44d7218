import type { VisibleTeam } from '../teams/teams.ts';
import { ratePattern } from '../expenses/conversion.ts';
import type { ExportedExpense } from './export-rows.ts';
import { stateWords } from '../expenses/life.ts';
import { exponentOf, plainAmount } from '../expenses/money.ts';
import { TYPED } from '../expenses/rates.ts';

/** What stands in one place of a sheet; undefined where that is nothing. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  /** As YYYY-MM-DD. */
  | { readonly kind: 'day'; readonly day: string }
  /** In ISO 8601, UTC. */
  | { readonly kind: 'instant'; readonly at: string }
  /** In digits with a point, and never as a number of JavaScript's. @param decimals shown, where it is an amount. */
  | { readonly kind: 'number'; readonly digits: string; readonly decimals?: number }
  | undefined;

interface Column {
  readonly heading: string;
  /** In characters, in a workbook. */
  readonly width: number;
  cell(expense: ExportedExpense, team: VisibleTeam): Cell;
}

/** What a sheet of expenses has in each row, from left to right; programs go by the headings, so they stay as they are. */
export const columns: readonly Column[] = [
  { heading: 'Id', width: 38, cell: ({ id }) => textCell(id) },
  { heading: 'Team', width: 18, cell: (_, { label }) => textCell(label) },
  { heading: 'Day', width: 12, cell: ({ spent_on }) => dayCell(spent_on) },
  { heading: 'Spent by', width: 22, cell: ({ spender_name: name }) => textCell(name) },
  { heading: 'Item', width: 34, cell: ({ item }) => textCell(item) },
  { heading: 'Merchant', width: 22, cell: ({ merchant }) => textCell(merchant) },
  {
    heading: 'Category',
    width: 18,
    cell: ({ category_label: label, category_id: id }) => textCell(label ?? id),
  },
  { heading: 'State', width: 20, cell: ({ state }) => textCell(stateWords[state]) },
  {
    heading: 'Amount',
    width: 14,
    cell: ({ team_amount_minor: minor }, { currency }) => amountCell(minor, currency),
  },
  { heading: 'Currency', width: 10, cell: (_, { currency }) => textCell(currency) },
  {
    heading: 'Paid amount',
    width: 14,
    cell: ({ rate, amount_minor: minor, currency }) => (rate === null ? undefined : amountCell(minor, currency)),
  },
  { heading: 'Paid currency', width: 14, cell: ({ rate, currency }) => (rate === null ? undefined : textCell(currency)) },
  {
    heading: 'Rate',
    width: 12,
    cell: ({ rate }) => rateCell(rate),
  },
  { heading: 'Rate of', width: 12, cell: ({ rate_on }) => dayCell(rate_on) },
  {
    heading: 'Rate from',
    width: 24,
    cell: ({ rate_source: source }) => textCell(source === TYPED ? 'typed by whoever logged it' : source),
  },
  { heading: 'Note', width: 40, cell: ({ note }) => textCell(note) },
  { heading: 'Receipts', width: 10, cell: ({ receipt_count: count }) => ({ kind: 'number', digits: String(count) }) },
  { heading: 'Logged by', width: 22, cell: ({ logged_by_name: name }) => textCell(name) },
  { heading: 'Logged at (UTC)', width: 20, cell: ({ logged_at: at }) => ({ kind: 'instant', at }) },
  { heading: 'Payment reference', width: 22, cell: ({ settlement_reference: reference }) => textCell(reference) },
];

export function textCell(given: string | null): Cell {
  return given === null || given === '' ? undefined : { kind: 'text', text: readable(given) };
}

/** What is no day by its form, by whoever's hand it came there, is a text like any other. */
export function dayCell(given: string | null): Cell {
  return /^\d{4}-\d\d-\d\d$/.test(given ?? '') ? { kind: 'day', day: given ?? '' } : textCell(given);
}

export function amountCell(minor: number, currency: string): Cell {
  return { kind: 'number', digits: plainAmount(minor, currency), decimals: exponentOf(currency) };
}

export function rateCell(rate: string | null): Cell {
  return ratePattern.test(rate ?? '') ? { kind: 'number', digits: rate ?? '' } : textCell(rate);
}

/** Without what XML has no way to write (XML 1.0 §2.2), and what no program for sheets expects. */
export function readable(given: string): string {
  return given.toWellFormed().replace(/[^\t\n\r\u{20}-\u{7E}\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
}
