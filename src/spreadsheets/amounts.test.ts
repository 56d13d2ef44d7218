import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { MAX_AMOUNT } from '../expenses/money-input.ts';
import { exponentOf, plainAmount } from '../expenses/money.ts';
import { decimalMarkOf, readAmount } from './amounts.ts';
import type { DecimalMark } from './reading.ts';

function read(text: string, mark: DecimalMark = '.', currency = 'EUR'): number | string {
  const result = readAmount(text, mark, currency);
  return 'minor' in result ? result.minor : result.mistake;
}

describe('an amount of a file', () => {
  it('is read as it is written with a point before its decimals', () => {
    for (const text of [
      '1234.50',
      '1,234.50',
      '1 234.50',
      '1\u00A0234.50',
      '1\u202F234.50',
      "1'234.50",
      '1’234.50',
      '1234.5',
      '+1,234.50',
    ])
      assert.equal(read(text), 123_450, text);
    assert.equal(read('.5'), 50);
    assert.equal(read('12.5000'), 1250);
    assert.equal(read('1,234'), 123_400);
    assert.equal(read('12,34,567.00', '.', 'INR'), 123_456_700, 'as in India');
  });

  it('is read as it is written with a comma before its decimals', () => {
    for (const text of ['1234,50', '1.234,50', '1 234,50', '1\u202F234,50', "1'234,50", '1234,5'])
      assert.equal(read(text, ','), 123_450, text);
    assert.equal(read('1.234', ','), 123_400);
  });

  it('has the decimals of its currency', () => {
    assert.equal(read('1234', '.', 'JPY'), 1234);
    assert.equal(read('1,234', '.', 'JPY'), 1234);
    assert.equal(read('1.234', '.', 'KWD'), 1234);
    assert.equal(read('1.234', ',', 'KWD'), 1_234_000);
    assert.match(String(read('12.5', '.', 'JPY')), /^“12.5” has more decimals than there are: JPY has no decimals/);
    assert.match(String(read('12.505')), /EUR has 2 decimals at most/);
    assert.match(String(read('12.500')), /EUR has 2 decimals at most/, 'it may have been meant as thousands');
  });

  it('is below zero with a minus on either side, or in parentheses', () => {
    for (const text of [
      '-12.50',
      '−12.50',
      '12.50-',
      '(12.50)',
      '- 12.50',
      '-€12.50',
      '€-12.50',
      '€ 12.50-',
      '(€12.50)',
      '12.50- €',
      '(12.50 EUR)',
    ])
      assert.equal(read(text), -1250, text);
  });

  it('has signs and codes of its own currency around it, and of no other', () => {
    for (const [text, currency] of [
      ['€ 12.50', 'EUR'],
      ['12.50€', 'EUR'],
      ['12.50 EUR', 'EUR'],
      ['eur 12.50', 'EUR'],
      ['$12.50', 'USD'],
      ['$12.50', 'CAD'],
      ['US$12.50', 'USD'],
      ['CHF 12.50', 'CHF'],
      ['Fr. 12.50', 'CHF'],
      ['£12.50', 'GBP'],
      ['12.50 kr', 'SEK'],
      ['12.50 zł', 'PLN'],
    ] as const)
      assert.equal(read(text, '.', currency), 1250, text);
    for (const [text, currency] of [
      ['€12.50', 'USD'],
      ['$12.50', 'EUR'],
      ['12.50 CHF', 'EUR'],
      ['12.50 pieces', 'EUR'],
      ['US$12.50', 'CAD'],
    ] as const)
      assert.match(String(read(text, '.', currency)), new RegExp(`is not in ${currency}`), text);
  });

  it('is told from what is none', () => {
    for (const text of [
      '',
      'free',
      '-',
      '1,23',
      '12,50',
      '1.234.567',
      '1,2345',
      '12 50',
      '1.2.3',
      '--5',
      '(-5)',
      '1,234,56',
      "1'23.00",
      '5/6',
      '1e5',
    ])
      assert.match(String(read(text)), /is no amount with a point before its decimals|is not in EUR/, text);
    assert.match(String(read('12.50', ',')), /^“12.50” is no amount with a comma before its decimals, such as 1234,50/);
    assert.match(String(read('1000000000.01')), /is more than one expense can be/);
    assert.match(String(read('9'.repeat(500))), /^“9{40}…” is more than one expense can be/);
    assert.equal(read('1000000000.00'), MAX_AMOUNT);
  });

  it('reads back whatever it is, in each style', () => {
    const styles = [
      [',', '.'],
      ['.', ','],
      [' ', ','],
      ['\u00A0', ','],
      ['\u202F', ','],
      ["'", '.'],
      ['’', '.'],
      ['', '.'],
      ['', ','],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_AMOUNT }),
        fc.constantFrom('EUR', 'JPY', 'KWD', 'USD'),
        fc.constantFrom(...styles),
        fc.constantFrom<readonly [string, string, 1 | -1]>(
          ['', '', 1],
          ['-', '', -1],
          ['', '-', -1],
          ['(', ')', -1],
          ['CODE ', '', 1],
          ['', ' CODE', 1],
        ),
        (minor, currency, [group, mark], [before, after, sign]) => {
          const [whole = '', decimals] = plainAmount(minor, currency).split('.');
          const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
          const written = decimals === undefined ? grouped : grouped + mark + decimals;
          assert.equal(read((before + written + after).replace('CODE', currency), mark, currency), sign * minor);
          if (exponentOf(currency) === 2) assert.equal(decimalMarkOf([written]), mark);
        },
      ),
    );
  });
});

describe('the mark before the decimals of a file', () => {
  it('is what one of its amounts says, over all of them', () => {
    for (const [amounts, mark] of [
      [['1,234', '12.50'], '.'],
      [['1.234,50'], ','],
      [['1,234.50'], '.'],
      [['12,5'], ','],
      [['1,234,567'], '.'],
      [['1.234.567'], ','],
      [['1 234,567'], ','],
      [['0,123'], ','],
      [['-12,50 €', '7'], ','],
    ] as const)
      assert.equal(decimalMarkOf(amounts), mark, amounts.join('; '));
  });

  it('is not known where none of them says, or where they say different things', () => {
    for (const amounts of [['1,234'], ['1.234', '5.678'], ['12', '7'], ['12.50', '12,50'], ['free'], []])
      assert.equal(decimalMarkOf(amounts), undefined, amounts.join('; '));
  });
});
