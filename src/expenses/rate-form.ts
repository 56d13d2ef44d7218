import { z } from 'zod';
import { type Field, type Mistakes, oneLine, readForm, type SelectField, type Typed } from '../web/forms.ts';
import { plainRate, ratePattern } from './conversion.ts';
import { currencies, currencyOptions } from './money.ts';
import type { ExchangeRate } from './rates.ts';

const code = z.string().refine((text) => currencies.has(text), 'Choose a currency.');

const form = z.object({
  base: code,
  currency: code,
  day: z.iso
    .date('Give the day as year-month-day, such as 2026-01-31.')
    .refine((day) => day >= '2000-01-01', 'That is too long ago. Check the year.'),
  rate: oneLine(60),
});

type FieldName = keyof typeof form.shape;
export type RateTyped = Typed<FieldName>;
export type RateMistakes = Mistakes<FieldName>;

/** Where a rate comes from that was typed by somebody in finance. */
const SOURCE = 'Finance';

/**
 * A rate as somebody writes it: 1.085 or 1,0850. One mark is the decimal one; with several it is not clear what is meant, nor is it
 * with a comma before three digits, which may part thousands.
 * @returns as `ratePattern` has it, or what is wrong with it.
 */
export function readRate(text: string): { readonly rate: string } | { readonly mistake: string } {
  const rate = text.trim().replace(',', '.');
  const [, whole, last] = /^([1-9]\d{0,2}),(\d{3})$/.exec(text.trim()) ?? [];
  if (whole !== undefined)
    return {
      mistake: `“${whole},${last}” can be read in two ways. Write it as ${whole}${last} for the larger one, or as ${whole}.${last} for the smaller one.`,
    };
  if (rate === '') return { mistake: 'Say how much one is worth in the other.' };
  if (!ratePattern.test(rate))
    return { mistake: 'Write the rate in digits, more than 0, with one mark before the decimals, such as 1.0850.' };
  return { rate: plainRate(rate) };
}

/** @param latest the last day that is not in the future. */
export function readRateForm(
  body: unknown,
  latest: string,
): { readonly typed: RateTyped } & ({ readonly rate: ExchangeRate } | { readonly mistakes: RateMistakes }) {
  const read = readForm(form, body);
  const { typed } = read;
  const rate = readRate(typed.rate);
  const mistakes: RateMistakes = {
    ...(typed.base === typed.currency && { currency: 'Choose another currency than the first one.' }),
    ...('mistake' in rate && { rate: rate.mistake }),
    ...(typed.day > latest && { day: 'This day has not come yet.' }),
    ...('mistakes' in read && read.mistakes),
  };
  if (!('values' in read) || 'mistake' in rate || Object.keys(mistakes).length > 0) return { typed, mistakes };
  const { base, currency, day } = read.values;
  return { typed, rate: { base, currency, day, rate: rate.rate, source: SOURCE } };
}

export interface RateFields {
  readonly base: SelectField;
  readonly currency: SelectField;
  readonly day: Field;
  readonly rate: Field;
}

export function rateFields(typed: RateTyped, mistakes: RateMistakes): RateFields {
  const field = (name: FieldName, label: string, hint: string): Field => ({
    name,
    label,
    hint,
    value: typed[name],
    error: mistakes[name] ?? '',
  });
  const options = [{ value: '', label: 'Choose…' }, ...currencyOptions([])];
  return {
    base: { ...field('base', 'One of', ''), options },
    rate: { ...field('rate', 'Is worth', 'Such as 1.0850.'), keys: 'decimal' },
    currency: { ...field('currency', 'In', ''), options },
    day: {
      ...field('day', 'On', 'It counts for this day, and for the week after it while there is no newer one.'),
      type: 'date',
    },
  };
}
