import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { convert, cross, inverse, plainRate } from './conversion.ts';
import { exponentOf } from './money.ts';

/** A rate as a pair of whole numbers, so that the test does no arithmetic as the code does. */
const rate = fc
  .tuple(fc.nat(99_999), fc.nat(6))
  .filter(([digits]) => digits > 0)
  .map(([digits, decimals]) => ({
    text:
      decimals === 0
        ? String(digits)
        : `${Math.floor(digits / 10 ** decimals)}.${String(digits % 10 ** decimals).padStart(decimals, '0')}`,
    up: BigInt(digits),
    down: 10n ** BigInt(decimals),
  }));
const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'CLF');

/** How far a result is from the exact quotient, doubled: below 1 unit is rounded well, exactly 1 is a half. */
function twiceOff(result: bigint, numerator: bigint, denominator: bigint): { off: bigint; one: bigint } {
  const off = 2n * (result * denominator - numerator);
  return { off: off < 0n ? -off : off, one: denominator };
}

describe('a conversion', () => {
  it('is the exact product, rounded half to even, in the other currency’s own minor units', () => {
    for (const [minor, from, to, at, result] of [
      [100_00, 'USD', 'EUR', '0.92', 92_00],
      [84_50, 'CHF', 'USD', '1.1138', 94_12],
      [1_00, 'EUR', 'JPY', '162.35', 162],
      [1000, 'JPY', 'EUR', '0.00615', 6_15],
      [1_00, 'EUR', 'KWD', '0.3331', 333],
      [1_234, 'KWD', 'USD', '3', 3_70],
      [1, 'USD', 'EUR', '0.5', 0],
      [3, 'USD', 'EUR', '0.5', 2],
      [5, 'USD', 'EUR', '0.5', 2],
      [5, 'USD', 'EUR', '0.500000000000000001', 3],
      [7, 'USD', 'EUR', '1', 7],
      [100_000_000_000, 'USD', 'EUR', '1.000000000001', 100_000_000_000],
    ] as const) {
      assert.equal(convert(minor, from, to, at), result, `${minor} ${from} at ${at}`);
    }
  });

  it('agrees with exact arithmetic 10,000 times, and a half goes to the even side', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), currency, currency, rate, (minor, from, to, { text, up, down }) => {
        const result = BigInt(convert(minor, from, to, text));
        const numerator = BigInt(minor) * up * 10n ** BigInt(exponentOf(to));
        const denominator = down * 10n ** BigInt(exponentOf(from));
        const { off, one } = twiceOff(result, numerator, denominator);
        assert.ok(off <= one, `${minor} ${from} at ${text} is not ${result} ${to}`);
        if (off === one) assert.equal(result % 2n, 0n, 'a half');
      }),
      { numRuns: 10_000 },
    );
  });

  it('is refused where it would not be exact any more, and at what is no rate', () => {
    assert.throws(() => convert(100_000_000_000, 'USD', 'IDR', '999999999999'), RangeError);
    for (const none of ['', '0', '0.000', '-1', '1e3', '1,5', '.5', '5.', ' 1', 'NaN', '1'.repeat(13), `0.${'1'.repeat(21)}`])
      assert.throws(() => convert(1, 'USD', 'EUR', none), RangeError, none);
  });
});

describe('a rate', () => {
  it('the other way round, or by way of a third currency, has twelve digits', () => {
    assert.equal(inverse('1.1138'), '0.897827258036');
    assert.equal(inverse('0.5'), '2');
    assert.equal(inverse('162.35'), '0.00615953187558');
    assert.equal(inverse('0.00006'), '16666.6666667');
    // One euro is 1.0850 dollars and 0.9420 francs, so a franc is 1.0850 / 0.9420 dollars.
    assert.equal(cross('0.9420', '1.0850'), '1.15180467091');
    assert.equal(cross('1.0850', '1.0850'), '1');
  });

  it('turned round twice is the same but for its last digits', () => {
    fc.assert(
      fc.property(rate, ({ text, up, down }) => {
        const [whole = '', decimals = ''] = inverse(inverse(text)).split('.');
        const difference = BigInt(whole + decimals) * down - up * 10n ** BigInt(decimals.length);
        const exact = up * 10n ** BigInt(decimals.length);
        assert.ok((difference < 0n ? -difference : difference) * 10_000_000_000n <= exact, text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is kept without needless zeros', () => {
    for (const [given, kept] of [
      ['1.0850', '1.085'],
      ['1.000', '1'],
      ['0010', '10'],
      ['100', '100'],
      ['0.5', '0.5'],
    ] as const) {
      assert.equal(plainRate(given), kept);
    }
  });
});
