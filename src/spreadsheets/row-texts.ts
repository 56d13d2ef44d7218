import { asOneLine, asSeveralLines } from '../web/forms.ts';
import { formatCount } from '../web/numbers.ts';
import { asWritten } from './our-export.ts';
import { quoted } from './quoting.ts';

/** The bounds of an expense's texts, as its form has them. */
export const MAX_LINE = 200;
export const MAX_NOTE = 2000;

/** What needs no cleaning, as most texts do. */
const clean = /^[\x21-\x7E]+(?: [\x21-\x7E]+)*$/;

/** Reads the texts of one file, as forms read what is typed. */
export interface TextReader {
  /** What stands in these columns, in one line. */
  line(cells: readonly string[], columns: readonly number[]): string;
  /** The same in several lines. */
  lines(cells: readonly string[], columns: readonly number[]): string;
}

/** @param isExport whether the file is one of our own exports, which have apostrophes before what looks like a formula. */
export function textReader(isExport: boolean): TextReader {
  const read = (
    cells: readonly string[],
    columns: readonly number[],
    tidy: (text: string) => string,
    between: string,
  ): string => {
    let together = '';
    let last = '';
    for (const column of columns) {
      const cell = cells[column] ?? '';
      if (cell === '') continue;
      const written = isExport ? asWritten(cell) : cell;
      const text = clean.test(written) ? written : tidy(written);
      // Banks say in two columns what they have to say once.
      if (text === '' || text === last) continue;
      together = together === '' ? text : `${together}${between}${text}`;
      last = text;
    }
    return together;
  };
  return {
    line: (cells, columns) => read(cells, columns, asOneLine, ', '),
    lines: (cells, columns) => read(cells, columns, asSeveralLines, '\n'),
  };
}

/** What is wrong with a text that is too long. */
export function tooLong(text: string, max: number): string {
  return `This has ${formatCount(text.length)} characters, and ${formatCount(max)} at most are kept: ${quoted(text)}. Shorten it.`;
}
