import { currencies } from '../expenses/money.ts';

/** Signs around amounts, and which currencies have them. */
const signs = new Map<string, readonly string[]>([
  ['€', ['EUR']],
  ['£', ['GBP']],
  ['$', ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'ARS', 'CLP', 'COP', 'TWD', 'BSD', 'BBD', 'BZD', 'FJD', 'JMD', 'UYU']],
  ['US$', ['USD']],
  ['C$', ['CAD']],
  ['CA$', ['CAD']],
  ['A$', ['AUD']],
  ['AU$', ['AUD']],
  ['NZ$', ['NZD']],
  ['S$', ['SGD']],
  ['HK$', ['HKD']],
  ['NT$', ['TWD']],
  ['MX$', ['MXN']],
  ['R$', ['BRL']],
  ['¥', ['JPY', 'CNY']],
  ['￥', ['JPY', 'CNY']],
  ['FR', ['CHF']],
  ['FR.', ['CHF']],
  ['SFR', ['CHF']],
  ['SFR.', ['CHF']],
  ['KR', ['SEK', 'NOK', 'DKK', 'ISK']],
  ['KR.', ['DKK', 'ISK']],
  ['ZŁ', ['PLN']],
  ['KČ', ['CZK']],
  ['FT', ['HUF']],
  ['LEI', ['RON']],
  ['₹', ['INR']],
  ['₽', ['RUB']],
  ['₺', ['TRY']],
  ['₩', ['KRW']],
  ['₪', ['ILS']],
  ['₫', ['VND']],
  ['₴', ['UAH']],
  ['₱', ['PHP']],
  ['₦', ['NGN']],
  ['฿', ['THB']],
  ['R', ['ZAR']],
]);

/** Whether what stands around an amount can be of this currency. @param around empty where there is nothing. */
export function agreesWith(around: string, currency: string): boolean {
  if (around === '') return true;
  const sign = around.toUpperCase();
  return sign === currency || signs.get(sign)?.includes(currency) === true;
}

/**
 * The currency that a cell names by its code or sign.
 * @param preferred counts where a sign is that of several.
 * @returns undefined for what is none, or one of several.
 */
export function currencyNamed(text: string, preferred: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (currencies.has(code)) return code;
  const known = signs.get(code) ?? [];
  return known.includes(preferred) || known.length === 0 ? known.find((other) => other === preferred) : only(known);
}

function only(known: readonly string[]): string | undefined {
  return known.length === 1 ? known[0] : undefined;
}
