import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Request, Response } from 'express';
import * as fc from 'fast-check';
import { speakTheirs } from '../web/language.ts';
import { typedOf } from './expense-form.ts';
import type { Expense } from './life.ts';
import { formatMoney } from './money.ts';
import { MAX_AMOUNT, readMoney } from './money-input.ts';

/** Of each way to write an amount; those that group by two are not read, and not read as something else either. */
const languages = ['de', 'de-CH', 'fr', 'sv', 'pt-BR', 'pl', 'ja', 'ar-EG', 'he', 'en-ZA'];
/** By how many digits stand after the point: none, two, three, four. */
const currencies = ['JPY', 'EUR', 'KWD', 'CLF'] as const;
/** Every space that a keyboard, a web page or a spreadsheet puts between thousands. */
const spaces = [' ', '\u00a0', '\u2002', '\u2003', '\u2005', '\u2007', '\u2009', '\u200a', '\u202f', '\u205f', '\u3000'];

function minorOf(text: string, currency: string): number {
  const read = readMoney(text, currency);
  assert.ok('minor' in read, `${JSON.stringify(text)} ${currency}: ${JSON.stringify(read)}`);
  return read.minor;
}

function mistakeIn(text: string, currency: string): string {
  const read = readMoney(text, currency);
  assert.ok('mistake' in read, `${JSON.stringify(text)} ${currency} was read as ${JSON.stringify(read)}`);
  assert.match(read.mistake, /^[A-Z“].+\.$/s, 'a sentence');
  return read.mistake;
}

