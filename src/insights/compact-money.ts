import { exponentOf } from '../expenses/money.ts';
import { currentLanguage } from '../web/language.ts';

/** A round amount beside a line of a chart, in few characters: "$1.2K". @param minor in minor units. */
export function compactMoney(minor: number, currency: string): string {
  return currentLanguage()
    .numbers(`compact ${currency}`, () => ({
      style: 'currency',
      currency,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: 2,
    }))
    .format(minor / 10 ** exponentOf(currency));
}
