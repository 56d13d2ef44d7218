import { z } from 'zod';
import type { ExpenseState } from '../database/schema.ts';
import { type Field, oneLine, type SelectField } from '../web/forms.ts';
import type { Category } from './categories.ts';
import { spent, stateWords } from './life.ts';
import { type Cursor, type ExpenseFilter, type Sort, sorts } from './list.ts';
import { readMoney } from './money-input.ts';

const states = Object.keys(stateWords) as ExpenseState[];

/** All that counts as spent, for whoever comes from a sum to what it is the sum of. */
export const SPENT = 'spent';
const spentWords = `Spent: ${spent.map((state) => stateWords[state].toLowerCase()).join(', ')}`;

/** Whoever spent something and is not known here. */
export const UNKNOWN_PERSON = 'unknown';
export const unknownPersonWords = 'People who have not signed in here';

export const sortWords: Readonly<Record<Sort, string>> = {
  newest: 'Newest first',
  date: 'Latest day first',
  amount: 'Largest first',
};

/** What an address asks for. What nobody gave out counts as not asked for: an old or mangled link still shows the list. */
const asking = z.object({
  state: z.enum(['', SPENT, ...states]).catch(''),
  person: z
    .string()
    .regex(/^(?:[\da-f-]{36}|unknown)$/)
    .catch(''),
  category: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .catch(''),
  merchant: oneLine(200).catch(''),
  from: z.iso.date().catch(''),
  to: z.iso.date().catch(''),
  least: oneLine(60).catch(''),
  most: oneLine(60).catch(''),
  q: oneLine(200).catch(''),
  sort: z.enum(Object.keys(sorts) as [Sort, ...Sort[]]).catch('newest'),
  after: z.string().catch(''),
});
export type Asked = z.infer<typeof asking>;

export function readAsked(query: unknown): Asked {
  return asking.parse({ ...(query as object) });
}

/** What an address of the same list says, from its beginning on. */
export function withoutPlace(asked: Asked): Readonly<Record<string, string>> {
  return { ...asked, after: '', sort: asked.sort === 'newest' ? '' : asked.sort };
}

/** @returns the filter, and which of the two amounts could not be read and so does not narrow. */
export function toFilter(
  asked: Asked,
  currency: string,
): { readonly filter: ExpenseFilter; readonly unread: Partial<Record<'least' | 'most', string>> } {
  const [least, most] = [asked.least, asked.most].map((text) => (text.trim() === '' ? undefined : readMoney(text, currency)));
  const unread = {
    ...(least !== undefined && 'mistake' in least && { least: least.mistake }),
    ...(most !== undefined && 'mistake' in most && { most: most.mistake }),
  };
  const given = (text: string) => (text === '' ? undefined : text);
  const filter = {
    states: statesOf(asked.state),
    spenderId: asked.person === UNKNOWN_PERSON ? null : given(asked.person),
    categoryId: given(asked.category),
    merchant: given(asked.merchant),
    from: given(asked.from),
    to: given(asked.to),
    atLeast: least !== undefined && 'minor' in least ? least.minor : undefined,
    atMost: most !== undefined && 'minor' in most ? most.minor : undefined,
    text: given(asked.q),
  };
  return { filter, unread };
}

function statesOf(state: Asked['state']): readonly ExpenseState[] | undefined {
  if (state === SPENT) return spent;
  return state === '' ? undefined : [state];
}

/** What stands in an address for a place in the list. */
export function formatCursor({ value, id }: Cursor): string {
  return `${value}_${id}`;
}

const cursorText = z.string().regex(/^(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{3}Z)?|\d{1,16})_[\da-f-]{36}$/);

export function parseCursor({ after, sort }: Asked): Cursor | undefined {
  const { data } = cursorText.safeParse(after);
  if (data === undefined) return undefined;
  const [value = '', id = ''] = data.split('_');
  // PostgreSQL compares a number with numbers only.
  if ((sort === 'amount') !== /^\d+$/.test(value)) return undefined;
  return { value: sort === 'amount' ? Number(value) : value, id };
}

export interface FilterFields {
  readonly q: Field;
  readonly state: SelectField;
  readonly person: SelectField;
  readonly category: SelectField;
  readonly merchant: Field;
  readonly from: Field;
  readonly to: Field;
  readonly least: Field;
  readonly most: Field;
  readonly sort: SelectField;
}

/** @param people who spent something in this team, by id. */
export function filterFields(
  asked: Asked,
  unread: Partial<Record<'least' | 'most', string>>,
  categories: readonly Category[],
  people: readonly { readonly id: string; readonly name: string }[],
): FilterFields {
  const field = (name: keyof Asked, label: string): Field => ({ name, label, value: asked[name], error: '', hint: '' });
  const all = (label: string) => ({ value: '', label });
  return {
    q: field('q', 'Words in item, merchant or note'),
    state: {
      ...field('state', 'State'),
      options: [
        all('Any state'),
        { value: SPENT, label: spentWords },
        ...states.map((value) => ({ value, label: stateWords[value] })),
      ],
    },
    person: {
      ...field('person', 'Spent by'),
      options: [
        all('Anybody'),
        ...people.map(({ id, name }) => ({ value: id, label: name })),
        ...(asked.person === UNKNOWN_PERSON ? [{ value: UNKNOWN_PERSON, label: unknownPersonWords }] : []),
      ],
    },
    category: {
      ...field('category', 'Category'),
      options: [all('Any category'), ...categories.map(({ id, label }) => ({ value: id, label }))],
    },
    merchant: field('merchant', 'Merchant'),
    from: { ...field('from', 'From'), type: 'date' },
    to: { ...field('to', 'To'), type: 'date' },
    least: { ...field('least', 'At least'), keys: 'decimal', error: unread.least ?? '' },
    most: { ...field('most', 'At most'), keys: 'decimal', error: unread.most ?? '' },
    sort: {
      ...field('sort', 'Order'),
      options: Object.entries(sortWords).map(([value, label]) => ({ value, label })),
    },
  };
}
