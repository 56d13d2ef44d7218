import { z } from 'zod';
import type { Category } from '../expenses/categories.ts';
import type { SelectField } from '../web/forms.ts';
import type { Choices } from './choices.ts';
import type { Import } from './imports.ts';
import { type Reading, type Target, targets } from '../spreadsheets/reading.ts';

/** How many columns can be taken for something; no file of expenses has more that matter. */
export const MOST_COLUMNS = 60;

type Words<Value extends string> = Readonly<Record<Value, string>>;

const encodings: Words<Reading['encoding']> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (Excel’s “Unicode text”)',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows (Western Europe)',
};
const delimiters: Words<'comma' | 'semicolon' | 'tab' | 'bar'> = {
  comma: 'Comma ,',
  semicolon: 'Semicolon ;',
  tab: 'Tab',
  bar: 'Bar |',
};
const delimiterMarks = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const;
const dateOrders: Words<'' | NonNullable<Reading['dateOrder']>> = {
  '': 'Choose…',
  ymd: 'Year, month, day (2026-01-31)',
  dmy: 'Day, month, year (31.01.2026)',
  mdy: 'Month, day, year (01/31/2026)',
};
const decimalMarks: Words<'' | 'point' | 'comma'> = { '': 'Choose…', point: 'Point (12.50)', comma: 'Comma (12,50)' };
const signs: Words<Reading['sign']> = {
  positive: 'As they are; below zero is a mistake',
  negative: 'Below zero, as at a bank; what came in is left out',
};
const states: Words<Choices['state']> = {
  reimbursed: 'Paid back already',
  submitted: 'Waiting for approval here',
};

const targetWords: Readonly<Record<Target, string>> = {
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
const ofTheTeam: readonly Target[] = ['spender', 'state'];

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
  state: oneOf(states).catch(undefined),
  category: z.string().catch(''),
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
    if (value === '') return undefined;
    return targets.find((target) => target === value) ?? column;
  });
  const { dateOrder, decimalMark, delimiter } = read;
  return {
    reading: {
      encoding: read.encoding ?? before.encoding,
      delimiter: delimiter === undefined ? before.delimiter : delimiterMarks[delimiter],
      headingLine: read.headingLine ?? before.headingLine,
      dateOrder: dateOrder === undefined || dateOrder === '' ? before.dateOrder : dateOrder,
      decimalMark: decimalMark === undefined || decimalMark === '' ? before.decimalMark : decimalMark === 'comma' ? ',' : '.',
      sign: read.sign ?? before.sign,
      columns: withoutTwins(columns),
    },
    headings: choices.headings,
    examples: choices.examples,
    category: categories.some(({ id }) => id === read.category) ? read.category : '',
    state: read.state ?? choices.state,
    again: read.again === 'yes',
  };
}

/** Of two columns that are taken for the same, only item and note are put together; of others the first one counts. */
function withoutTwins(columns: Reading['columns']): Reading['columns'] {
  return columns.map((column, index) =>
    column === undefined || column === 'item' || column === 'note' || columns.indexOf(column) === index ? column : undefined,
  );
}

function options<Value extends string>(words: Words<Value>): SelectField['options'] {
  return (Object.entries(words) as [Value, string][]).map(([value, label]) => ({ value, label }));
}

export interface ReadingFields {
  readonly encoding: SelectField;
  readonly delimiter: SelectField;
  readonly headingLine: { readonly value: string };
  readonly dateOrder: SelectField;
  readonly decimalMark: SelectField;
  readonly sign: SelectField;
  readonly category: SelectField;
  /** Undefined for one's own: they become drafts. */
  readonly state: SelectField | undefined;
  readonly columns: readonly SelectField[];
}

/** How a file is read, as a form. */
export function readingFields(
  { kind }: Pick<Import, 'kind'>,
  { reading, category, state }: Choices,
  headings: readonly string[],
  categories: readonly Category[],
): ReadingFields {
  const field = (name: string, label: string, value: string, choices: SelectField['options'], hint = ''): SelectField => ({
    name,
    label,
    value,
    options: choices,
    hint,
    error: '',
  });
  const offered = categories.filter(({ retired_at, id }) => retired_at === null || id === category);
  const delimiter = Object.entries(delimiterMarks).find(([, mark]) => mark === reading.delimiter)?.[0] ?? 'comma';
  const takenFor = [
    { value: '', label: 'Leave out' },
    ...targets
      .filter((target) => kind === 'team' || !ofTheTeam.includes(target))
      .map((target) => ({ value: target, label: targetWords[target] })),
  ];
  return {
    encoding: field('encoding', 'Letters are in', reading.encoding, options(encodings)),
    delimiter: field('delimiter', 'Columns are parted by', delimiter, options(delimiters)),
    headingLine: { value: String(reading.headingLine) },
    dateOrder: field('dateOrder', 'Days are written', reading.dateOrder ?? '', options(dateOrders)),
    decimalMark: field(
      'decimalMark',
      'Before the decimals stands',
      reading.decimalMark === undefined ? '' : reading.decimalMark === ',' ? 'comma' : 'point',
      options(decimalMarks),
    ),
    sign: field('sign', 'What was spent stands', reading.sign, options(signs)),
    category: field('category', 'A row in no category of ours', category, [
      { value: '', label: 'Is a mistake' },
      ...offered.map(({ id, label }) => ({ value: id, label: `Goes to ${label}` })),
    ]),
    state: kind === 'own' ? undefined : field('state', 'What does not say so itself is', state, options(states)),
    columns: headings
      .slice(0, MOST_COLUMNS)
      .map((heading, index) => field(`column-${index}`, heading, reading.columns[index] ?? '', takenFor)),
  };
}