describe('an amount that somebody types', () => {
  it('is read in every usual notation', () => {
    const notations = ['1,234.50', '1.234,50', '1234.50', '1234,50', '1234.5', '1234,5', "1'234.50", '1’234,50', '01234.50'];
    for (const text of [...notations, ...spaces.flatMap((space) => [`1${space}234,50`, `1${space}234.50`])]) {
      for (const around of [
        text,
        ` ${text}\t`,
        `EUR ${text}`,
        `${text} EUR`,
        `eur${text}`,
        `${text}\u00a0Eur`,
        `EUR\u202f${text}`,
      ])
        assert.equal(minorOf(around, 'EUR'), 123_450, JSON.stringify(around));
    }
    for (const [text, currency, minor] of [
      ['7', 'EUR', 700],
      ['0.01', 'EUR', 1],
      ['0,5', 'EUR', 50],
      ['1234', 'EUR', 123_400],
      ['1,234,567', 'EUR', 123_456_700],
      ['1.234.567', 'EUR', 123_456_700],
      ['1 234 567,8', 'EUR', 123_456_780],
      ['12.345.678,90', 'EUR', 1_234_567_890],
      ['12,345,678.90', 'EUR', 1_234_567_890],
      ['1,234', 'JPY', 1234],
      ['1.234', 'JPY', 1234],
      ['1 234', 'JPY', 1234],
      ['1234', 'JPY', 1234],
      ['1,234.567', 'KWD', 1_234_567],
      ['1.234,567', 'KWD', 1_234_567],
      ['1 234,5', 'KWD', 1_234_500],
      ['1234.567', 'KWD', 1_234_567],
      ['0,125', 'KWD', 125],
      ['1.2345', 'CLF', 12_345],
      ['1,2345', 'CLF', 12_345],
    ] as const) {
      assert.equal(minorOf(text, currency), minor, `${text} ${currency}`);
    }
  });

  it('is refused where it can be read in two ways, and both ways are named as they can be typed', () => {
    for (const [text, currency, larger, smaller] of [
      ['1.234', 'EUR', '1234.00', '1.23'],
      ['1,234', 'EUR', '1234.00', '1.23'],
      ['12,345', 'EUR', '12345.00', '12.34'],
      ['999.000', 'USD', '999000.00', '999.00'],
      ['1,234', 'KWD', '1234.000', '1.234'],
      ['12,345', 'KWD', '12345.000', '12.345'],
      ['1,234', 'CLF', '1234.0000', '1.2340'],
      ['1.234', 'CLF', '1234.0000', '1.2340'],
    ] as const) {
      const mistake = mistakeIn(text, currency);
      assert.ok(mistake.includes(`“${text}” can be read in two ways`), mistake);
      const named = [...mistake.slice(text.length + 2).matchAll(/\d+[.,]\d+/g)].map(([number]) => number);
      assert.deepEqual(named, [larger, smaller], mistake);
      assert.ok(minorOf(larger, currency) > minorOf(smaller, currency));
    }
  });

  it('in a currency with three decimals has a point before them, as every page shows it', () => {
    assert.equal(minorOf('1.234', 'KWD'), 1234);
    assert.equal(minorOf('999.999', 'BHD'), 999_999);
  });

  it('is refused with a sentence where it is none', () => {
    const junk = [
      ['', ' ', 'EUR', 'abc', '1a', 'a1', '.5', ',5', '5.', '5,', '1..2', '1.2.3', '1,2,3', '1.,2', '1,234.5,6', '1.234,56,7'],
      ['1 2', '12 34', '1 2345', '1  234', '1 234 56', "1'23", '1 234.567,89', "1'234’567", '1,23,456', '12,34.56', '$5', '5 €'],
      ['1e3', '1E3', '0x10', '0b1', '1_000', 'NaN', 'Infinity', '+5', '1/2', '½', '5%', '1:30', '1;2', 'USD 5', '5 USD', '1\n2'],
      [
        '１２３',
        '１.５０',
        '٣',
        '३',
        '๓',
        '五',
        '1\u066b5',
        '\u200e5',
        '5\u200f',
        '\u202e5',
        '1\u20622',
        '1\u200b234',
        '1\u00005',
      ],
      ['-5', '−5', '-0.01', '-', '5-', '(5)', '--5', 'EUR -5', '0', '0.00', '0,0', '000', '0 EUR'],
      ['1.001', '0.001', '1234.567', '0,999', '5.123456789012345678901234567890'],
      ['1000000000.01', '10000000000', '9'.repeat(60), '9'.repeat(400), `0.${'9'.repeat(60)}`, '9,999'.repeat(20)],
    ].flat();
    for (const text of junk) mistakeIn(text, 'EUR');
    for (const text of ['1.5', '1,50', '0.0', '1234.5']) mistakeIn(text, 'JPY');
    for (const text of ['1.2345', '0,0001']) mistakeIn(text, 'KWD');
    assert.match(mistakeIn('', 'EUR'), /how much/);
    assert.match(mistakeIn('-5', 'EUR'), /more than nothing/);
    assert.match(mistakeIn('0', 'EUR'), /more than nothing/);
    assert.match(mistakeIn('1.5', 'JPY'), /JPY has no decimals/);
    assert.match(mistakeIn('1.2345', 'EUR'), /EUR has 2 decimals/);
    assert.match(mistakeIn('9'.repeat(60), 'EUR'), /more than one expense can be/);
  });

  it('may be as large as the largest that one expense can be, and no larger', () => {
    assert.equal(minorOf('1,000,000,000.00', 'EUR'), MAX_AMOUNT);
    mistakeIn('1,000,000,000.01', 'EUR');
    assert.equal(minorOf('100000000000', 'JPY'), MAX_AMOUNT);
    mistakeIn('100000000001', 'JPY');
  });

  it('is read back exactly as a page or the form shows it, in every currency', () => {
    const minor = fc.oneof(fc.integer({ min: 1, max: MAX_AMOUNT }), fc.integer({ min: 1, max: 2_000_000 }));
    fc.assert(
      fc.property(minor, fc.constantFrom(...currencies), (amount, currency) => {
        const shown = formatMoney(amount, currency).replace(/^[^\d]+/, '');
        assert.equal(minorOf(shown, currency), amount);
        assert.equal(minorOf(`${shown} ${currency}`, currency), amount);
        const { amount: typed } = typedOf({ amount_minor: amount, currency } as Expense);
        assert.equal(minorOf(typed, currency), amount);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read back as pages show it in other languages, too, without the sign of its currency', () => {
    const minor = fc.integer({ min: 1, max: MAX_AMOUNT });
    fc.assert(
      fc.property(minor, fc.constantFrom('JPY', 'EUR'), fc.constantFrom(...languages), (amount, currency, language) => {
        let shown = '';
        speakTheirs(() => language)(
          { get: () => undefined } as unknown as Request,
          {} as Response,
          () => (shown = formatMoney(amount, currency)),
        );
        assert.equal(minorOf(/\d.*\d|\d/.exec(shown)?.[0] ?? '', currency), amount, `${language}: ${shown}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is a whole number of minor units or a mistake, whatever is typed', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...Array.from("0123456789.,'’-+ \u00a0eE")), maxLength: 25 }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...currencies), (typed, currency) => {
        const read = readMoney(typed, currency);
        if ('mistake' in read) return;
        assert.ok(Number.isSafeInteger(read.minor) && read.minor > 0 && read.minor <= MAX_AMOUNT);
        // The digits are those that were typed, and no others.
        const digits = typed.replace(/\D/g, '').replace(/^0+/, '');
        assert.match(String(read.minor), new RegExp(`^${digits.replace(/0+$/, '')}0*$`));
      }),
      { numRuns: 5_000 },
    );
  });
});
