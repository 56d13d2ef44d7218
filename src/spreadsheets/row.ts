import type { ExpenseState } from '../database/schema.ts';
import { isOurs, sourceKept } from './our-export.ts';
import { placesOf } from './places.ts';
import { quoted } from './quoting.ts';
import type { DateOrder, DecimalMark, Reading } from './reading.ts';
import type { FileMistake, RawRecord } from './records.ts';
import { amountReader, type Say } from './row-amounts.ts';
import { dayReader } from './row-days.ts';
import { MAX_LINE, MAX_NOTE, textReader, tooLong } from './row-texts.ts';
import { stateList, stateNamed } from './states.ts';
import { namesTotal } from './totals.ts';

export interface ImportedRow {
  readonly line: number;
  /** As YYYY-MM-DD. */
  readonly spentOn: string;
  readonly item: string;
  readonly merchant: string;
  readonly note: string;
  /** As the file has it; '' where it has none. */
  readonly category: string;
  /** As the file has it; '' where it has none. */
  readonly spender: string;
  readonly state: ExpenseState | undefined;
  /** What was paid: minor units of `currency`. */
  readonly amountMinor: number;
  readonly currency: string;
  /** Where the file gives both amounts and a rate, as our own exports do. */
  readonly inTeam:
    | { readonly amountMinor: number; readonly rate: string; readonly rateOn: string; readonly rateSource: string }
    | undefined;
}

export type ReadRow =
  | { readonly row: ImportedRow }
  | { readonly mistakes: readonly FileMistake[] }
  | { readonly leftOut: 'total' | 'not-spent' };

export interface RowContext {
  readonly teamCurrency: string;
  /** The last day that is not in the future, as YYYY-MM-DD. */
  readonly latest: string;
  /** Columns that are not taken and have amounts in another currency, as their headings say. */
  readonly elsewhere?: readonly number[];
}

/**
 * A function that makes expenses-to-be of one file's records, so that what is the same for all of them is worked out once.
 * @throws RangeError where no column is taken for the day, for the amount, or for the item or the merchant.
 */
export function rowReader(
  reading: Reading & { readonly dateOrder: DateOrder; readonly decimalMark: DecimalMark },
  { teamCurrency, latest, elsewhere }: RowContext,
): (record: RawRecord) => ReadRow {
  const places = placesOf(reading);
  const { at, items, notes } = places;
  const dayIn = dayReader(reading.dateOrder, latest);
  const texts = textReader(isOurs(reading));
  const amountsIn = amountReader(reading, places, teamCurrency, elsewhere);
  const [merchants, categories, spenders, sources] = [[at.merchant], [at.category], [at.spender], [at.rateSource]];

  return ({ line, cells }) => {
    const dayCell = cells[at.day] ?? '';
    if ((dayCell === '' || !/\d/.test(dayCell)) && cells.slice(0, reading.columns.length).some(namesTotal))
      return { leftOut: 'total' };
    if (cells.length !== reading.columns.length && !fits(cells, reading)) {
      return { mistakes: [{ line, column: 0, sentence: wrongWidth(cells.length, reading.columns.length) }] };
    }
    const mistakes: FileMistake[] = [];
    const say: Say = (column, sentence) => {
      mistakes.push({ line, column: column + 1, sentence });
      return undefined;
    };
    const day = (column: number): string => {
      const read = dayIn(cells[column] ?? '');
      if ('day' in read) return read.day;
      say(column, read.mistake);
      return '';
    };
    const text = (columns: readonly number[], max = MAX_LINE): string => {
      const read = max === MAX_LINE ? texts.line(cells, columns) : texts.lines(cells, columns);
      if (read.length > max) say(columns[0] ?? 0, tooLong(read, max));
      return read;
    };

    const amounts = amountsIn(cells, say);
    if (amounts === 'not-spent') return { leftOut: 'not-spent' };
    const spentOn = day(at.day);
    const item = text(items);
    if (item === '') say(items[0] ?? 0, 'There is nothing here that says what it was.');
    const stateCell = cells[at.state] ?? '';
    const state = stateNamed(stateCell);
    if (state === 'unknown') say(at.state, `${quoted(stateCell)} is no state of an expense. There are ${stateList}.`);
    const rest = {
      merchant: text(merchants),
      note: text(notes, MAX_NOTE),
      category: text(categories),
      spender: text(spenders),
    };
    const converted = amounts?.converted;
    const inTeam = converted && {
      ...converted,
      rateOn: (cells[at.rateDay] ?? '').trim() === '' ? spentOn : day(at.rateDay),
      rateSource: sourceKept(text(sources)),
    };
    if (mistakes.length > 0 || amounts === undefined || state === 'unknown') return { mistakes };
    const { amountMinor, currency } = amounts;
    return { row: { line, spentOn, item, ...rest, state, amountMinor, currency, inTeam } };
  };
}

/** Whether a record has as many cells as there are columns, but for empty ones; Excel leaves out the last ones where they are empty. */
function fits(cells: readonly string[], { columns }: Pick<Reading, 'columns'>): boolean {
  if (cells.length > columns.length) return cells.slice(columns.length).every((cell) => cell.trim() === '');
  return columns.slice(cells.length).every((target) => target === undefined || target === 'note');
}

function wrongWidth(count: number, expected: number): string {
  const columns = count === 1 ? '1 column' : `${count} columns`;
  return `This line has ${columns}, and the headings have ${expected}. A delimiter or a line break may stand in a cell without quotes around it.`;
}
