import { z } from 'zod';
import type { Budget } from '../expenses/budgets.ts';
import type { Category } from '../expenses/categories.ts';
import { readMoney, typedMoney } from '../expenses/money-input.ts';
import { formatMonth } from '../web/clock.ts';
import { asOneLine, type Field, type SelectField } from '../web/forms.ts';
import { shiftMonth } from './period.ts';

/** How many months after the first one can be set with it. */
const MONTHS_ON = 12;
/** Longest amount as it is typed, in characters. */
const MAX_TYPED = 60;

const text = z.string().transform(asOneLine).catch('');
const monthText = z.string().regex(/^2[01]\d\d-(?:0[1-9]|1[0-2])$/);

/** A month in an address, from the first of which an expense can be. @returns undefined where it is none. */
export function readMonth(value: unknown): string | undefined {
  return monthText.safeParse(value).data;
}

/** What the form of a month's budgets says: one field for all that the team spends, and one for each category. */
export interface BudgetFields {
  readonly whole: Field;
  readonly categories: readonly Field[];
  readonly until: SelectField;
}

export interface TypedBudgets {
  /** By category, as typed; of the empty one for the whole team. */
  readonly amounts: ReadonlyMap<string, string>;
  readonly until: string;
}

export type ReadBudgets =
  | { readonly wanted: ReadonlyMap<string, number>; readonly months: readonly string[] }
  | { readonly mistakes: ReadonlyMap<string, string>; readonly typed: TypedBudgets };

const nameOf = (categoryId: string) => (categoryId === '' ? 'whole' : `category-${categoryId}`);

/** Reads the form. A field that is empty is no budget. */
export function readBudgets(body: unknown, month: string, categories: readonly Category[], currency: string): ReadBudgets {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const typedIn = (name: string) => text.parse(Object.hasOwn(given, name) ? given[name] : '').slice(0, MAX_TYPED);
  const amounts = new Map(['', ...categories.map(({ id }) => id)].map((id) => [id, typedIn(nameOf(id))]));
  const mistakes = new Map<string, string>();
  const wanted = new Map<string, number>();
  for (const [id, typed] of amounts) {
    if (typed === '') continue;
    const money = readMoney(typed, currency);
    if ('mistake' in money) mistakes.set(id, money.mistake.replace('one expense', 'a budget'));
    else wanted.set(id, money.minor);
  }
  const choices = monthsOn(month);
  const until = choices.includes(typedIn('until')) ? typedIn('until') : month;
  if (mistakes.size > 0) return { mistakes, typed: { amounts, until } };
  return { wanted, months: choices.slice(0, choices.indexOf(until) + 1) };
}

function monthsOn(month: string): string[] {
  return Array.from({ length: MONTHS_ON }, (_, index) => shiftMonth(month, index)).filter((one) => readMonth(one) !== undefined);
}

/** The budgets there are, as the form shows them. */
export function typedOf(budgets: readonly Budget[], month: string, currency: string): TypedBudgets {
  return {
    amounts: new Map(budgets.map(({ categoryId, amountMinor }) => [categoryId, typedMoney(amountMinor, currency)])),
    until: month,
  };
}

export function budgetFields(
  { amounts, until }: TypedBudgets,
  mistakes: ReadonlyMap<string, string>,
  month: string,
  categories: readonly Category[],
  currency: string,
): BudgetFields {
  const field = (id: string, label: string): Field => ({
    name: nameOf(id),
    label,
    value: amounts.get(id) ?? '',
    error: mistakes.get(id) ?? '',
    hint: '',
    keys: 'decimal',
  });
  const [, ...later] = monthsOn(month);
  return {
    whole: { ...field('', `All that the team spends, in ${currency}`), hint: 'Leave it empty for no budget.' },
    categories: categories.map(({ id, label }) => field(id, label)),
    until: {
      name: 'until',
      label: 'For',
      value: until,
      error: '',
      hint: 'Where later months are chosen, what they have is replaced.',
      options: [
        { value: month, label: `${formatMonth(month)} alone` },
        ...later.map((one, index) => ({ value: one, label: `${index + 2} months, until ${formatMonth(one)}` })),
      ],
    },
  };
}
