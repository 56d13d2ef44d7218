import { currencies } from '../expenses/money.ts';
import { currencyNamed } from './currency-signs.ts';

/** How much of a heading is looked at, in characters. */
const LOOKED_AT = 200;

/** Currencies by their words, as signs have them. */
const words = new Map([
  ['euro', '€'],
  ['euros', '€'],
  ['dollar', '$'],
  ['dollars', '$'],
  ['pound', '£'],
  ['pounds', '£'],
  ['sterling', '£'],
  ['yen', 'JPY'],
]);
/** Codes that are words as well; in small letters they are those. */
const ordinary = new Set(['all', 'cup', 'mad', 'pen', 'top', 'try']);
/** What stands in brackets in three capitals, and is no currency. */
const others = new Set(['VAT', 'TAX', 'TVA', 'IVA', 'BTW', 'GST', 'HST', 'PST', 'TTC', 'UST', 'NET', 'INC']);

/**
 * The currency that the heading of amounts names, as in "Betrag (EUR)", "Amount in GBP" or "Montant €".
 * @param preferred counts where a sign is that of several.
 * @returns undefined where it names none; `unclear` for several, or for one that is not known.
 */
export function currencyOfHeading(heading: string, preferred: string): string | undefined {
  const text = heading.slice(0, LOOKED_AT).replace(/(\p{Ll})(?=\p{Lu}{3}(?:\P{L}|$))/gu, '$1 ');
  const found = new Set<string>();
  const bracketed = new Set([...text.matchAll(/[([]([^()[\]]*)[)\]]/g)].flatMap(([, inside = '']) => partsOf(inside)));
  const parts = partsOf(text);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const sign = /[A-Z]{0,2}\p{Sc}/u.exec(part)?.[0] ?? words.get(part.toLowerCase());
    if (sign !== undefined) found.add(currencyNamed(sign, preferred) ?? 'unclear');
    else if (isCode(part, isLast || bracketed.has(part))) found.add(part.toUpperCase());
  }
  if (found.size === 0 && namesUnknown(text)) return 'unclear';
  const [only, other] = found;
  return other === undefined ? only : 'unclear';
}

/** Whether a word of a heading is a currency and nothing else. @param word in small letters. */
export function isCurrencyWord(word: string): boolean {
  return words.has(word) || currencies.has(word.toUpperCase());
}

function partsOf(text: string): string[] {
  return text.split(/[\s()[\]{}/,;:_|&+"*.-]+/).filter((part) => part !== '');
}

/** @param stands whether it stands where a currency does, so that small letters are enough. */
function isCode(part: string, stands: boolean): boolean {
  if (!/^[a-z]{3}$/i.test(part) || !currencies.has(part.toUpperCase())) return false;
  return part === part.toUpperCase() || (stands && !ordinary.has(part.toLowerCase()));
}

/** Three capitals where a currency stands: alone in brackets, or after "in". */
function namesUnknown(text: string): boolean {
  const [, inBrackets, after] = /[([]\s*([A-Z]{3})\s*[)\]]|\b(?:in|en) ([A-Z]{3})(?:\W|$)/.exec(text) ?? [];
  const code = inBrackets ?? after;
  return code !== undefined && !others.has(code);
}
