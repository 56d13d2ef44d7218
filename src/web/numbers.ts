import { currentLanguage } from './language.ts';

/** A whole number in the reader's language, such as "1,200". */
export function formatCount(count: number): string {
  return currentLanguage()
    .numbers('#', () => ({ maximumFractionDigits: 0 }))
    .format(count);
}

/** A share in the reader's language, in whole percent: 0.42 gives "42%". */
export function formatPercent(share: number): string {
  return currentLanguage()
    .numbers('%', () => ({ style: 'percent', maximumFractionDigits: 0 }))
    .format(share);
}
