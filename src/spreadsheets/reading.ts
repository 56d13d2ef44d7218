/* The room spreadsheets: CSV of real life: from bytes to expenses-to-be, with no database. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export type Delimiter = ',' | ';' | '\t' | '|';
export type DateOrder = 'ymd' | 'dmy' | 'mdy';
export type DecimalMark = '.' | ',';
/** Whether what was spent stands in the file as it is, or, as in a bank's statement, below zero. */
export type Sign = 'positive' | 'negative';

/** What a column can be taken for. */
export const targets = [
  'day',
  'item',
  'amount',
  'currency',
  'merchant',
  'category',
  'note',
  'spender',
  'state',
  'paidAmount',
  'paidCurrency',
  'rate',
  'rateDay',
  'rateSource',
] as const;
export type Target = (typeof targets)[number];

/** How a file is read: what is recognised of it, shown, and corrected by whoever imports it. */
export interface Reading {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** The line of the headings, from 1 on; 0 where there are none. What stands above is left out. */
  readonly headingLine: number;
  /** undefined where the file does not say: somebody must. */
  readonly dateOrder: DateOrder | undefined;
  readonly decimalMark: DecimalMark | undefined;
  readonly sign: Sign;
  /** What somebody has said that amounts are in whose currency no column says; else the heading of the amounts says it, or the team. */
  readonly currency?: string | undefined;
  /**
   * By column, from left to right; undefined for one that is not taken. Each target at most once, except item and note, whose
   * columns are put together.
   */
  readonly columns: readonly (Target | undefined)[];
}
