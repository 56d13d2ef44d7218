/** The one source of time, so that tests can move it. */
export type Clock = () => Date;

/** An instant as pages show it: in words, and in UTC because we do not know where the reader is. */
export function formatInstant(iso: string): string {
  return `${instantFormat.format(new Date(iso))} UTC`;
}

/** The day of an instant, in UTC. */
export function formatDay(iso: string): string {
  return dayFormat.format(new Date(iso));
}

/** A month in words. @param month as YYYY-MM. */
export function formatMonth(month: string): string {
  return monthFormat.format(new Date(`${month}-01`));
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'long', timeZone: 'UTC' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const instantFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
