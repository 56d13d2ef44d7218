import type { Category } from '../expenses/categories.ts';
import { currencyOptions } from '../expenses/money.ts';
import { targets } from '../spreadsheets/reading.ts';
import type { Field, SelectField } from '../web/forms.ts';
import { type Deciding, namedCurrency } from './choices.ts';
import {
  dateOrders,
  decimalMarks,
  delimiterMarks,
  delimiters,
  encodings,
  ofTheTeam,
  signs,
  states,
  targetWords,
  type Words,
} from './reading-form.ts';

/** How many columns can be taken for something; no file of expenses has more that matter. */
const MOST_COLUMNS = 60;

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
  readonly currency: SelectField;
  readonly category: SelectField;
  /** Undefined for one's own: they become drafts. */
  readonly state: SelectField | undefined;
  /** Undefined for one's own, too: they spent it. */
  readonly spender: Field | undefined;
  readonly columns: readonly SelectField[];
}

/** How a file is read, as a form. */
export function readingFields(deciding: Deciding, headings: readonly string[], categories: readonly Category[]): ReadingFields {
  const { choices: chosen, kind, team } = deciding;
  const { reading, category, state } = chosen;
  const field = (name: string, label: string, value: string, choices: SelectField['options'], hint = ''): SelectField => ({
    name,
    label,
    value,
    options: choices,
    hint,
    error: '',
  });
  const offered = categories.filter(({ retired_at, id }) => retired_at === null || id === category);
  const isPerRow = reading.columns.includes('currency');
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
    currency: field('currency', isPerRow ? 'A row without a currency' : 'All of it is in', reading.currency ?? '', [
      { value: '', label: usualWords(deciding) },
      ...currencyOptions([team.currency]).map(({ value, label }) => ({ value, label: isPerRow ? `Is in ${label}` : label })),
    ]),
    category: field('category', 'A row in no category of ours', category, [
      { value: '', label: 'Is a mistake' },
      ...offered.map(({ id, label }) => ({ value: id, label: `Goes to ${label}` })),
    ]),
    state: kind === 'own' ? undefined : field('state', 'What does not say so itself is', state, options(states)),
    spender:
      kind === 'own'
        ? undefined
        : {
            name: 'spender',
            label: reading.columns.includes('spender') ? 'Who spent what names nobody' : 'All of it was spent by',
            value: chosen.spender ?? '',
            hint: 'A name or an address. What names nobody is a mistake while this is empty.',
            error: '',
          },
    columns: headings
      .slice(0, MOST_COLUMNS)
      .map((heading, index) => field(`column-${index}`, heading, reading.columns[index] ?? '', takenFor)),
  };
}

function usualWords(deciding: Deciding): string {
  const { choices, team } = deciding;
  const named = namedCurrency(deciding);
  if (named !== undefined && named !== 'unclear')
    return choices.reading.columns.includes('currency') ? `Is in ${named}, as the heading says` : `${named}, as the heading says`;
  if (choices.reading.columns.includes('currency')) return 'Is a mistake';
  return named === undefined ? `${team.currency}, as the team’s` : 'Choose…';
}
