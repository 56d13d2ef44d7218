import { z } from 'zod';
import { type Field, type Mistakes, oneLine, readForm, type SelectField, severalLines, type Typed } from '../web/forms.ts';
import type { Category } from './categories.ts';
import type { ExpenseContent } from './expenses.ts';
import type { Expense } from './life.ts';
import { readMoney, typedMoney } from './money-input.ts';

const form = z.object({
  item: oneLine(200).refine((text) => text !== '', 'Say what it was.'),
  amount: oneLine(60),
  spentOn: z.iso
    .date('Give the day as year-month-day, such as 2026-01-31.')
    .refine((day) => day >= '2000-01-01', 'That is too long ago. Check the year.'),
  category: z.string(),
  merchant: oneLine(200),
  note: severalLines(2_000),
});

type FieldName = keyof typeof form.shape;
export type ExpenseTyped = Typed<FieldName>;
export type ExpenseMistakes = Mistakes<FieldName>;

export type ReadExpense =
  | { readonly content: ExpenseContent; readonly typed: ExpenseTyped }
  | { readonly mistakes: ExpenseMistakes; readonly typed: ExpenseTyped };

/**
 * @param latest the last day that is not in the future anywhere on earth.
 * @param kept the category that it has already, and keeps also where it is no longer offered.
 */
export function readExpense(
  body: unknown,
  currency: string,
  categories: readonly Category[],
  latest: string,
  kept?: string,
): ReadExpense {
  const read = readForm(form, body);
  const { typed } = read;
  const money = readMoney(typed.amount, currency);
  const category = categories.find(({ id, retired_at: retired }) => id === typed.category && (retired === null || id === kept));
  const mistakes: ExpenseMistakes = {
    ...('mistake' in money && { amount: money.mistake }),
    ...(category === undefined && { category: 'Choose a category.' }),
    ...(typed.spentOn > latest && { spentOn: 'This day has not come yet.' }),
    ...('mistakes' in read && read.mistakes),
  };
  if (!('values' in read) || 'mistake' in money || Object.keys(mistakes).length > 0) return { mistakes, typed };
  const { item, spentOn, merchant, note } = read.values;
  return { typed, content: { item, spentOn, merchant, note, amountMinor: money.minor, categoryId: typed.category } };
}

/** Wherever somebody is, it is no later than this: the line where days begin is 14 hours ahead of UTC. */
export function latestDay(now: Date): string {
  return new Date(now.getTime() + 14 * 60 * 60_000).toISOString().slice(0, 10);
}

export function typedOf(expense: Expense): ExpenseTyped {
  const { item, merchant, note, category_id: category, spent_on: spentOn } = expense;
  return { item, merchant, note, category, spentOn, amount: typedMoney(expense.amount_minor, expense.currency) };
}

export interface ExpenseFields {
  readonly item: Field;
  readonly amount: Field;
  readonly spentOn: Field;
  readonly category: SelectField;
  readonly merchant: Field;
  readonly note: Field;
}

/** In the order in which they lie in somebody's hand. */
export function expenseFields(
  typed: ExpenseTyped,
  mistakes: ExpenseMistakes,
  currency: string,
  categories: readonly Category[],
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
    amount: { ...field('amount', `Amount in ${currency}`, 'As the receipt has it.'), keys: 'decimal' },
    spentOn: { ...field('spentOn', 'Day', ''), type: 'date' },
    category: {
      ...field('category', 'Category', ''),
      options: [
        { value: '', label: 'Choose…' },
        ...categories
          .filter(({ id, retired_at: retired }) => retired === null || id === typed.category)
          .map(({ id, label }) => ({ value: id, label })),
      ],
    },
    merchant: field('merchant', 'Merchant', 'Who was paid. May stay empty.'),
    note: field('note', 'Note', 'Whatever the one who decides should know. May stay empty.'),
  };
}
