import type { DateOrder } from './reading.ts';

/** What a day is made of, as it stands in a file. */
export interface DayParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Behind a day, if there is one: which time it was does not matter here. */
const time = String.raw`(?:[T ,]\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?\s*)?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${time}$`, 'i');
const compact = /^(\d{4})(\d{2})(\d{2})$/;
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${time}$`, 'i');
const dayAndName = new RegExp(String.raw`^(\d{1,2})(?:er|st|nd|rd|th)?[-./ ]+(\p{L}{3,10})[-./, ]+(\d{4}|\d{2})${time}$`, 'iu');
const nameAndDay = new RegExp(String.raw`^(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})${time}$`, 'iu');

/** The months in English, German and French; as they are written, and without accents. */
const months = [
  'january januar janvier janner',
  'february februar fevrier feber',
  'march marz maerz mars mrz',
  'april avril avr',
  'may mai',
  'june juni juin',
  'july juli juillet juil',
  'august aout',
  'september septembre',
  'october oktober octobre',
  'november novembre',
  'december dezember decembre',
].map((names) => names.split(' '));

/**
 * Reads a day as people and programs write it; of a year in two digits it is one of this century.
 * @param order counts where a text does not say itself which of its numbers is what.
 */
export function readDay(text: string, order: DateOrder): DayParts | undefined {
  const first = yearFirst.exec(text) ?? compact.exec(text);
  if (first !== null) {
    const isCompact = first.length === 4;
    return { year: Number(first[1]), month: Number(first[isCompact ? 2 : 3]), day: Number(first[isCompact ? 3 : 4]) };
  }
  const last = yearLast.exec(text);
  if (last !== null) {
    const [, one, , two, year] = last;
    if (order === 'ymd') return undefined;
    return order === 'dmy'
      ? { year: century(year), month: Number(two), day: Number(one) }
      : { year: century(year), month: Number(one), day: Number(two) };
  }
  const named = dayAndName.exec(text);
  if (named !== null) return withName(named[3], named[2], named[1]);
  const american = nameAndDay.exec(text);
  return american === null ? undefined : withName(american[3], american[1], american[2]);
}

/** Which order the days of a column are in. @returns undefined where none of them says, or where they say different things. */
export function dateOrderOf(texts: Iterable<string>): DateOrder | undefined {
  const certain = new Set<DateOrder>();
  /** Of days that are read alike in every order. */
  const likely = new Set<DateOrder>();
  let isUnclear = false;
  for (const text of texts) {
    const match = yearLast.exec(text);
    if (match === null) {
      if (yearFirst.test(text) || compact.test(text)) likely.add('ymd');
      else if (dayAndName.test(text)) likely.add('dmy');
      else if (nameAndDay.test(text)) likely.add('mdy');
      continue;
    }
    const [one, two] = [Number(match[1]), Number(match[3])];
    if (one > 12 && two <= 12) certain.add('dmy');
    else if (two > 12 && one <= 12) certain.add('mdy');
    // Nobody writes the month first with points.
    else if (match[2] === '.') certain.add('dmy');
    else isUnclear = true;
  }
  if (certain.size > 0) return only(certain);
  // What says itself which number is what says nothing of what does not.
  if (isUnclear) return undefined;
  const [first] = likely;
  return first;
}

/** Whether a cell holds a day and nothing else, in whichever order. */
export function looksLikeDay(text: string): boolean {
  return yearFirst.test(text) || yearLast.test(text) || dayAndName.test(text) || nameAndDay.test(text);
}

function only<Value>(values: ReadonlySet<Value>): Value | undefined {
  const [value, other] = values;
  return other === undefined ? value : undefined;
}

function century(year = ''): number {
  return year.length === 2 ? 2000 + Number(year) : Number(year);
}

function withName(year = '', name = '', day = ''): DayParts | undefined {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  // However it is shortened, as long as it is one month's: "jui" is that of two in French.
  const [month, other] = months.flatMap((names, index) => (names.some((full) => full.startsWith(plain)) ? [index + 1] : []));
  return month === undefined || other !== undefined ? undefined : { year: century(year), month, day: Number(day) };
}
