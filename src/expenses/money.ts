import { currentLanguage } from '../web/language.ts';

/**
 * Whole minor units as the reader's language has them: `2780_00` and USD give "$2,780.00" in English. The digits after the point are the
 * currency's own (JPY none, KWD three), and no floating point is involved.
 * @throws RangeError for a currency that is not three letters.
 */
export function formatMoney(minor: number, currency: string): string {
  return currentLanguage()
    .numbers(currency, optionsOf)
    .format(plainAmount(minor, currency) as Intl.StringNumericLiteral);
}

/** The same in digits alone, as programs read them: `2780_00` and USD give "2780.00". */
export function plainAmount(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${minor < 0 ? '-' : ''}${exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`}`;
}

/**
 * The currencies whose minor unit is not a hundredth (ISO 4217, list one), by how many digits it has. Not asked of `Intl`,
 * which follows everyday use: it says 0 for HUF and IQD today, and another Node may say otherwise of amounts already stored.
 */
const exponents = [
  [0, ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']],
  [3, ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']],
  [4, ['CLF', 'UYW']],
] as const;

const exponentByCurrency = new Map<string, number>(exponents.flatMap(([digits, names]) => names.map((name) => [name, digits])));

/** How many digits of this currency's amounts stand after the point (ISO 4217). */
export function exponentOf(currency: string): number {
  return exponentByCurrency.get(currency.toUpperCase()) ?? 2;
}

function optionsOf(currency: string): Intl.NumberFormatOptions {
  const digits = exponentOf(currency);
  return { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** ISO 4217, as far as this Node knows it. */
export const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const currencyNames = new Intl.DisplayNames('en', { type: 'currency' });

/** All of them as choices. @param first those that are likely. */
export function currencyOptions(first: readonly string[]): { readonly value: string; readonly label: string }[] {
  return [...new Set([...first, ...currencies])].map((code) => ({
    value: code,
    label: `${code} · ${currencyNames.of(code) ?? code}`,
  }));
}
