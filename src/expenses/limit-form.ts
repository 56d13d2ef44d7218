import { z } from 'zod';
import type { LimitKind } from '../database/schema-limits.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { type Field, type Mistakes, oneLine, readForm, type SelectField, type Typed } from '../web/forms.ts';
import { formatCount } from '../web/numbers.ts';
import type { Category } from './categories.ts';
import type { Limit } from './limit-judges.ts';
import { kinds } from './limit-kinds.ts';
import type { LimitContent } from './limit-rules.ts';
import { currencies } from './money.ts';
import { readMoney, typedMoney } from './money-input.ts';

/** The longest age, in days. */
const MAX_DAYS = 3_650;

const form = z.object({
  kind: z.enum(Object.keys(kinds) as [LimitKind, ...LimitKind[]], 'Choose what is limited.'),
  effect: z.enum(['warn', 'block'], 'Choose what the limit does.'),
  team: z.string(),
  category: z.string(),
  amount: oneLine(60),
  currency: oneLine(60).transform((code) => code.toUpperCase()),
  days: oneLine(60),
});

type FieldName = keyof typeof form.shape;
export type LimitTyped = Typed<FieldName>;
export type LimitMistakes = Mistakes<FieldName>;

export type ReadLimit =
  | { readonly content: LimitContent; readonly typed: LimitTyped }
  | { readonly mistakes: LimitMistakes; readonly typed: LimitTyped };

export function readLimit(body: unknown, teams: readonly VisibleTeam[], categories: readonly Category[]): ReadLimit {
  const read = readForm(form, body);
  const { typed } = read;
  if ('mistakes' in read) return { typed, mistakes: read.mistakes };
  const { kind, effect, ...values } = read.values;
  const team = teams.find(({ id }) => id === values.team);
  const scope = {
    ...(values.team !== '' && team === undefined && { team: 'Choose one of the teams, or every team.' }),
    ...(values.category !== '' &&
      !categories.some(({ id }) => id === values.category) && { category: 'Choose one of the categories, or every category.' }),
  };
  const measured = readMeasure(kinds[kind].measure, values, team);
  const mistakes = { ...scope, ...('mistakes' in measured && measured.mistakes) };
  if ('mistakes' in measured || Object.keys(mistakes).length > 0) return { typed, mistakes };
  return {
    typed,
    content: {
      kind,
      effect,
      team_id: team?.id ?? null,
      category_id: values.category === '' ? null : values.category,
      ...measured,
    },
  };
}

type Measure = Pick<LimitContent, 'amount_minor' | 'currency' | 'days'>;

/** What the kind does not measure must be empty: nobody is to believe in an amount that does not count. */
function readMeasure(
  measure: 'amount' | 'days' | 'nothing',
  { amount, currency, days }: Pick<LimitTyped, 'amount' | 'currency' | 'days'>,
  team: VisibleTeam | undefined,
): Measure | { readonly mistakes: LimitMistakes } {
  const needless = {
    ...(measure !== 'amount' && amount !== '' && { amount: 'This limit has no amount. Leave it empty.' }),
    ...(measure !== 'amount' && currency !== '' && { currency: 'This limit has no amount, so no currency. Leave it empty.' }),
    ...(measure !== 'days' && days !== '' && { days: 'This limit has no days. Leave them empty.' }),
  };
  if (Object.keys(needless).length > 0) return { mistakes: needless };
  if (measure === 'nothing') return { amount_minor: null, currency: null, days: null };
  if (measure === 'days') {
    const count = /^\d{1,4}$/.test(days) ? Number(days) : 0;
    return count >= 1 && count <= MAX_DAYS
      ? { amount_minor: null, currency: null, days: count }
      : { mistakes: { days: `Give the days in digits, from 1 to ${formatCount(MAX_DAYS)}.` } };
  }
  const code = currency === '' ? (team?.currency ?? '') : currency;
  if (team !== undefined && code !== team.currency)
    return { mistakes: { currency: `${team.label} spends in ${team.currency}. Leave this empty.` } };
  if (!currencies.has(code))
    return { mistakes: { currency: 'For every team, give the three letters of a currency, such as EUR or USD.' } };
  const money = readMoney(amount, code);
  if ('mistake' in money) return { mistakes: { amount: amount === '' ? 'Say how much it may be.' : money.mistake } };
  return { amount_minor: money.minor, currency: code, days: null };
}

/** As a new one begins, and as a known one is shown. */
export function typedOf(limit: Limit | undefined): LimitTyped {
  if (limit === undefined) return { kind: 'expense', effect: 'warn', team: '', category: '', amount: '', currency: '', days: '' };
  const { kind, effect, team_id: team, category_id: category, amount_minor: amount, currency, days } = limit;
  return {
    kind,
    effect,
    team: team ?? '',
    category: category ?? '',
    amount: amount === null || currency === null ? '' : typedMoney(amount, currency),
    currency: currency ?? '',
    days: days === null ? '' : String(days),
  };
}

export interface LimitFields {
  readonly kind: SelectField;
  readonly effect: SelectField;
  readonly team: SelectField;
  readonly category: SelectField;
  readonly amount: Field;
  readonly currency: Field;
  readonly days: Field;
}

export function limitFields(
  typed: LimitTyped,
  mistakes: LimitMistakes,
  teams: readonly VisibleTeam[],
  categories: readonly Category[],
): LimitFields {
  const field = (name: FieldName, label: string, hint: string): Field => ({
    name,
    label,
    hint,
    value: typed[name],
    error: mistakes[name] ?? '',
  });
  return {
    kind: {
      ...field(
        'kind',
        'What is limited',
        'Days and months are those of the expense. Drafts, rejected and withdrawn expenses do not count.',
      ),
      options: Object.entries(kinds).map(([value, { label }]) => ({ value, label })),
    },
    effect: {
      ...field('effect', 'What it does', 'A warning is read by whoever logs the expense and by whoever decides on it.'),
      options: [
        { value: 'warn', label: 'Warns' },
        { value: 'block', label: 'Blocks: it cannot be submitted' },
      ],
    },
    amount: {
      ...field('amount', 'Amount', 'Exactly this much is still within it. Empty where no amount is limited.'),
      keys: 'decimal',
    },
    currency: field(
      'currency',
      'Currency',
      'For a limit on every team: it counts for the teams that spend in it. Empty for one team.',
    ),
    days: { ...field('days', 'Days', 'Only for how old an expense may be.'), keys: 'numeric' },
    team: {
      ...field('team', 'Team', ''),
      options: [{ value: '', label: 'Every team' }, ...teams.map(({ id, label }) => ({ value: id, label }))],
    },
    category: {
      ...field('category', 'Category', ''),
      options: [
        { value: '', label: 'Every category' },
        ...categories
          .filter(({ id, retired_at: retired }) => retired === null || id === typed.category)
          .map(({ id, label }) => ({ value: id, label })),
      ],
    },
  };
}
