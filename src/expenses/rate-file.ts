import { z } from 'zod';
import { ratePattern } from './conversion.ts';
import { currencies } from './money.ts';
import type { ExchangeRate } from './rates.ts';

/** How many mistakes are told at once; whoever has made more of them has chosen the wrong file. */
const MAX_MISTAKES = 10;
/** What the European Central Bank's rates are rates of. */
const BASE = 'EUR';
/** What the euro or something else has replaced; their columns are still there, and nobody pays in them. */
const former = new Set(['CYP', 'EEK', 'HRK', 'LTL', 'LVL', 'MTL', 'ROL', 'SIT', 'SKK', 'TRL']);

export type ReadRates = { readonly rates: readonly ExchangeRate[] } | { readonly mistakes: readonly string[] };

/**
 * Reads a file of the form that the European Central Bank publishes, daily or historical: a day in each line, a currency in
 * each column, and in the cells how many of it one euro is.
 * @param latest the last day that is not in the future.
 * @param source kept with each of the rates.
 * @returns all of it, or what is wrong with it, by line and column.
 */
export function readRateFile(bytes: Uint8Array, latest: string, source: string): ReadRates {
  if (Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from('PK\x03\x04', 'latin1')))
    return { mistakes: ['This is a zip archive. Unpack it, and choose the CSV file that is in it.'] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { mistakes: ['This file is no text in UTF-8. Choose the CSV file as the European Central Bank publishes it.'] };
  }
  const [head = '', ...lines] = text.split(/\r\n|\n|\r/);
  const columns = head.split(',').map((cell) => cell.trim());
  const mistakes = headMistakes(columns);
  if (mistakes.length > 0) return { mistakes: mistakes.slice(0, MAX_MISTAKES) };

  const rates: ExchangeRate[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',').map((cell) => cell.trim());
    const number = index + 2;
    const day = dayOf(cells[0] ?? '');
    const wrong = day === undefined ? 'is no day, such as 2026-01-31.' : whyNoRates(day, latest);
    const before = lineOf.get(day ?? '');
    if (cells.length !== columns.length)
      mistakes.push(`Line ${number} has ${cells.length} columns, and the first one has ${columns.length}.`);
    else if (day === undefined || wrong !== '') mistakes.push(`Line ${number}, column 1: “${shortened(cells[0])}” ${wrong}`);
    else if (before !== undefined) mistakes.push(`Line ${number} is of the same day as line ${before}.`);
    else {
      lineOf.set(day, number);
      for (const [column, cell] of cells.entries()) {
        const currency = columns[column] ?? '';
        if (column === 0 || currency === '' || former.has(currency) || cell === '' || cell === 'N/A') continue;
        if (ratePattern.test(cell)) rates.push({ day, base: BASE, currency, rate: cell, source });
        else mistakes.push(`Line ${number}, column ${column + 1}: “${shortened(cell)}” is no rate, such as 1.0850.`);
      }
    }
    if (mistakes.length >= MAX_MISTAKES) break;
  }
  if (mistakes.length > 0) return { mistakes: mistakes.slice(0, MAX_MISTAKES) };
  return rates.length > 0 ? { rates } : { mistakes: ['There is no rate in this file.'] };
}

function headMistakes(columns: readonly string[]): string[] {
  if (columns[0] !== 'Date' || columns.length < 2)
    return ['Line 1 is to begin with “Date”, and to go on with currencies, as in the files of the European Central Bank.'];
  return columns.flatMap((currency, column) => {
    // Their lines end with a comma.
    if (column === 0 || (currency === '' && column === columns.length - 1)) return [];
    const at = `Line 1, column ${column + 1}: “${shortened(currency)}”`;
    if (currency === BASE || !(currencies.has(currency) || former.has(currency)))
      return [`${at} is no currency with a rate of its own.`];
    return columns.indexOf(currency) === column ? [] : [`${at} is there twice.`];
  });
}

const isoDay = z.iso.date();
const months = 'January February March April May June July August September October November December'.split(' ');

/** The first day of which there are rates of the euro. */
const FIRST = '1999-01-01';

/** @returns as YYYY-MM-DD, of 2026-11-24 or 24 November 2026: the two forms that are in use there. Undefined for what is no day. */
function dayOf(text: string): string | undefined {
  const [, day, name = '', year] = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text) ?? [];
  const month = months.indexOf(name) + 1;
  const iso = day === undefined ? text : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isoDay.safeParse(iso).success ? iso : undefined;
}

/** Empty for a day of which there can be rates. */
function whyNoRates(day: string, latest: string): string {
  if (day < FIRST) return 'is before the first day of the euro.';
  return day > latest ? 'has not come yet.' : '';
}

function shortened(text = ''): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
