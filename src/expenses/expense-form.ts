import { z } from 'zod';
import { type Field, type Mistakes, oneLine, readForm, type SelectField, severalLines, type Typed } from '../web/forms.ts';
import type { Category } from './categories.ts';
import type { ExpenseContent } from './expenses.ts';
import type { Expense } from './life.ts';
import { currencies, currencyOptions } from './money.ts';
import { readMoney, typedMoney } from './money-input.ts';
import { TYPED } from './rates.ts';

const form = z.object({
  item: oneLine(200).refine((text) => text !== '', 'Say what it was.'),
  amount: oneLine(60),
  currency: z.string(),
  rate: oneLine(60),
  spentOn: z.iso
    .date('Give the day as year-month-day, such as 2026-01-31.')
    .refine((day) => day >= '2000-01-01', 'That is too long ago. Check the year.'),
  category: z.string(),
  merchant: oneLine(200),
  note: severalLines(2_000),
  spender: oneLine(254),
});

type FieldName = keyof typeof form.shape;
export type ExpenseTyped = Typed<FieldName>;
export type ExpenseMistakes = Mistakes<FieldName>;

/** What was typed, before it is known what an amount in another currency was worth. */
export interface TypedContent extends Omit<ExpenseContent, 'amountMinor' | 'paid'> {
  /** In the currency below, in its minor units. */
  readonly amountMinor: number;
  readonly currency: string;
}

export type ReadExpense =
  | { readonly content: TypedContent; readonly typed: ExpenseTyped }
  | { readonly mistakes: ExpenseMistakes; readonly typed: ExpenseTyped };

/**
 * @param teamCurrency what it was paid in, unless something else is chosen.
 * @param latest the last day that is not in the future anywhere on earth.
 * @param kept the category that it has already, and keeps also where it is no longer offered.
 */
export function readExpense(
  body: unknown,
  teamCurrency: string,
  categories: readonly Category[],
  latest: string,
  kept?: string,
): ReadExpense {
  const read = readForm(form, body);
  const { typed } = read;
  const currency = typed.currency === '' ? teamCurrency : typed.currency;
  const isKnown = currency === teamCurrency || currencies.has(currency);
  const money = isKnown ? readMoney(typed.amount, currency) : { mistake: 'Choose the currency below first.' };
  const category = categories.find((one) => one.id === typed.category && isOffered(one, kept));
  const mistakes: ExpenseMistakes = {
    ...('mistake' in money && { amount: money.mistake }),
    ...(!isKnown && { currency: 'Choose a currency.' }),
    ...(category === undefined && { category: 'Choose a category.' }),
    ...(typed.spentOn > latest && { spentOn: 'This day has not come yet.' }),
    ...('mistakes' in read && read.mistakes),
  };
  if (!('values' in read) || 'mistake' in money || Object.keys(mistakes).length > 0) return { mistakes, typed };
  const { item, spentOn, merchant, note } = read.values;
  return { typed, content: { item, spentOn, merchant, note, amountMinor: money.minor, currency, categoryId: typed.category } };
}

function isOffered({ id, retired_at: retired }: Category, kept: string | undefined): boolean {
  return retired === null || id === kept;
}

/** Wherever somebody is, it is no later than this: the line where days begin is 14 hours ahead of UTC. */
export function latestDay(now: Date): string {
  return new Date(now.getTime() + 14 * 60 * 60_000).toISOString().slice(0, 10);
}

/** Of an expense that is yet to be. */
export const nothingTyped: ExpenseTyped = {
  item: '',
  amount: '',
  currency: '',
  rate: '',
  spentOn: '',
  category: '',
  merchant: '',
  note: '',
  spender: '',
};

export function typedOf(expense: Expense): ExpenseTyped {
  const { item, merchant, note, currency, category_id: category, spent_on: spentOn } = expense;
  const rate = expense.rate_source === TYPED ? (expense.rate ?? '') : '';
  return {
    item,
    merchant,
    note,
    category,
    spentOn,
    amount: typedMoney(expense.amount_minor, currency),
    currency,
    rate,
    spender: '',
  };
}

export interface ExpenseFields {
  readonly item: Field;
  readonly amount: Field;
  readonly currency: SelectField;
  /** Undefined until it is needed. */
  readonly rate: Field | undefined;
  readonly spentOn: Field;
  readonly category: SelectField;
  readonly merchant: Field;
  readonly note: Field;
}

/** In the order in which they lie in somebody's hand. @param kept as for `readExpense`. */
export function expenseFields(
  typed: ExpenseTyped,
  mistakes: ExpenseMistakes,
  teamCurrency: string,
  categories: readonly Category[],
  kept?: string,
): ExpenseFields {
  const field = (name: FieldName, label: string, hint: string): Field => ({
    name,
    label,
    hint,
    value: typed[name],
    error: mistakes[name] ?? '',
  });
  return {
    item: field('item', 'What was it?', 'Such as “Train to Berlin” or “Lunch with the customer”.'),
    amount: { ...field('amount', 'Amount', 'As the receipt has it.'), keys: 'decimal' },
    currency: {
      ...field('currency', 'Currency', `The team’s is ${teamCurrency}; what was paid in another one is converted.`),
      value: typed.currency === '' ? teamCurrency : typed.currency,
      options: currencyOptions([teamCurrency]),
    },
    rate:
      typed.rate === '' && mistakes.rate === undefined
        ? undefined
        : {
            ...field(
              'rate',
              `Rate: ${teamCurrency} for one ${typed.currency}`,
              'Counts only while no rate has been entered for that day.',
            ),
            keys: 'decimal',
          },
    spentOn: { ...field('spentOn', 'Day', ''), type: 'date' },
    category: {
      ...field('category', 'Category', ''),
      options: [
        { value: '', label: 'Choose…' },
        ...categories.filter((category) => isOffered(category, kept)).map(({ id, label }) => ({ value: id, label })),
      ],
    },
    merchant: field('merchant', 'Merchant', 'Who was paid. May stay empty.'),
    note: field('note', 'Note', 'Whatever the one who decides should know. May stay empty.'),
  };
}
