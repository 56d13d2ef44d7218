import { ratePattern } from '../expenses/conversion.ts';
import { exponentOf } from '../expenses/money.ts';
import { looksLikeAmount, readAmount } from './amounts.ts';
import { currencyNamed } from './currency-signs.ts';
import type { Places } from './places.ts';
import { quoted } from './quoting.ts';
import type { DecimalMark, Reading } from './reading.ts';

export interface RowAmounts {
  /** What was paid. */
  readonly amountMinor: number;
  readonly currency: string;
  /** What that came to, in the team's currency; undefined where the file does not give it with its rate. */
  readonly converted: { readonly amountMinor: number; readonly rate: string } | undefined;
}

/** Tells what is wrong in a column, from 0 on. */
export type Say = (column: number, sentence: string) => undefined;

/** In a column beside the amount: what came in, and was not spent. */
const received = new Set(['bij', 'haben', 'h', 'cr', 'c', 'credit', 'crédit', 'gutschrift', 'abono', 'haber', 'avere']);
/** By how much amounts that were rounded, at a rate that was, may be off. */
const TOLERANCE = 0.01;

/**
 * Reads the amounts of one file.
 * @param elsewhere columns of amounts in other currencies, which hold nothing that came in.
 * @returns a function that gives undefined where it has said what is wrong.
 */
export function amountReader(
  {
    columns,
    sign,
    decimalMark,
    currency: said,
  }: Pick<Reading, 'columns' | 'sign' | 'currency'> & { readonly decimalMark: DecimalMark },
  { at }: Places,
  teamCurrency: string,
  elsewhere: readonly number[] = [],
): (cells: readonly string[], say: Say) => RowAmounts | 'not-spent' | undefined {
  const currencyOf = currencyReader(teamCurrency);
  const beside = [at.amount - 1, at.amount + 1].filter(
    (column) => column in columns && columns[column] === undefined && !elsewhere.includes(column),
  );

  /** @returns above zero; below it for what was not spent. */
  const spentIn = (cells: readonly string[], column: number, currency: string, say: Say): number | undefined => {
    const cell = (cells[column] ?? '').trim();
    const read = readAmount(cell, decimalMark, currency);
    if ('mistake' in read) return say(column, cell === '' ? 'There is no amount here.' : read.mistake);
    if (read.minor === 0) return say(column, `${quoted(cell)} is nothing, and an expense is more than that.`);
    return sign === 'negative' ? -read.minor : read.minor;
  };

  return (cells, say) => {
    const cell = (cells[at.amount] ?? '').trim();
    if (sign === 'positive' && beside.some((column) => received.has((cells[column] ?? '').trim().toLowerCase())))
      return 'not-spent';
    // Of two columns, for what went out and what came in, one is empty.
    if (/^[0.,]*$/.test(cell) && beside.some((column) => looksLikeAmount(cells[column] ?? ''))) return 'not-spent';
    const isUnsaid = at.currency === -1 || (said !== undefined && (cells[at.currency] ?? '').trim() === '');
    const currency = isUnsaid ? (said ?? teamCurrency) : currencyOf(cells, at.currency, say);
    if (currency === undefined) return undefined;
    const amountMinor = spentIn(cells, at.amount, currency, say);
    if (amountMinor === undefined) return undefined;
    if (amountMinor < 0) {
      if (sign === 'negative') return 'not-spent';
      return say(at.amount, `${quoted(cell)} is below zero. What comes back to the team is not an expense.`);
    }
    if (at.paidAmount === -1 || at.paidCurrency === -1 || (cells[at.paidAmount] ?? '').trim() === '') {
      return { amountMinor, currency, converted: undefined };
    }
    const paidCurrency = currencyOf(cells, at.paidCurrency, say);
    const paid = paidCurrency === undefined ? undefined : spentIn(cells, at.paidAmount, paidCurrency, say);
    if (paid === undefined || paidCurrency === undefined) return undefined;
    if (paid < 0) return say(at.paidAmount, `${quoted(cells[at.paidAmount] ?? '')} and the amount are not both spent.`);
    const rateCell = (cells[at.rate] ?? '').trim();
    if (rateCell === '' || currency !== teamCurrency || paidCurrency === teamCurrency) {
      return { amountMinor: paid, currency: paidCurrency, converted: undefined };
    }
    const rate = rateIn(rateCell, decimalMark);
    if (rate === undefined) return say(at.rate, `${quoted(rateCell)} is no rate, such as 1${decimalMark}0850, and more than 0.`);
    const expected = (paid / 10 ** exponentOf(paidCurrency)) * Number(rate) * 10 ** exponentOf(currency);
    if (Math.abs(expected - amountMinor) > 1 + TOLERANCE * amountMinor) {
      return say(
        at.rate,
        `By the rate ${quoted(rateCell)} the amounts in ${paidCurrency} and ${currency} do not agree. It is to say how many ${currency} one ${paidCurrency} is.`,
      );
    }
    return { amountMinor: paid, currency: paidCurrency, converted: { amountMinor, rate } };
  };
}

function currencyReader(teamCurrency: string): (cells: readonly string[], column: number, say: Say) => string | undefined {
  const known = new Map<string, string>();
  return (cells, column, say) => {
    const cell = cells[column] ?? '';
    const before = known.get(cell);
    if (before !== undefined) return before;
    const currency = currencyNamed(cell, teamCurrency);
    if (currency === undefined) {
      const what = cell.trim() === '' ? 'There is no currency here.' : `${quoted(cell)} is not a currency that is known.`;
      return say(column, `${what} Write its three letters, such as ${teamCurrency}.`);
    }
    // What is known has few spellings, unless a file is made to have many.
    if (known.size < 1000 && cell.length < 100) known.set(cell, currency);
    return currency;
  };
}

/** As it is kept: digits with a point. A rate that is written so stays to the letter. */
function rateIn(cell: string, mark: DecimalMark): string | undefined {
  const rate = mark === ',' ? cell.replaceAll('.', '').replace(',', '.') : cell.replaceAll(',', '');
  return ratePattern.test(rate) ? rate : undefined;
}
