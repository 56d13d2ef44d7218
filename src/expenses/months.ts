/** The month of a day, as YYYY-MM. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}
