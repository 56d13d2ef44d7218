import { currentLanguage } from '../web/language.ts';

/** A month beneath a bar: the year stands with its January, and with the first of all. @param month as YYYY-MM. */
export function shortMonthLabel(month: string, first: boolean): string {
  const at = new Date(`${month}-01`);
  return first || month.endsWith('-01')
    ? currentLanguage().date(at, 'short month and year', { month: 'short', year: '2-digit' })
    : currentLanguage().date(at, 'short month', { month: 'short' });
}
