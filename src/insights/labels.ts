const shortMonth = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
const shortMonthYear = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });

/** A month beneath a bar: the year stands with its January, and with the first of all. @param month as YYYY-MM. */
export function shortMonthLabel(month: string, first: boolean): string {
  const format = first || month.endsWith('-01') ? shortMonthYear : shortMonth;
  return format.format(new Date(`${month}-01`));
}
