import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stateWords } from '../expenses/life.ts';
import type { Reading, Target } from './reading.ts';
import { type ImportedRow, type ReadRow, rowReader } from './row.ts';

const context = { teamCurrency: 'EUR', latest: '2026-11-24' };
const base = {
  encoding: 'utf-8',
  delimiter: ',',
  headingLine: 1,
  dateOrder: 'ymd',
  decimalMark: '.',
  sign: 'positive',
} as const;

type Cells = Readonly<Partial<Record<Target, string>>>;
const good = { day: '2026-01-31', item: 'Lunch', amount: '12.50' } as const;

/** Reads a record with a column for each of these. */
function read(cells: Cells, how: Partial<Reading> = {}): ReadRow {
  const columns = Object.keys(cells) as Target[];
  return rowReader({ ...base, columns, ...how } as typeof base & Reading, context)({ line: 7, cells: Object.values(cells) });
}

function row(cells: Cells, how: Partial<Reading> = {}): ImportedRow {
  const result = read(cells, how);
  return 'row' in result ? result.row : assert.fail(JSON.stringify(result));
}

function mistakes(cells: Cells, how: Partial<Reading> = {}): string[] {
  const result = read(cells, how);
  if (!('mistakes' in result)) assert.fail(JSON.stringify(result));
  assert.ok(result.mistakes.every(({ line }) => line === 7));
  return result.mistakes.map(({ column, sentence }) => `${column} ${sentence}`);
}

