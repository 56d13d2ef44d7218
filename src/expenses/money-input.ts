import { exponentOf } from './money.ts';

/** The largest amount of one expense, in minor units; far from where a team's total could not be held. */
export const MAX_AMOUNT = 100_000_000_000;

export type ReadMoney = { readonly minor: number } | { readonly mistake: string };

/**
 * An amount as somebody writes it: 1,234.50, 1.234,50, 1 234,50, 1'234.50 or 1234.5. Whole numbers are worked on as text, so
 * nothing is ever rounded. What can be read in two ways is not read at all; where a currency has three decimals, 1.234 has them.
 */
export function readMoney(text: string, currency: string): ReadMoney {
  const exponent = exponentOf(currency);
  const bare = text
    .trim()
    .replace(new RegExp(`^${currency}|${currency}$`, 'i'), '')
    .trim();
  if (bare === '') return { mistake: 'Say how much it was.' };
  if (/^[-−]/.test(bare)) return { mistake: 'An amount is more than nothing. What comes back to the team is not an expense.' };
  if (!/^\d[\d.,'’\s]*$/.test(bare) || /[.,'’\s]$/.test(bare))
    return { mistake: `Write the amount in digits, such as ${example(exponent)}.` };
  const read = split(bare, exponent);
  if ('mistake' in read) return read;
  const { whole, decimals } = read;
  if (decimals.length > exponent) {
    return {
      mistake: exponent === 0 ? `${currency} has no decimals. Leave them out.` : `${currency} has ${exponent} decimals at most.`,
    };
  }
  const minor = Number(whole + decimals.padEnd(exponent, '0'));
  if (minor === 0) return { mistake: 'An amount is more than nothing.' };
  if (!(minor <= MAX_AMOUNT)) return { mistake: 'That is more than one expense can be. Check the amount.' };
  return { minor };
}

/** In digits, with a point: what `readMoney` takes back unchanged. */
export function typedMoney(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(minor).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
}

interface Parts {
  readonly whole: string;
  readonly decimals: string;
}

function split(text: string, exponent: number): Parts | { readonly mistake: string } {
  const marks = [...text.matchAll(/[.,]/g)].map(([mark]) => mark);
  const last = marks.at(-1);
  const kinds = new Set(marks);
  if (last === undefined) return grouped(text, '');
  const at = text.lastIndexOf(last);
  const [before, after] = [text.slice(0, at), text.slice(at + 1)];
  if (kinds.size === 2) {
    // The mark that comes last is the decimal one, and comes once; the other one groups.
    return marks.filter((mark) => mark === last).length === 1 ? grouped(before, after) : unclear(text);
  }
  if (marks.length > 1) return grouped(text, '');
  const couldGroup = /^[1-9]\d{0,2}$/.test(before) && /^\d{3}$/.test(after);
  if (!couldGroup) return grouped(before, after);
  if (exponent === 0) return grouped(text, '');
  // So the form shows it, and every page in English.
  if (exponent === 3 && last === '.') return grouped(before, after);
  const larger = `${before}${after}.${'0'.repeat(exponent)}`;
  const smaller = `${before}.${after.slice(0, exponent).padEnd(exponent, '0')}`;
  return {
    mistake: `“${text}” can be read in two ways. Write it with ${exponent} digits after a point: as ${larger} for the larger one, or as ${smaller} for the smaller one.`,
  };
}

/** Digits with their groups of three, or none. */
function grouped(whole: string, decimals: string): Parts | { readonly mistake: string } {
  const plain = whole.replace(/[.,'’\s]/g, '');
  const groups = new Set(whole.match(/[.,'’\s]/g) ?? []);
  const tidy = groups.size === 0 || (groups.size === 1 && /^\d{1,3}(?:[.,'’\s]\d{3})+$/.test(whole));
  return tidy && /^\d*$/.test(decimals) ? { whole: plain, decimals } : unclear(whole);
}

function unclear(text: string): { readonly mistake: string } {
  return { mistake: `“${text.slice(0, 40)}” is not clear. Write the amount without marks between thousands.` };
}

function example(exponent: number): string {
  return exponent === 0 ? '1234' : `1234.${'50'.padEnd(exponent, '0')}`;
}
