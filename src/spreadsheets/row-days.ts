import { readDay } from './days.ts';
import { quoted } from './quoting.ts';
import type { DateOrder } from './reading.ts';

/** The first day of what is kept. */
const FIRST = '2000-01-01';
/** How many are remembered: there are few days, and many rows of each. */
const REMEMBERED = 5000;
/** The most characters of one that is remembered. */
const LONGEST = 100;

export type ReadDay = { readonly day: string } | { readonly mistake: string };

const orders: Readonly<Record<DateOrder, readonly [string, string]>> = {
  ymd: ['2026-01-31', 'year, month and day'],
  dmy: ['31/01/2026', 'day, month and year'],
  mdy: ['01/31/2026', 'month, day and year'],
};

/**
 * Reads the days of one file, as YYYY-MM-DD.
 * @param latest the last day that is not in the future.
 */
export function dayReader(order: DateOrder, latest: string): (text: string) => ReadDay {
  const known = new Map<string, ReadDay>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const read = readOne(text.trim(), order, latest);
    // What is longer is no day, and would be held.
    if (text.length > LONGEST) return read;
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, read);
    return read;
  };
}

function readOne(text: string, order: DateOrder, latest: string): ReadDay {
  if (text === '') return { mistake: 'There is no day here.' };
  const [example, words] = orders[order];
  const parts = readDay(text, order);
  if (parts === undefined) return { mistake: `${quoted(text)} is no day, such as ${example}.` };
  const { year, month, day } = parts;
  const two = (number: number) => String(number).padStart(2, '0');
  const written = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== day) {
    return { mistake: `${quoted(text)} is no day that there is, read as ${words}.` };
  }
  if (written < FIRST) return { mistake: `${quoted(text)} is too long ago. Check the year.` };
  if (written > latest) return { mistake: `${quoted(text)} has not come yet. Check the day.` };
  return { day: written };
}
