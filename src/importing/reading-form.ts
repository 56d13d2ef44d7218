import { z } from 'zod';
import type { Category } from '../expenses/categories.ts';
import { currencies } from '../expenses/money.ts';
import type { Choices } from './choices.ts';
import type { Import } from './imports.ts';
import { type Reading, type Target, targets } from '../spreadsheets/reading.ts';
import { MAX_LINE } from '../spreadsheets/row-texts.ts';
import { oneLine } from '../web/forms.ts';

export type Words<Value extends string> = Readonly<Record<Value, string>>;

export const encodings: Words<Reading['encoding']> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (Excel’s “Unicode text”)',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows (Western Europe)',
};
export const delimiters: Words<'comma' | 'semicolon' | 'tab' | 'bar'> = {
  comma: 'Comma ,',
  semicolon: 'Semicolon ;',
  tab: 'Tab',
  bar: 'Bar |',
};
export const delimiterMarks = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const;
export const dateOrders: Words<'' | NonNullable<Reading['dateOrder']>> = {
  '': 'Choose…',
  ymd: 'Year, month, day (2026-01-31)',
  dmy: 'Day, month, year (31.01.2026)',
  mdy: 'Month, day, year (01/31/2026)',
};
export const decimalMarks: Words<'' | 'point' | 'comma'> = { '': 'Choose…', point: 'Point (12.50)', comma: 'Comma (12,50)' };
export const signs: Words<Reading['sign']> = {
  positive: 'As they are; below zero is a mistake',
  negative: 'Below zero, as at a bank; what came in is left out',
};
export const states: Words<Choices['state']> = {
  reimbursed: 'Paid back already',
  submitted: 'Waiting for approval here',
};

export const targetWords: Readonly<Record<Target, string>> = {
  day: 'Day',
  item: 'What it was',
  amount: 'Amount',
  currency: 'Currency of the amount',
  merchant: 'Merchant',
  category: 'Category',
  note: 'Note',
  spender: 'Who spent it',
  state: 'State',
  paidAmount: 'Amount as it was paid',
  paidCurrency: 'Currency it was paid in',
  rate: 'Rate',
  rateDay: 'Day of the rate',
  rateSource: 'Where the rate is from',
};
/** What is all one's own has neither of these to say. */
export const ofTheTeam: readonly Target[] = ['spender', 'state'];

function oneOf<Value extends string>(words: Words<Value>) {
  return z.enum(Object.keys(words) as [Value, ...Value[]]).optional();
}

const form = z.object({
  encoding: oneOf(encodings).catch(undefined),
  delimiter: oneOf(delimiters).catch(undefined),
  headingLine: z.coerce.number().int().min(0).max(10_000).optional().catch(undefined),
  dateOrder: oneOf(dateOrders).catch(undefined),
  decimalMark: oneOf(decimalMarks).catch(undefined),
  sign: oneOf(signs).catch(undefined),
  currency: z
    .string()
    .refine((code) => code === '' || currencies.has(code))
    .optional()
    .catch(undefined),
  state: oneOf(states).catch(undefined),
  category: z.string().catch(''),
  spender: oneLine(MAX_LINE).catch(''),
  again: z.literal('yes').optional().catch(undefined),
});

/** What somebody chose on the page of a file; what no choice of ours says stays as it was. */
export function readReadingForm(body: unknown, about: Import, categories: readonly Category[]): Choices {
  const { choices } = about;
  if (choices === undefined) throw new TypeError('This file has not arrived');
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const read = form.parse(given);
  const before = choices.reading;
  const columns = before.columns.map((column, index) => {
    const value = given[`column-${index}`];
    // What one's own does not say is not asked for either, and stays known.
    if (about.kind === 'own' && column !== undefined && ofTheTeam.includes(column) && value === '') return column;
    if (value === '') return undefined;
    return targets.find((target) => target === value) ?? column;
  });
  const { dateOrder, decimalMark, delimiter, currency } = read;
  return {
    reading: {
      encoding: read.encoding ?? before.encoding,
      delimiter: delimiter === undefined ? before.delimiter : delimiterMarks[delimiter],
      headingLine: read.headingLine ?? before.headingLine,
      dateOrder: dateOrder === undefined || dateOrder === '' ? before.dateOrder : dateOrder,
      decimalMark: decimalMark === undefined || decimalMark === '' ? before.decimalMark : decimalMark === 'comma' ? ',' : '.',
      sign: read.sign ?? before.sign,
      currency: currency === undefined ? before.currency : currency === '' ? undefined : currency,
      columns: withoutTwins(columns),
    },
    headings: choices.headings,
    examples: choices.examples,
    category: categories.some(({ id }) => id === read.category) ? read.category : '',
    state: read.state ?? choices.state,
    again: read.again === 'yes',
    ...(about.kind === 'team' && read.spender !== '' && { spender: read.spender }),
  };
}

/** Of two columns that are taken for the same, only item and note are put together; of others the first one counts. */
function withoutTwins(columns: Reading['columns']): Reading['columns'] {
  return columns.map((column, index) =>
    column === undefined || column === 'item' || column === 'note' || columns.indexOf(column) === index ? column : undefined,
  );
}
