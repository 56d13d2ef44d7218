import { z } from 'zod';
import type { Category } from '../expenses/categories.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { type Field, type Mistakes, oneLine, readForm, type SelectField, type Typed } from '../web/forms.ts';
import type { AccountRule, AccountScope, Booking } from './account-rules.ts';

/** As long as an account, a cost centre or a tax code may be, in characters. */
const MAX_CODE = 40;

const form = z.object({
  team: z.string(),
  category: z.string(),
  account: oneLine(MAX_CODE),
  costCentre: oneLine(MAX_CODE),
  taxCode: oneLine(MAX_CODE),
});

type FieldName = keyof typeof form.shape;
export type AccountTyped = Typed<FieldName>;
export type AccountMistakes = Mistakes<FieldName>;

/** What rules may speak of: all teams, and all categories, also those that are no longer offered. */
export interface AccountChoices {
  readonly teams: readonly VisibleTeam[];
  readonly categories: readonly Category[];
}

export function readAccountForm(
  body: unknown,
  choices: AccountChoices,
): { readonly typed: AccountTyped } & (
  | { readonly scope: AccountScope; readonly booking: Booking }
  | { readonly mistakes: AccountMistakes }
) {
  const read = readForm(form, body);
  const { typed } = read;
  const scope = readScope(typed, choices);
  const mistakes: AccountMistakes = { ...('mistakes' in scope && scope.mistakes), ...('mistakes' in read && read.mistakes) };
  if (!('values' in read) || 'mistakes' in scope) return { typed, mistakes };
  const { account, costCentre, taxCode } = read.values;
  if (account === '' && costCentre === '' && taxCode === '')
    return { typed, mistakes: { account: 'Give an account, a cost centre or a tax code.' } };
  return { typed, scope, booking: { account, cost_centre: costCentre, tax_code: taxCode } };
}

/** Which team and which category are meant; empty is every one. */
export function readScope(
  { team, category }: Pick<AccountTyped, 'team' | 'category'>,
  { teams, categories }: AccountChoices,
): AccountScope | { readonly mistakes: AccountMistakes } {
  const mistakes: AccountMistakes = {
    ...(team !== '' && !teams.some(({ id }) => id === team) && { team: 'Choose one of the teams, or every team.' }),
    ...(category !== '' &&
      !categories.some(({ id }) => id === category) && { category: 'Choose one of the categories, or every category.' }),
  };
  if (Object.keys(mistakes).length > 0) return { mistakes };
  return { teamId: team === '' ? null : team, categoryId: category === '' ? null : category };
}

const asked = z.object({ team: z.string().catch(''), category: z.string().catch('') });

/** The form as an address asks for it: of one team and category, with the rule that they have. */
export function typedFor(query: unknown, rules: readonly AccountRule[]): AccountTyped {
  const { team, category } = asked.parse(query);
  const rule = rules.find(({ team_id, category_id }) => (team_id ?? '') === team && (category_id ?? '') === category);
  return { team, category, account: rule?.account ?? '', costCentre: rule?.cost_centre ?? '', taxCode: rule?.tax_code ?? '' };
}

export interface AccountFields {
  readonly team: SelectField;
  readonly category: SelectField;
  readonly account: Field;
  readonly costCentre: Field;
  readonly taxCode: Field;
}

export function accountFields(typed: AccountTyped, mistakes: AccountMistakes, choices: AccountChoices): AccountFields {
  const field = (name: FieldName, label: string, hint: string): Field => ({
    name,
    label,
    hint,
    value: typed[name],
    error: mistakes[name] ?? '',
  });
  return {
    team: {
      ...field('team', 'Team', ''),
      options: [{ value: '', label: 'Every team' }, ...choices.teams.map(({ id, label }) => ({ value: id, label }))],
    },
    category: {
      ...field('category', 'Category', ''),
      options: [
        { value: '', label: 'Every category' },
        ...choices.categories.map(({ id, label, retired_at: retired }) => ({
          value: id,
          label: retired === null ? label : `${label} (no longer offered)`,
        })),
      ],
    },
    account: field(
      'account',
      'Account',
      'Such as 4940. Of the three, one is enough; what stays empty here comes from a less exact rule.',
    ),
    costCentre: field('costCentre', 'Cost centre', ''),
    taxCode: field('taxCode', 'Tax code', ''),
  };
}