describe('a row of a file', () => {
  it('becomes an expense with what the file has, and nothing else', () => {
    assert.deepEqual(row(good), {
      line: 7,
      spentOn: '2026-01-31',
      item: 'Lunch',
      merchant: '',
      note: '',
      category: '',
      spender: '',
      state: undefined,
      amountMinor: 1250,
      currency: 'EUR',
      inTeam: undefined,
    });
    const all = row({
      ...good,
      currency: 'usd',
      merchant: 'Café',
      category: 'Meals',
      note: 'a\r\nb',
      spender: 'Ann',
      state: 'Rejected',
    });
    assert.deepEqual(
      [all.currency, all.merchant, all.category, all.note, all.spender, all.state],
      ['USD', 'Café', 'Meals', 'a\nb', 'Ann', 'rejected'],
    );
  });

  it('has its texts cleaned as forms clean them', () => {
    const read = row({ ...good, item: ' Lunch\u202E \t for\u0007\u00A0two ', note: ' a\r\n\u200Fb\u0000\rc ' });
    assert.deepEqual([read.item, read.note], ['Lunch for two', 'a\n b \nc']);
    assert.equal(row({ ...good, item: "'=1+1" }).item, "'=1+1", 'an apostrophe of another program stays');
  });

  it('has the columns for item and for note put together', () => {
    const columns = ['item', 'day', 'amount', 'item', 'note', 'note', 'item'] as const;
    const read = rowReader({ ...base, columns }, context);
    const result = read({ line: 2, cells: ['Card', '2026-01-31', '5', 'Lunch', 'one', 'two', ''] });
    assert.ok('row' in result);
    assert.deepEqual([result.row.item, result.row.note], ['Card, Lunch', 'one\ntwo']);
    const twice = read({ line: 2, cells: ['Lunch', '2026-01-31', '5', 'Lunch', '', 'two', ''] });
    assert.ok('row' in twice);
    assert.deepEqual([twice.row.item, twice.row.note], ['Lunch', 'two']);
  });

  it('has the merchant for its item where no column is taken for that', () => {
    assert.deepEqual(row({ day: '2026-01-31', merchant: 'Café', amount: '5' }).item, 'Café');
  });

  it('knows every state by its word and its name', () => {
    for (const [state, word] of Object.entries(stateWords))
      for (const text of [state, word, word.toUpperCase(), ` ${word} `]) assert.equal(row({ ...good, state: text }).state, state);
    assert.equal(row({ ...good, state: '' }).state, undefined);
    assert.match(
      mistakes({ ...good, state: 'Paid' })[0] ?? '',
      /^4 “Paid” is no state of an expense. There are “Draft”, “Waiting for/,
    );
  });

  it('keeps both amounts where the file gives them with their rate', () => {
    const foreign = {
      ...good,
      currency: 'EUR',
      paidAmount: '13.50',
      paidCurrency: 'USD',
      rate: '0.9260',
      rateDay: '2026-01-30',
      rateSource: 'ECB',
    };
    const read = row(foreign);
    assert.deepEqual([read.amountMinor, read.currency], [1350, 'USD']);
    assert.deepEqual(read.inTeam, { amountMinor: 1250, rate: '0.9260', rateOn: '2026-01-30', rateSource: 'ECB' });
    assert.equal(row({ ...foreign, rateDay: '' }).inTeam?.rateOn, '2026-01-31', 'of the day itself where none is given');
    assert.equal(row({ ...foreign, rate: '' }).inTeam, undefined);
    assert.equal(row({ ...foreign, currency: 'CHF' }).inTeam, undefined, 'what it came to for another team');
    assert.deepEqual(row({ ...foreign, paidAmount: '' }).amountMinor, 1250);
    const comma = row({ ...foreign, amount: '12,50', paidAmount: '13,50', rate: '0,926' }, { decimalMark: ',' });
    assert.equal(comma.inTeam?.rate, '0.926');
  });

  it('is told what is wrong with its rate', () => {
    const foreign = { ...good, currency: 'EUR', paidAmount: '13.50', paidCurrency: 'USD', rate: '0.9260' };
    assert.match(mistakes({ ...foreign, rate: '0.0' })[0] ?? '', /^7 “0.0” is no rate, such as 1.0850, and more than 0/);
    assert.match(mistakes({ ...foreign, rate: 'high' })[0] ?? '', /^7 “high” is no rate/);
    assert.match(
      mistakes({ ...foreign, rate: '1.08' })[0] ?? '',
      /^7 By the rate “1.08” .* It is to say how many EUR one USD is/,
    );
    assert.match(mistakes({ ...foreign, paidCurrency: 'XXQ' })[0] ?? '', /^6 “XXQ” is not a currency/);
    assert.match(mistakes({ ...foreign, paidAmount: '-13.50' })[0] ?? '', /^5 “-13.50”/);
    assert.match(mistakes({ ...foreign, rateDay: '2026-12-01' })[0] ?? '', /^8 “2026-12-01” has not come yet/);
  });

  it('is told everything that is wrong with it, by column, with what stands there', () => {
    assert.deepEqual(
      mistakes({ day: '20226-01-31', item: ' ', amount: 'free', state: 'Paid' }).map((said) => said.slice(0, 15)),
      ['3 “free” is no ', '1 “20226-01-31”', '2 There is noth', '4 “Paid” is no '],
    );
    for (const [cells, sentence] of [
      [{ ...good, day: '' }, /^1 There is no day here/],
      [{ ...good, day: '2026-11-25' }, /^1 “2026-11-25” has not come yet/],
      [{ ...good, day: '1999-12-31' }, /^1 “1999-12-31” is too long ago/],
      [{ ...good, amount: '' }, /^3 There is no amount here/],
      [{ ...good, amount: '0.00' }, /^3 “0.00” is nothing/],
      [{ ...good, amount: '12.345' }, /^3 “12.345” has more decimals/],
      [{ ...good, amount: '1000000000.01' }, /^3 .* more than one expense can be/],
      [{ ...good, amount: '-12.50' }, /^3 “-12.50” is below zero. What comes back to the team is not an expense/],
      [{ ...good, currency: 'Taler' }, /^4 “Taler” is not a currency that is known/],
      [{ ...good, currency: '' }, /^4 There is no currency here. Write its three letters, such as EUR/],
      [{ ...good, item: 'x'.repeat(201) }, /^2 This has 201 characters, and 200 at most are kept: “x{40}…”/],
      [{ ...good, merchant: 'é'.repeat(201) }, /^4 This has 201 characters/],
      [{ ...good, note: 'x'.repeat(2001) }, /^4 This has 2,001 characters, and 2,000 at most/],
    ] as const) {
      const said = mistakes(cells);
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', sentence);
    }
    assert.equal(row({ ...good, item: 'x'.repeat(200), note: 'y'.repeat(2000) }).note.length, 2000);
  });

  it('has as many cells as there are columns, but for empty ones at its end', () => {
    const columns = ['day', 'item', 'amount', 'category', undefined, 'note'] as const;
    const read = rowReader({ ...base, columns }, context);
    const cells = ['2026-01-31', 'Lunch', '5.00', 'Meals'];
    for (const more of [[], ['x'], ['x', 'y'], ['x', 'y', '', ' ']])
      assert.ok('row' in read({ line: 2, cells: [...cells, ...more] }), more.join());
    for (const wrong of [cells.slice(0, 3), cells.slice(0, 1), [...cells, 'x', 'y', 'z']]) {
      const result = read({ line: 2, cells: wrong });
      assert.ok('mistakes' in result);
      assert.deepEqual(
        result.mistakes.map(({ line, column }) => [line, column]),
        [[2, 0]],
      );
      assert.match(
        result.mistakes[0]?.sentence ?? '',
        new RegExp(`^This line has ${wrong.length} columns?, and the headings have 6`),
      );
    }
  });

  it('needs a column for the day, the amount, and the item or the merchant', () => {
    for (const columns of [
      ['day', 'amount'],
      ['day', 'item'],
      ['item', 'amount'],
    ] as const)
      assert.throws(() => rowReader({ ...base, columns }, context), RangeError);
  });
});

