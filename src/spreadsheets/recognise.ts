import { decimalMarkOf, hasMark, isBelowZero, looksLikeAmount } from './amounts.ts';
import { columnsByName } from './column-names.ts';
import { dateOrderOf, looksLikeDay } from './days.ts';
import { decodeSample, type Mistaken, recogniseEncoding } from './encoding.ts';
import { findLayout, type Layout } from './layout.ts';
import { isOurs } from './our-export.ts';
import type { DecimalMark, Reading, Target } from './reading.ts';
import { stateNamed } from './states.ts';

export interface Recognised {
  readonly reading: Reading;
  /** As they stand in the file; none where it has none. */
  readonly headings: readonly string[];
  /** The first records below them, at most 5; cells as they stand in the file. */
  readonly examples: readonly (readonly string[])[];
}

const EXAMPLES = 5;

/**
 * Finds out how a file is to be read.
 * @param sample the file's beginning: at least 256 KB, or all of it.
 * @param isWhole whether that is all of it.
 * @returns a mistake, with what to do, for a file that is no CSV.
 */
export function recognise(sample: Uint8Array, isWhole: boolean): Recognised | Mistaken {
  return recogniseAs(sample, isWhole, {});
}

/**
 * The same where somebody has corrected something: what they chose stands, and the rest is found out by it. Columns that were
 * chosen are found out anew where the file has another number of them.
 */
export function recogniseAs(sample: Uint8Array, isWhole: boolean, chosen: Partial<Reading>): Recognised | Mistaken {
  const written = chosen.encoding === undefined ? recogniseEncoding(sample) : { encoding: chosen.encoding };
  if ('mistake' in written) return written;
  const decoded = decodeSample(sample, isWhole, written.encoding);
  if ('mistake' in decoded) return decoded;
  const layout = findLayout(decoded.text, isWhole, chosen);
  if (layout.width < 2 && chosen.delimiter === undefined) {
    return {
      mistake:
        'Only one column was found in this file. Its cells are to be divided by commas, semicolons, tabs or vertical bars, and there are at least a day and an amount in each line.',
    };
  }
  const { delimiter, headingLine, headings, records } = layout;
  const columns = chosen.columns?.length === layout.width ? chosen.columns : columnsOf(layout);
  const days = cellsOf(layout, columns, 'day', looksLikeDay);
  const amounts = cellsOf(layout, columns, 'amount', looksLikeAmount);
  const isExport = isOurs({ delimiter, columns });
  const below = amounts.filter(isBelowZero).length;
  return {
    reading: {
      encoding: written.encoding,
      delimiter,
      headingLine,
      dateOrder: chosen.dateOrder ?? (isExport ? 'ymd' : dateOrderOf(days)),
      decimalMark: chosen.decimalMark ?? (isExport ? '.' : markOf(amounts, layout.isAll)),
      sign: chosen.sign ?? (2 * below > amounts.filter((cell) => cell !== '').length ? 'negative' : 'positive'),
      columns,
      ...(chosen.currency !== undefined && { currency: chosen.currency }),
    },
    headings,
    examples: records.slice(0, EXAMPLES).map(({ cells }) => cells),
  };
}

function columnsOf({ headings, width, records }: Layout): (Target | undefined)[] {
  if (headings.length === 0) return Array.from({ length: width }, () => undefined);
  return columnsByName(headings).map((target, column) => {
    // The states of a bank, or of another program, are not ours.
    const isForeign = target === 'state' && records.some(({ cells }) => stateNamed(cells[column] ?? '') === 'unknown');
    return isForeign ? undefined : target;
  });
}

/** What stands in the column of a target; while no column is, in all that could be. */
function cellsOf(
  { records }: Layout,
  columns: readonly (Target | undefined)[],
  target: Target,
  couldBe: (cell: string) => boolean,
): string[] {
  const column = columns.indexOf(target);
  if (column !== -1) return records.map(({ cells }) => (cells[column] ?? '').trim());
  return records.flatMap(({ cells }) => cells.map((cell) => cell.trim()).filter(couldBe));
}

function markOf(amounts: readonly string[], isWhole: boolean): DecimalMark | undefined {
  // Where no amount has a mark, each of them is read alike either way.
  return decimalMarkOf(amounts) ?? (isWhole && !amounts.some(hasMark) ? '.' : undefined);
}
