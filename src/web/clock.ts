/** The one source of time, so that tests can move it. */
export type Clock = () => Date;

/** An instant as pages show it: in words, and in UTC because we do not know where the reader is. */
export function formatInstant(iso: string): string {
  return `${instantFormat.format(new Date(iso))} UTC`;
}

const instantFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
