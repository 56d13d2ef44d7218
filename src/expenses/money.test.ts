import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { exponentOf, formatMoney } from './money.ts';

const largest = 9_007_199_254_740_991;

describe('an amount of money', () => {
  it('is shown with its currency’s sign and its own number of digits', () => {
    for (const [minor, currency, shown] of [
      [278_000, 'USD', '$2,780.00'],
      [5, 'USD', '$0.05'],
      [0, 'USD', '$0.00'],
      [-0, 'USD', '$0.00'],
      [-5, 'USD', '-$0.05'],
      [-278_050, 'USD', '-$2,780.50'],
      [9_900, 'EUR', '€99.00'],
      [-1, 'EUR', '-€0.01'],
      [0, 'JPY', '¥0'],
      [420, 'JPY', '¥420'],
      [-1_234_567, 'JPY', '-¥1,234,567'],
      [1_234, 'KWD', 'KWD\u00a01.234'],
      [1, 'KWD', 'KWD\u00a00.001'],
      [-50, 'KWD', '-KWD\u00a00.050'],
      [100_000, 'HUF', 'HUF\u00a01,000.00'],
      [1_000, 'IQD', 'IQD\u00a01.000'],
      [1, 'CLF', 'CLF\u00a00.0001'],
      [420, 'jpy', '¥420'],
    ] as const) {
      assert.equal(formatMoney(minor, currency), shown);
    }
  });

  it('is exact up to the largest that is kept', () => {
    assert.equal(formatMoney(largest, 'USD'), '$90,071,992,547,409.91');
    assert.equal(formatMoney(-largest, 'USD'), '-$90,071,992,547,409.91');
    assert.equal(formatMoney(largest, 'JPY'), '¥9,007,199,254,740,991');
    assert.equal(formatMoney(largest, 'KWD'), 'KWD\u00a09,007,199,254,740.991');
  });

  it('keeps every one of its minor units, whatever the currency', () => {
    const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'HUF', 'IDR', 'CLF', 'XAF', 'GBP', 'XXX');
    fc.assert(
      fc.property(fc.maxSafeInteger(), currency, (minor, name) => {
        const shown = formatMoney(minor, name);
        assert.equal(Number(shown.replace(/[^\d-]/g, '')), minor);
        assert.equal(/\.(\d+)$/.exec(shown)?.[1]?.length ?? 0, exponentOf(name));
      }),
    );
  });

  it('has no currency that is not three letters', () => {
    for (const currency of ['', 'US', 'USDX', 'U$D', '123', 'us d']) {
      assert.throws(() => formatMoney(1, currency), RangeError, currency);
    }
  });
});

describe('the digits of a currency', () => {
  it('are those of ISO 4217, also where everyday use has dropped them', () => {
    for (const [digits, currencies] of [
      [0, ['JPY', 'KRW', 'CLP', 'ISK', 'VND', 'XOF']],
      [2, ['USD', 'EUR', 'GBP', 'HUF', 'IDR', 'COP', 'PKR', 'TWD', 'LBP', 'ZZZ']],
      [3, ['KWD', 'BHD', 'IQD', 'JOD', 'LYD', 'OMR', 'TND']],
      [4, ['CLF', 'UYW']],
    ] as const) {
      for (const currency of currencies) assert.equal(exponentOf(currency), digits, currency);
    }
  });
});
