import { isEmpty, recordsOf } from './csv.ts';
import { looksLikeAmount } from './amounts.ts';
import { columnsByName } from './column-names.ts';
import { looksLikeDay } from './days.ts';
import type { Delimiter, Reading } from './reading.ts';
import type { RawRecord } from './records.ts';

/** How a file is divided. */
export interface Layout {
  readonly delimiter: Delimiter;
  readonly headingLine: number;
  /** As they stand there; empty where there are none. */
  readonly headings: readonly string[];
  /** How many columns there are. */
  readonly width: number;
  /** Below the headings, without empty lines. */
  readonly records: readonly RawRecord[];
  /** Whether these are all that the file has. */
  readonly isAll: boolean;
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|'];
/** The headings are among the first lines, or nowhere. */
const LINES_ABOVE = 60;
/** How many records below a line are asked whether it is their heading. */
const ASKED = 20;
/** How many characters every delimiter is tried on. */
const TRIED = 32 * 1024;
/** How many records every delimiter is tried on. */
const TRIED_RECORDS = 1_000;
/** How many are read then: more than a sample has, unless it is made of hardly more than line ends. */
const MOST_RECORDS = 6_000;

/** Line 1 of what some programs write for Excel, which says what the delimiter is. */
const separatorLine = /^sep=([,;\t|])\r?(?:\n|$)/i;

/**
 * Finds out how a text is divided; by names of columns that are known, and else by how many cells its lines have and what is in
 * them.
 * @param chosen what somebody has said; the rest is found out.
 * @returns the likeliest; of one column only where no delimiter is in use.
 */
export function findLayout(text: string, isWhole: boolean, chosen: Partial<Reading>): Layout {
  const [separator, named] = separatorLine.exec(text) ?? [];
  const known = chosen.delimiter ?? (named as Delimiter | undefined);
  const lines = firstLines(text, Math.max(LINES_ABOVE, chosen.headingLine ?? 0));
  const divided = (some: string, most: number, delimiter: Delimiter, headingLine: number | undefined) =>
    divide(some, lines, delimiter, separator !== undefined, isWhole && some === text, headingLine, most);
  const [best = { delimiter: known ?? ',', headingLine: 0 }] = (known === undefined ? delimiters : [known])
    .map((delimiter) => divided(text.slice(0, TRIED), TRIED_RECORDS, delimiter, chosen.headingLine))
    .map((layout) => ({ ...layout, score: scoreOf(layout) }))
    .toSorted((one, other) => other.score - one.score);
  return divided(text, MOST_RECORDS, best.delimiter, chosen.headingLine ?? best.headingLine);
}

interface Line {
  /** From 1 on. */
  readonly number: number;
  /** In the text. */
  readonly start: number;
  readonly text: string;
}

function firstLines(text: string, count: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r|$/g)) {
    lines.push({ number: lines.length + 1, start, text: text.slice(start, index) });
    start = index + end.length;
    if (lines.length >= count) break;
  }
  return lines;
}

function divide(
  text: string,
  lines: readonly Line[],
  delimiter: Delimiter,
  hasSeparatorLine: boolean,
  isWhole: boolean,
  chosenLine: number | undefined,
  most: number,
): Layout {
  const below = (line: Line | undefined, limit: number): RawRecord[] => {
    if (line === undefined) return [];
    const records = recordsOf(text.slice(line.start), delimiter, limit, line.number);
    // The last one may go on behind the sample.
    return isWhole || records.length === limit ? records : records.slice(0, -1);
  };
  const first = lines[hasSeparatorLine ? 1 : 0];
  const line =
    chosenLine === undefined ? headingsAmong(lines.slice(hasSeparatorLine ? 1 : 0), delimiter, below) : lines[chosenLine - 1];
  if (line === undefined) {
    const read = below(first, most);
    const records = read.filter(({ cells }) => !isEmpty(cells));
    const isAll = isWhole && read.length < most;
    return { delimiter, headingLine: 0, headings: [], width: usualWidth(records), records, isAll };
  }
  const [headings, ...records] = below(line, most);
  const cells = headings?.cells ?? recordsOf(line.text, delimiter, 1, 1)[0]?.cells ?? [];
  return {
    delimiter,
    headingLine: line.number,
    headings: cells,
    width: cells.length,
    records: records.filter((record) => !isEmpty(record.cells)),
    isAll: isWhole && records.length + 1 < most,
  };
}

/** The line whose cells are known best as names of columns; else the first one that has as many cells as most, and none of a row. */
function headingsAmong(
  lines: readonly Line[],
  delimiter: Delimiter,
  below: (line: Line, limit: number) => RawRecord[],
): Line | undefined {
  const candidates = lines.map((line) => {
    const cells = recordsOf(line.text, delimiter, 1, 1)[0]?.cells ?? [];
    return { line, cells, known: countKnown(cells) };
  });
  const named = candidates
    .filter(({ known }) => known >= 2)
    .toSorted((one, other) => other.known - one.known)
    .find(({ line, cells }) => {
      const next = below(line, ASKED).slice(1);
      return next.length === 0 || agreement(next, cells.length) >= 0.5;
    });
  if (named !== undefined) return named.line;
  const width = usualWidth(lines[0] === undefined ? [] : below(lines[0], 500));
  const usual = candidates.find(({ cells }) => cells.length === width && !isEmpty(cells));
  const isRow =
    usual === undefined || usual.cells.some((cell) => (/\d/.test(cell) && !/\p{L}/u.test(cell)) || looksLikeDay(cell.trim()));
  return isRow ? undefined : usual.line;
}

function countKnown(cells: readonly string[]): number {
  return new Set(columnsByName(cells).filter((target) => target !== undefined)).size;
}

/** The share of records that have this many cells, or empty ones besides. */
function agreement(records: readonly RawRecord[], width: number): number {
  const filled = records.filter(({ cells }) => !isEmpty(cells));
  return filled.length === 0
    ? 1
    : filled.filter(({ cells }) => cells.length === width || isEmpty(cells.slice(width))).length / filled.length;
}

function usualWidth(records: readonly RawRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) if (!isEmpty(cells)) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? 0;
}

function scoreOf({ headings, width, records }: Layout): number {
  if (width < 2) return 0;
  const asked = records.slice(0, ASKED);
  const cells = asked.flatMap((record) => record.cells).map((cell) => cell.trim());
  const typed = cells.filter((cell) => looksLikeDay(cell) || looksLikeAmount(cell)).length / Math.max(1, asked.length);
  return agreement(asked, width) * (10 * countKnown(headings) + 3 * typed + Math.min(width, 30) / 10);
}
