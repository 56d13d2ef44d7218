import { MAX_AMOUNT } from '../expenses/money-input.ts';
import { exponentOf } from '../expenses/money.ts';
import { agreesWith } from './currency-signs.ts';
import { quoted } from './quoting.ts';
import type { DecimalMark } from './reading.ts';

export type ReadAmount =
  /** Below zero where it stands so in the file. */
  { readonly minor: number } | { readonly mistake: string };

/** The most characters of an amount with all that may stand around it. */
const LONGEST = 100;
/** What may stand around an amount, and the amount. */
const amountIn = /^([^\d]*?)([.,]?\d(?:[\d.,'’\s]*\d)?[.,]?)([^\d]*)$/;
const simple: Readonly<Record<DecimalMark, RegExp>> = { '.': /^(-?)(\d+)(?:\.(\d+))?$/, ',': /^(-?)(\d+)(?:,(\d+))?$/ };
/** Groups of three; or of two above the last one, as in India. */
const groups = /^\d{1,3}(?:([.,'’\s])\d{2,3}(?:\1\d{2,3})*)?$/;

/** An amount as a file has it, in minor units of a currency. Texts are worked on as such, so nothing is ever rounded. */
export function readAmount(text: string, mark: DecimalMark, currency: string): ReadAmount {
  const plain = simple[mark].exec(text);
  if (plain !== null) return inMinor(plain[1] === '-', plain[2] ?? '', plain[3] ?? '', text, currency);
  const parts = split(text);
  if (parts === undefined) return { mistake: notAnAmount(text, mark) };
  if (!agreesWith(parts.around, currency)) {
    return { mistake: `${quoted(text)} is not in ${currency}. Correct the amount, or the currency.` };
  }
  const at = parts.digits.lastIndexOf(mark);
  const whole = at === -1 ? parts.digits : parts.digits.slice(0, at);
  const decimals = at === -1 ? '' : parts.digits.slice(at + 1);
  const bare = whole.replace(/[.,'’\s]/g, '');
  const isTidy = (whole === '' && decimals !== '') || (groups.test(whole) && endsInThree(whole)) || /^\d+$/.test(whole);
  if (!isTidy || whole.includes(mark) || !/^\d*$/.test(decimals)) return { mistake: notAnAmount(text, mark) };
  return inMinor(parts.isBelow, bare === '' ? '0' : bare, decimals, text, currency);
}

/** Which mark stands before the decimals of these amounts. @returns undefined where none of them says, or where they say different things. */
export function decimalMarkOf(texts: Iterable<string>): DecimalMark | undefined {
  const found = new Set<DecimalMark>();
  for (const text of texts) {
    const mark = markIn(text);
    if (mark !== undefined) found.add(mark);
  }
  const [mark, other] = found;
  return other === undefined ? mark : undefined;
}

/** Whether there is a mark in it that could be a decimal one. */
export function hasMark(text: string): boolean {
  return /\d[.,]|[.,]\d/.test(text);
}

/** Whether a cell holds an amount and hardly anything else, in whichever form. */
export function looksLikeAmount(text: string): boolean {
  const parts = split(text);
  return parts !== undefined && parts.around.length <= 4;
}

export function isBelowZero(text: string): boolean {
  return split(text)?.isBelow === true;
}

function markIn(text: string): DecimalMark | undefined {
  const digits = split(text)?.digits ?? '';
  const at = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (at === -1) return undefined;
  const mark = digits[at] === '.' ? '.' : ',';
  const other = mark === '.' ? ',' : '.';
  const [before, after] = [digits.slice(0, at), digits.slice(at + 1)];
  if (before.includes(mark)) return before.includes(other) ? undefined : other;
  const couldGroup = /^[1-9]\d{0,2}$/.test(before) && after.length === 3;
  return couldGroup ? undefined : mark;
}

interface Parts {
  readonly isBelow: boolean;
  readonly digits: string;
  /** A currency's sign or code, or nothing. */
  readonly around: string;
}

function split(text: string): Parts | undefined {
  const match = text.length > LONGEST ? null : amountIn.exec(text);
  if (match === null) return undefined;
  const [, before = '', digits = '', after = ''] = match;
  const beside = before + after;
  const minuses = beside.match(/[-−–]/g)?.length ?? 0;
  const isInParentheses = before.includes('(') && after.includes(')');
  if (minuses > 1 || (minuses === 1 && isInParentheses)) return undefined;
  const around = beside.replace(/[-−–+\s\p{Cf}]/gu, '');
  return {
    isBelow: minuses === 1 || isInParentheses,
    digits: digits.replace(/\s+/g, ' '),
    around: isInParentheses ? around.replace('(', '').replace(')', '') : around,
  };
}

function endsInThree(whole: string): boolean {
  const last = whole.search(/[.,'’\s]\d*$/);
  return last === -1 || whole.length - last === 4;
}

function inMinor(isBelow: boolean, whole: string, decimals: string, text: string, currency: string): ReadAmount {
  const exponent = exponentOf(currency);
  // Programs write 12.5000; 12.500 may have been meant as thousands.
  const kept = decimals.length > 3 && decimals.length <= LONGEST ? decimals.replace(/0+$/, '') : decimals;
  if (kept.length > exponent) {
    const most = exponent === 0 ? 'no decimals' : `${exponent} decimals at most`;
    return { mistake: `${quoted(text)} has more decimals than there are: ${currency} has ${most}.` };
  }
  const minor = Number(whole + kept.padEnd(exponent, '0'));
  if (!(minor <= MAX_AMOUNT)) return { mistake: `${quoted(text)} is more than one expense can be. Check the amount.` };
  return { minor: isBelow ? -minor : minor };
}

function notAnAmount(text: string, mark: DecimalMark): string {
  const [word, example] = mark === '.' ? ['point', '1234.50'] : ['comma', '1234,50'];
  return `${quoted(text)} is no amount with a ${word} before its decimals, such as ${example}.`;
}
