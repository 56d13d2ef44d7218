import { exponentOf } from './money.ts';

/** The most digits of a rate that count, from its first that is not 0: more than any bank gives. */
const DIGITS = 12;

/** How many of one unit of the first currency one unit of the other is, exactly: `numerator / denominator`. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A rate as it is kept and shown: digits, with a point where it has decimals; more than 0. */
export const ratePattern = /^(?=.*[1-9])\d{1,12}(?:\.\d{1,20})?$/;

/**
 * What an amount comes to in another currency, in that currency's minor units: the exact product, rounded half to even, so
 * that many roundings lean to neither side (as IEEE 754 does, and banks).
 * @param rate how many units of `to` one unit of `from` is, as `ratePattern` has it.
 * @throws RangeError for a result that is not exact any more.
 */
export function convert(minor: number, from: string, to: string, rate: string): number {
  const { numerator, denominator } = fractionOf(rate);
  const [up, down] = [10n ** BigInt(exponentOf(to)), 10n ** BigInt(exponentOf(from))];
  const converted = Number(divideHalfEven(BigInt(minor) * numerator * up, denominator * down));
  if (!Number.isSafeInteger(converted)) throw new RangeError('An amount in this currency is too large to be kept');
  return converted;
}

/** The rate the other way round, to 12 digits. */
export function inverse(rate: string): string {
  const { numerator, denominator } = fractionOf(rate);
  return decimalOf({ numerator: denominator, denominator: numerator });
}

/** The rate from one currency to another by way of a third, to 12 digits: how much of each of both one unit of it is. */
export function cross(toFrom: string, toTo: string): string {
  const [from, to] = [fractionOf(toFrom), fractionOf(toTo)];
  return decimalOf({ numerator: to.numerator * from.denominator, denominator: to.denominator * from.numerator });
}

/** The same rate without needless zeros. */
export function plainRate(rate: string): string {
  const bare = rate.replace(/^0+(?=\d)/, '');
  return bare.includes('.') ? bare.replace(/\.?0+$/, '') : bare;
}

function fractionOf(rate: string): Fraction {
  if (!ratePattern.test(rate)) throw new RangeError('A rate is digits with a point, and more than 0');
  const [whole = '', decimals = ''] = rate.split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

function decimalOf({ numerator, denominator }: Fraction): string {
  // How far the first digit that is not 0 stands behind the point, at most; negative before it.
  const lead = String(denominator).length - String(numerator).length;
  const scale = Math.min(20, Math.max(0, DIGITS + lead));
  const scaled = divideHalfEven(numerator * 10n ** BigInt(scale), denominator);
  const digits = String(scaled).padStart(scale + 1, '0');
  return plainRate(scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice < denominator || (twice === denominator && whole % 2n === 0n)) return whole;
  return whole + 1n;
}
