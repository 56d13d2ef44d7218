import type { Options } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { Delimiter } from './reading.ts';
import type { RawRecord } from './records.ts';

/** The most characters of one record: a quote that is never closed would take in all the rest of the file. */
export const MAX_RECORD = 1024 * 1024;

/** How records are read, whoever wrote them; the reader of a stream and of a sample agree on it. */
export function csvOptions(delimiter: Delimiter): Options {
  return {
    delimiter,
    // All of them, because files put together from others have several.
    record_delimiter: ['\r\n', '\n', '\r'],
    // Programs that know of no quotes write 5" pipe.
    relax_quotes: true,
    relax_column_count: true,
    // Before a quote, as in `1, "two"`.
    ltrim: true,
    max_record_size: MAX_RECORD,
  };
}

/**
 * Lets the parser work, which makes an error for each record of another width than the first one, also where that is no mistake:
 * with a stack, those of a file of short lines take ten times as long as the rest.
 */
export function withoutStacks<Result>(work: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * The first records of a text, empty lines among them; those before a mistake, where there is one.
 * @param firstLine the line that the text begins with.
 */
export function recordsOf(text: string, delimiter: Delimiter, limit: number, firstLine: number): RawRecord[] {
  const records: RawRecord[] = [];
  let line = firstLine;
  try {
    withoutStacks(() =>
      parse(text, {
        ...csvOptions(delimiter),
        to: limit,
        on_record: (cells: readonly string[]) => {
          records.push({ line, cells });
          line += 1 + lineBreaksIn(cells);
          return null;
        },
      }),
    );
  } catch {
    // What is wrong is said when all of the file is read.
  }
  return records;
}

/** How many line breaks there are within cells. */
export function lineBreaksIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  return count;
}

export function isEmpty(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