describe('a cell that is made to take long', () => {
  it('is read or refused all the same', () => {
    for (const unit of ['0', '1', ' ', '\t', "'", '.', ',', '-', '(', 'a ', '\u00AD', '0 ', '2026-01-01 ', '31 January ']) {
      const long = unit.repeat(900_000 / unit.length);
      for (const cells of [{ amount: `1.${long}1` }, { amount: `${long}x` }, { day: `${long}x` }, { item: `a${long}b` }])
        assert.ok(read({ ...good, ...cells }), unit);
    }
  });
});

describe('what is left out', () => {
  const leftOut = (cells: readonly string[], columns: Reading['columns'], how: Partial<Reading> = {}) => {
    const result = rowReader({ ...base, columns, ...how } as typeof base & Reading, context)({ line: 2, cells });
    return 'leftOut' in result ? result.leftOut : result;
  };

  it('is a sum, which has no day', () => {
    const columns = ['day', 'item', 'amount'] as const;
    for (const cells of [
      ['', 'Total', '12.00'],
      ['Total', '', '12.00'],
      ['Summe:', '12.00'],
      ['', 'SALDO 31.01.2026', '12.00'],
      ['', 'Total général', '12.00'],
      ['', '', 'Totaal'],
      ['Gesamtsumme EUR', '', '12.00'],
      ['Total'],
    ])
      assert.equal(leftOut(cells, columns), 'total', cells.join());
    assert.ok(typeof leftOut(['2026-01-31', 'Total', '12.00'], columns) === 'object', 'a filling station');
    assert.ok(typeof leftOut(['', 'Total Energies', '12.00'], columns) === 'object', 'a day was forgotten');
  });

  it('is what came in, above zero where what was spent stands below', () => {
    const columns = ['day', 'item', 'amount'] as const;
    assert.equal(leftOut(['2026-01-31', '', '5000.00'], columns, { sign: 'negative' }), 'not-spent');
    const spent = leftOut(['2026-01-31', 'Lunch', '(5.00)'], columns, { sign: 'negative' });
    assert.ok(typeof spent === 'object' && 'row' in spent && spent.row.amountMinor === 500);
  });

  it('is what came in, in a column of its own or by the word beside', () => {
    const columns = ['day', 'item', 'amount', undefined, undefined] as const;
    assert.equal(leftOut(['2026-01-31', 'Customer', '', '50.00', '150.00'], columns), 'not-spent');
    assert.equal(leftOut(['2026-01-31', 'Customer', '0.00', '50.00', '150.00'], columns), 'not-spent');
    assert.equal(leftOut(['2026-01-31', 'Customer', '50.00', 'Bij', ''], columns), 'not-spent');
    assert.ok(typeof leftOut(['2026-01-31', 'Lunch', '50.00', 'Af', ''], columns) === 'object');
    const forgotten = leftOut(['2026-01-31', 'Lunch', '', '', '150.00'], columns);
    assert.ok(typeof forgotten === 'object' && 'mistakes' in forgotten, 'an amount that was forgotten is none that came in');
  });
});
