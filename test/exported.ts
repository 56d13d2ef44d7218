import assert from 'node:assert/strict';
import { readWorkbook } from './workbook.ts';

/** An export as it is read back: each expense by heading. */
export type Row = Readonly<Record<string, string>>;

/** CSV by the letter of RFC 4180: what is not by it fails here. */
export function readCsv(bytes: Uint8Array): Row[] {
  const text = Buffer.from(bytes).toString();
  assert.ok(text.startsWith('\uFEFF'), 'Excel is told that it is UTF-8');
  const [headings = [], ...records] = recordsIn(text.slice(1));
  return records.map((record) => {
    assert.equal(record.length, headings.length);
    return Object.fromEntries(headings.map((heading, index) => [heading, record[index] ?? '']));
  });
}

function recordsIn(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const records: string[][] = [];
  let record: string[] = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const [, inQuotes, plain = '', end] = cell.exec(text) ?? assert.fail(`no cell at ${at}: ${text.slice(at, at + 50)}`);
    record.push(inQuotes?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  assert.deepEqual(record, [], 'the last record is ended, too');
  return records;
}

export function readJsonLines(bytes: Uint8Array): Readonly<Record<string, unknown>>[] {
  const lines = Buffer.from(bytes).toString().split('\n');
  assert.equal(lines.pop(), '', 'the last line is ended, too');
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

interface FormatReader {
  readonly extension: string;
  readonly type: RegExp;
  readonly idsIn: (bytes: Uint8Array) => string[];
}

/** The same tests of every format. */
export const exportReaders: readonly FormatReader[] = [
  {
    extension: 'csv',
    type: /^text\/csv; charset=utf-8/,
    idsIn: (bytes) => readCsv(bytes).map((row) => row['Id'] ?? ''),
  },
  {
    extension: 'xlsx',
    type: /^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/,
    idsIn: (bytes) =>
      readWorkbook(bytes)[0]
        ?.rows.slice(1)
        .map(({ A: id }) => (typeof id === 'string' ? id : '')) ?? [],
  },
  {
    extension: 'jsonl',
    type: /^application\/jsonl/,
    idsIn: (bytes) => readJsonLines(bytes).map(({ id }) => String(id)),
  },
];
