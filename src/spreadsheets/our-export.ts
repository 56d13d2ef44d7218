import { TYPED } from '../expenses/rates.ts';
import type { Reading, Target } from './reading.ts';

/** What our own export has in its columns, from left to right; a test holds it against what is exported. */
const ours: readonly (Target | undefined)[] = [
  undefined,
  undefined,
  'day',
  'spender',
  'item',
  'merchant',
  'category',
  'state',
  'amount',
  'currency',
  'paidAmount',
  'paidCurrency',
  'rate',
  'rateDay',
  'rateSource',
  'note',
  undefined,
  undefined,
  undefined,
  undefined,
];

/** Whether a file is one of our own exports, as it was saved; with all of its columns, or some left out by whoever imports it. */
export function isOurs({ delimiter, columns }: Pick<Reading, 'delimiter' | 'columns'>): boolean {
  return (
    delimiter === ',' &&
    columns.length === ours.length &&
    columns.includes('day') &&
    columns.every((target, column) => target === undefined || target === ours[column])
  );
}

/** What may stand before a formula, and what one begins with; as exporting/export-csv.ts has it. */
const weightless = /[\s"'`\p{Cf}]+/gu;
const formulaMarks = '=+-@\u2212\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B';

/**
 * A text of our own export as it was before apostrophes were put where a program for sheets would take it for a formula. One
 * before a blank may have been put there, too; but no text that is kept begins with a blank, so that one was written by somebody.
 */
export function asWritten(text: string): string {
  if (!text.includes("'")) return text;
  return text.replace(weightless, (run: string, start: number) => {
    const next = text[start + run.length];
    if (next === undefined || !formulaMarks.includes(next)) return run;
    return run.replace(/'/g, (apostrophe, index: number) => {
      const before = text[start + index - 1];
      return before === undefined || ';\t\r\n'.includes(before) ? '' : apostrophe;
    });
  });
}

/** Where a rate comes from, as it is kept: the export has it in words where somebody typed it. */
export function sourceKept(source: string): string {
  return source === 'typed by whoever logged it' ? TYPED : source;
}
