import { exponentOf } from '../expenses/money.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** A round amount beside a line of a chart, in few characters: "$1.2K". @param minor in minor units. */
export function compactMoney(minor: number, currency: string): string {
  let format = formats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      notation: 'compact',
      maximumFractionDigits: 2,
      minimumFractionDigits: 0,
    });
    formats.set(currency, format);
  }
  return format.format(minor / 10 ** exponentOf(currency));
}
