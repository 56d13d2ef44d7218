import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { dateOrderOf } from './days.ts';
import type { DateOrder } from './reading.ts';
import { dayReader } from './row-days.ts';

const latest = '2026-11-24';

function read(text: string, order: DateOrder = 'dmy'): string {
  const result = dayReader(order, latest)(text);
  return 'day' in result ? result.day : result.mistake;
}

describe('a day of a file', () => {
  it('is read in every form that says itself which number is what, whatever the order', () => {
    for (const text of [
      '2026-01-31',
      '2026-1-31',
      '2026/01/31',
      '2026.01.31',
      '20260131',
      '2026-01-31T23:30:00Z',
      '2026-01-31T10:15:00.123+01:00',
      '2026-01-31 10:15',
      ' 2026-01-31 ',
      '31 Jan 2026',
      '31 January 2026',
      '31-Jan-26',
      '31. Januar 2026',
      '31. Jan. 2026',
      '31 janv. 2026',
      '31 janvier 2026',
      '31st January 2026',
      'Jan 31, 2026',
      'January 31 2026',
    ])
      for (const order of ['ymd', 'dmy', 'mdy'] as const) assert.equal(read(text, order), '2026-01-31', text);
    for (const [text, day] of [
      ['1er février 2026', '2026-02-01'],
      ['1 mars 2026', '2026-03-01'],
      ['1. März 2026', '2026-03-01'],
      ['1 Mrz 2026', '2026-03-01'],
      ['1 Mai 2026', '2026-05-01'],
      ['1 juil. 2026', '2026-07-01'],
      ['1 juin 2026', '2026-06-01'],
      ['1 août 2026', '2026-08-01'],
      ['1 Sept 2026', '2026-09-01'],
      ['1. Oktober 2026', '2026-10-01'],
      ['1 déc. 2025', '2025-12-01'],
    ] as const)
      assert.equal(read(text), day);
  });

  it('is read in the order of the file where it does not say itself, a year of two digits as one of this century', () => {
    for (const text of ['03/04/2026', '3/4/2026', '03.04.2026', '03-04-2026', '03.04.26', '3/4/26', '03/04/2026 10:15:30 PM']) {
      assert.equal(read(text, 'dmy'), '2026-04-03');
      assert.equal(read(text, 'mdy'), '2026-03-04');
    }
  });

  it('reads back whatever it is, in each order', () => {
    const day = fc.date({ min: new Date('2000-01-01'), max: new Date(latest), noInvalidDate: true });
    const two = (number: number) => String(number).padStart(2, '0');
    fc.assert(
      fc.property(day, fc.constantFrom('/', '-', '.'), fc.boolean(), (date, mark, isPadded) => {
        const written = isPadded ? two : String;
        const [year, month, number] = [
          String(date.getUTCFullYear()),
          written(date.getUTCMonth() + 1),
          written(date.getUTCDate()),
        ];
        const iso = date.toISOString().slice(0, 10);
        assert.equal(read([year, month, number].join(mark), 'ymd'), iso);
        assert.equal(read([number, month, year].join(mark), 'dmy'), iso);
        assert.equal(read([month, number, year.slice(2)].join(mark), 'mdy'), iso);
      }),
    );
  });

  it('is told from what is none, with what stands there', () => {
    for (const [text, sentence] of [
      ['', /^There is no day here/],
      ['  ', /^There is no day here/],
      ['soon', /^“soon” is no day, such as 31\/01\/2026/],
      ['20226-01-31', /^“20226-01-31” is no day/],
      ['31 Foo 2026', /is no day/],
      ['01/2026', /is no day/],
      ['31/02/2026', /^“31\/02\/2026” is no day that there is, read as day, month and year/],
      ['2026-02-30', /no day that there is/],
      ['2026-00-10', /no day that there is/],
      ['2026-13-10', /no day that there is/],
      ['00/01/2026', /no day that there is/],
      ['01/31/2026', /no day that there is/],
      ['1999-12-31', /^“1999-12-31” is too long ago/],
      ['0026-01-31', /too long ago/],
      ['2026-11-25', /^“2026-11-25” has not come yet/],
      ['31.01.99', /has not come yet/],
      [`x${'y'.repeat(100)}`, /^“x.{39}…” is no day/],
    ] as const)
      assert.match(read(text), sentence, text);
    assert.match(read('31/01/2026', 'ymd'), /is no day, such as 2026-01-31/);
    assert.equal(read('2000-01-01'), '2000-01-01');
    assert.equal(read(latest), latest);
  });
});

describe('the order of the days of a file', () => {
  it('is what one of them says, over all of them', () => {
    for (const [days, order] of [
      [['01/02/2026', '13/02/2026'], 'dmy'],
      [['01/02/2026', '02/13/2026'], 'mdy'],
      [['1-2-26', '1-31-26'], 'mdy'],
      [['2026-01-02'], 'ymd'],
      [['20260102'], 'ymd'],
      [['01.02.2026'], 'dmy'],
      [['2026-01-02', '01.02.2026'], 'dmy'],
      [['2 Jan 2026'], 'dmy'],
      [['Jan 2, 2026'], 'mdy'],
    ] as const)
      assert.equal(dateOrderOf(days), order, days.join());
  });

  it('is not known where none of them says, or where they say different things', () => {
    for (const days of [
      ['01/02/2026', '12/12/2026'],
      ['01-02-26'],
      ['2026-01-31', '01/02/2026'],
      ['13/01/2026', '01/13/2026'],
      ['soon'],
      [],
    ])
      assert.equal(dateOrderOf(days), undefined, days.join());
  });
});
