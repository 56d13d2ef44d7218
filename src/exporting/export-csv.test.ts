import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readCsv } from '../../test/exported.ts';
import { csvLine, withoutFormulas } from './export-csv.ts';

const line = (...texts: readonly string[]) => csvLine(texts.map((text) => ({ kind: 'text', text })));

describe('a text in CSV', () => {
  it('is no formula to a program for sheets, whatever stands before the mark by which one begins', () => {
    const marks = ['=', '+', '-', '@', '\u2212', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];
    const before = ['', ' ', '  ', '"', "'", '\u00A0', '\u3000', '\u200B', '\uFEFF', '\u202E', '" ', '\n', '\t'];
    for (const mark of marks) {
      for (const first of before) {
        const text = `${first}${mark}1+1`;
        assert.equal(withoutFormulas(text).at(0), "'", JSON.stringify(text));
      }
    }
    for (const text of ['\tx', '\rx', '\nx']) assert.equal(withoutFormulas(text), `'${text}`);
  });

  it('is none either to a program that takes another mark for the end of a cell, or knows of no quotes', () => {
    for (const end of [';', '\t', '\r\n', '\n', ';"', '; ', ';\n']) {
      const cells = withoutFormulas(`Lunch${end}=1+1`).split(/[;\t\r\n]/);
      assert.ok(
        cells.every((cell) => !/^[\s"]*=/.test(cell)),
        JSON.stringify(end),
      );
    }
  });

  it('that holds such a mark elsewhere stays as it is', () => {
    for (const text of ['a=b', 'Lunch - for two', '1+1', 'bob@example.com', 'x, -5', "it's", 'A & B', '', '100 %', 'é=1'])
      assert.equal(withoutFormulas(text), text);
  });

  it('comes back whole through quotes, commas, semicolons and line breaks, by the letter of RFC 4180', () => {
    assert.equal(line('a', 'b,c', 'd"e', 'f\r\ng', ' h', 'i;j', ''), 'a,"b,c","d""e","f\r\ng"," h","i;j",\r\n');
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\t', ' ', '=', 'é', '費', '😀') });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (records) => {
        const file = Buffer.from(`\uFEFF${[['one', 'two'], ...records].map((record) => line(...record)).join('')}`);
        assert.deepEqual(
          readCsv(file),
          records.map(([one, two]) => ({ one: withoutFormulas(one), two: withoutFormulas(two) })),
        );
      }),
    );
  });
});
