import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { inPieces } from '../../test/read-file.ts';
import type { Delimiter, Encoding, Reading } from './reading.ts';
import { type RecordBatch, readRecords } from './records.ts';

const reading: Reading = {
  encoding: 'utf-8',
  delimiter: ',',
  headingLine: 1,
  dateOrder: 'ymd',
  decimalMark: '.',
  sign: 'positive',
  columns: ['day', 'item', 'amount'],
};

async function read(file: string | Uint8Array, how: Partial<Reading> = {}, size = 64): Promise<RecordBatch> {
  const bytes = Buffer.from(file as Uint8Array);
  const batches = await Array.fromAsync(readRecords(inPieces(bytes, size), { ...reading, ...how }));
  return {
    records: batches.flatMap(({ records }) => records),
    mistakes: batches.flatMap(({ mistakes }) => mistakes),
    bytesRead: batches.at(-1)?.bytesRead ?? 0,
    broken: batches.at(-1)?.broken ?? false,
  };
}

const encoders: Readonly<Record<Encoding, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
  'windows-1252': (text) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1'),
};

describe('records of a file', () => {
  it('are those that were written, whatever the delimiter, the quotes, the line ends, the encoding and the pieces', async () => {
    const unit = fc.constantFrom('a', '1', ' ', '"', ',', ';', '\t', '|', '\n', '\r', '\r\n', 'é', '€');
    const cell = fc.string({ unit, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
        fc.constantFrom<Delimiter>(',', ';', '\t', '|'),
        fc.constantFrom('\r\n', '\n', '\r'),
        fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (written, delimiter, end, encoding, isMarked, size) => {
          const inQuotes = (text: string) =>
            /["\r\n]|^\s/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
          const lines = [['one', 'two'], ...written].map((cells) => cells.map(inQuotes).join(delimiter) + end);
          const mark = isMarked && encoding !== 'windows-1252' ? '\uFEFF' : '';
          const { records, mistakes } = await read(encoders[encoding](mark + lines.join('')), { delimiter, encoding }, size);
          assert.deepEqual(mistakes, []);
          assert.deepEqual(
            records.map(({ cells }) => cells),
            written.filter((cells) => cells.some((text) => text.trim() !== '')),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('know the line of the file that they begin in, below what stands above the headings, empty lines and breaks within cells', async () => {
    const file = ['Bank "A', '', 'Day,Item', '1,"a\r\nb\nc\rd"', '', ',', '2,e', '3,"f"'].join('\r\n');
    for (const size of [1, 2, 3, 5, 100]) {
      const { records, bytesRead } = await read(file, { headingLine: 3 }, size);
      assert.deepEqual(records, [
        { line: 4, cells: ['1', 'a\r\nb\nc\rd'] },
        { line: 10, cells: ['2', 'e'] },
        { line: 11, cells: ['3', 'f'] },
      ]);
      assert.equal(bytesRead, file.length);
    }
  });

  it('are all there where there are no headings, but for the line that tells Excel the delimiter', async () => {
    const { records } = await read('sep=;\r\n1;2\r\n3;4', { headingLine: 0, delimiter: ';' });
    assert.deepEqual(
      records.map(({ line }) => line),
      [2, 3],
    );
  });

  it('have quotes in the middle, and blanks before them, as programs write them that know no better', async () => {
    const { records } = await read('Day,Item\n1,5" pipe\n2, "a, b"\n');
    assert.deepEqual(
      records.map(({ cells }) => cells),
      [
        ['1', '5" pipe'],
        ['2', 'a, b'],
      ],
    );
  });

  it('come at most a thousand at once', async () => {
    const file = Buffer.from(`Day,Item\n${'1,a\n'.repeat(25_000)}`);
    const batches = await Array.fromAsync(readRecords(inPieces(file, file.length), reading));
    assert.equal(batches.flatMap(({ records }) => records).length, 25_000);
    assert.ok(batches.every(({ records }) => records.length <= 1000));
    assert.ok(batches.every(({ bytesRead }, index) => bytesRead >= (batches[index - 1]?.bytesRead ?? 1)));
    assert.equal(batches.at(-1)?.bytesRead, file.length);
  });
});

describe('reading records', () => {
  it('lets others be served every few kilobytes, whatever a file is made of', async () => {
    for (const line of ['\n', '\r\n', ' \n', 'x\n', '1,a,2,3\n', '"""\n"\n', '1,a,2.00\n']) {
      const file = Buffer.from(`Day,Item,Amount\n${line.repeat(100_000 / line.length)}`);
      let served = 0;
      let turn = setImmediate(function serve() {
        served += 1;
        turn = setImmediate(serve);
      });
      const batches = await Array.fromAsync(readRecords(inPieces(file, file.length), reading));
      clearImmediate(turn);
      assert.ok(served >= file.length / 10_000, `${served} times in a file of ${JSON.stringify(line)}`);
      assert.ok(batches.length > 0, 'and says how far it is');
    }
  });

  it('passes over empty lines, however many there are, and counts them', async () => {
    const many = 8 * 1_048_576;
    const { records } = await read(`Day,Item\n1,a\n${'\n'.repeat(many)}2,b\n\r\n\r3,c\n`, {}, 262_144);
    assert.deepEqual(
      records.map(({ line }) => line),
      [2, many + 3, many + 6],
    );
    for (const size of [1, 2, 3, 100]) {
      const odd = await read('Day,Item\r\n\r\n\n\r1,"\n\n"\r\r\n2,b\n\r\n\r', {}, size);
      assert.deepEqual(
        odd.records.map(({ line }) => line),
        [5, 9],
      );
    }
  });

  const stops = async (file: string | Uint8Array, line: number, column: number, sentence: RegExp, how: Partial<Reading> = {}) => {
    for (const size of [1, 7, 64, 100_000]) {
      if (file.length > 10_000 && size < 100) continue;
      const { records, mistakes } = await read(file, how, size);
      const [mistake, ...others] = mistakes;
      assert.deepEqual([mistake?.line, mistake?.column, others.length], [line, column, 0], JSON.stringify(mistakes));
      assert.match(mistake?.sentence ?? '', sentence);
      assert.deepEqual(records[0]?.cells, ['1', 'a'], 'what stood before it was read');
    }
  };

  it('stops at a quote that is never closed, and says where it was opened', async () => {
    await stops(
      'Day,Item\n1,a\n"2\n2","open, b\n3,c\n4,d\n',
      4,
      2,
      /^A quote is opened here \(“open, b 3,c 4,d”\) and never closed/,
    );
    await stops(`Day,Item\n1,a\n2,"${'open\n'.repeat(300_000)}`, 3, 2, /^A quote is opened here .* more than 1 MB/);
  });

  it('stops at a cell of more than 1 MB, and at a line without end', async () => {
    await stops(`Day,Item\n1,a\n2,${'x'.repeat(1_100_000)}\n3,c\n`, 3, 0, /longer than 1 MB/);
    await stops(`Day,Item\n1,a\n${','.repeat(3_000_000)}`, 3, 0, /longer than 1 MB/);
  });

  it('stops at a NUL, and at what is not of the encoding', async () => {
    await stops('Day,Item\n1,a\n2,b\n3,\0', 4, 0, /NUL/);
    await stops(Buffer.from('Day,Item\n1,a\n2,b\n3,\xE4\n', 'latin1'), 4, 0, /not in UTF-8. Choose another encoding/);
    await stops(Buffer.from('Day,Item\n1,a\n2,b\n3,\xC3', 'latin1'), 4, 0, /not in UTF-8/);
    const wide = Buffer.from('Day,Item\n1,a\n2,b\n3,\uD800c\n', 'utf16le');
    await stops(wide, 4, 0, /not in UTF-16/, { encoding: 'utf-16le' });
    await stops(wide.subarray(0, -1), 4, 0, /not in UTF-16/, { encoding: 'utf-16le' });
  });

  it('tells the line of a NUL above the headings, too', async () => {
    const { mistakes } = await read('Bank\nA\0\nDay,Item\n', { headingLine: 3 });
    assert.deepEqual(
      mistakes.map(({ line }) => line),
      [2],
    );
  });

  it('goes on after a quote that only the opening one of the next has closed, and gives none of what it took in', async () => {
    const { records, mistakes } = await read(
      'Day,Item,Amount\n1,"Lunch,5.00\n2,"Dinner",6.00\n3,"""Hi"" she said\nand left",7.00\n',
    );
    assert.deepEqual(
      mistakes.map(({ line, column }) => [line, column]),
      [[2, 2]],
    );
    assert.deepEqual(records, [{ line: 4, cells: ['3', '"Hi" she said\nand left', '7.00'] }]);
  });

  it('fails where the bytes do, and lets go of them where nobody reads on', async () => {
    async function* broken() {
      yield Buffer.from('Day,Item\n1,a\n2,b\n');
      throw new Error('the connection was lost');
    }
    await assert.rejects(Array.fromAsync(readRecords(broken(), reading)), /the connection was lost/);
    let isLetGo = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.from('1,a\n');
      } finally {
        isLetGo = true;
      }
    }
    for await (const _ of readRecords(endless(), reading)) break;
    assert.ok(isLetGo);
  });

  it('gives nothing of a file with nothing below its headings', async () => {
    assert.deepEqual(await Array.fromAsync(readRecords(inPieces(Buffer.from('Day,Item'), 3), reading)), []);
    assert.deepEqual(await Array.fromAsync(readRecords(inPieces(Buffer.alloc(0), 3), reading)), []);
  });
});
