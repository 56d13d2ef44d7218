import assert from 'node:assert/strict';
import type { Reading } from '../src/spreadsheets/reading.ts';
import { recogniseAs } from '../src/spreadsheets/recognise.ts';
import { type FileMistake, readRecords } from '../src/spreadsheets/records.ts';
import { type ImportedRow, type RowContext, rowReader } from '../src/spreadsheets/row.ts';

/** What became of a file. */
export interface ReadFile {
  readonly reading: Reading;
  readonly headings: readonly string[];
  readonly rows: readonly ImportedRow[];
  readonly mistakes: readonly FileMistake[];
  /** Line and reason of each record that was left out. */
  readonly leftOut: readonly string[];
}

export const context: RowContext = { teamCurrency: 'EUR', latest: '2026-02-28' };

/** Reads a file from its bytes to what would be imported, as it comes in pieces of some size. */
export async function readFile(
  file: string | Uint8Array,
  chosen: Partial<Reading> = {},
  { teamCurrency, latest }: RowContext = context,
  size = 1000,
): Promise<ReadFile> {
  const bytes = Buffer.from(file as Uint8Array);
  const recognised = recogniseAs(bytes, true, chosen);
  if ('mistake' in recognised) assert.fail(recognised.mistake);
  const { reading, headings } = recognised;
  const { dateOrder, decimalMark } = reading;
  assert.ok(dateOrder !== undefined && decimalMark !== undefined, `${dateOrder}, ${decimalMark}: somebody must say`);
  const read = rowReader({ ...reading, dateOrder, decimalMark }, { teamCurrency, latest });
  const rows: ImportedRow[] = [];
  const mistakes: FileMistake[] = [];
  const leftOut: string[] = [];
  for await (const batch of readRecords(inPieces(bytes, size), reading)) {
    mistakes.push(...batch.mistakes);
    for (const record of batch.records) {
      const result = read(record);
      if ('row' in result) rows.push(result.row);
      else if ('mistakes' in result) mistakes.push(...result.mistakes);
      else leftOut.push(`${record.line} ${result.leftOut}`);
    }
  }
  return { reading, headings, rows, mistakes, leftOut };
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
