import { currentLanguage } from './language.ts';

/** The one source of time, so that tests can move it. */
export type Clock = () => Date;

/** An instant as pages show it: in the reader's language, and in UTC because we do not know where the reader is. */
export function formatInstant(iso: string): string {
  return `${currentLanguage().date(new Date(iso), 'instant', { dateStyle: 'long', timeStyle: 'short' })} UTC`;
}

/** The day of an instant, in UTC, in the reader's language. */
export function formatDay(iso: string): string {
  return currentLanguage().date(new Date(iso), 'day', { dateStyle: 'long' });
}

/** A month in the reader's language. @param month as YYYY-MM. */
export function formatMonth(month: string): string {
  return currentLanguage().date(new Date(`${month}-01`), 'month', { year: 'numeric', month: 'long' });
}
