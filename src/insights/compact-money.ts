import { exponentOf } from '../expenses/money.ts';
import { currentLanguage } from '../web/language.ts';

/** A round amount beside a line of a chart, in few characters: "$1.2K". @param minor in minor units. */
export function compactMoney(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  // Small amounts to the last digit, or two lines would be called the same.
  const decimals = Math.abs(minor) < 10 ** (exponent + 1) ? exponent : 2;
  return currentLanguage()
    .numbers(`compact ${currency} ${decimals}`, () => ({
      style: 'currency',
      currency,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: decimals,
    }))
    .format(minor / 10 ** exponent);
}
