import { z } from 'zod';
import type { TeamRole } from '../database/schema.ts';
import { type Given, organisationRoles, type Role, type Rule, teamRoles } from '../rights/rights.ts';
import type { RuleChange } from '../rights/rule-changes.ts';
import type { Rules } from '../rights/rules.ts';
import { roleMeanings, roleWords } from '../rights/words.ts';
import { type Field, type Mistakes, readForm, type SelectField, type Typed } from '../web/forms.ts';
import { isSeen } from '../web/unseen.ts';
import { noSuchPage } from '../web/problem-handler.ts';

/** An index of PostgreSQL takes 2,704 bytes; a character of a claim’s name and of a value may need three each. */
const MAX_CLAIM = 200;

const ruleForm = z.object({
  claim: z
    .string()
    .trim()
    .min(1, 'Say what the rule looks at: email, email_domain, or a claim such as groups.')
    .max(MAX_CLAIM, `A claim’s name has ${MAX_CLAIM} characters at most.`)
    .refine(isSeen, 'A claim’s name has no line breaks or invisible marks in it.'),
  operator: z.enum(['equals', 'matches'], 'Choose how the value is compared.'),
  value: z
    .string()
    .trim()
    .min(1, 'Say which value the rule waits for.')
    .max(500, 'A value has 500 characters at most.')
    .refine(isSeen, 'A value has no line breaks or invisible marks in it.'),
  role: z.enum([...teamRoles, ...organisationRoles], 'Choose a role.'),
  team: z.string(),
});

const grantForm = ruleForm.pick({ role: true, team: true });

type RuleField = keyof typeof ruleForm.shape;
export type RuleTyped = Typed<RuleField>;
export type RuleMistakes = Mistakes<RuleField>;

/** What a form of a rule asks for, read: a change that can be previewed and made, or what is wrong. */
export type AskedChange = { readonly rule: Rule | undefined; readonly typed: RuleTyped } & (
  | { readonly change: RuleChange }
  | { readonly mistakes: RuleMistakes }
);

/** @throws Problem `not-found` for a rule that is not there. */
export function readRuleChange(body: unknown, rules: Rules, teamIds: ReadonlySet<string>): AskedChange {
  const { kind, id } = asked.parse(body ?? {});
  const rule = kind === 'add' ? undefined : findRule(rules, id);
  if (rule !== undefined && kind === 'remove') return { rule, typed: typedOf(rule), change: { kind, id: rule.id } };
  const form = readForm(ruleForm, body);
  if (!('values' in form)) return { rule, typed: form.typed, mistakes: form.mistakes };
  const { role, team, ...condition } = form.values;
  if (condition.claim === 'email_domain' && condition.value.includes('@')) {
    return { rule, typed: form.typed, mistakes: { value: 'A domain is what stands behind the @, such as example.com.' } };
  }
  const given = toGiven(role, team, teamIds);
  if ('mistakes' in given) return { rule, typed: form.typed, mistakes: given.mistakes };
  const content = { ...condition, gives: given.gives };
  return {
    rule,
    typed: form.typed,
    change: rule === undefined ? { kind: 'add', content } : { kind: 'change', id: rule.id, content },
  };
}

const asked = z.object({ kind: z.enum(['add', 'change', 'remove']).catch('add'), id: z.string().catch('') });

/** @throws Problem `not-found`. */
export function findRule(rules: Rules, id: unknown): Rule {
  const rule = rules.all.find((known) => known.id === id);
  if (rule === undefined) throw noSuchPage();
  return rule;
}

/** What role and team say together, for rules and grants alike; or what is wrong with them. */
function toGiven(
  role: Role,
  team: string,
  teamIds: ReadonlySet<string>,
): { readonly gives: Given } | { readonly mistakes: { readonly team: string } } {
  if (!isTeamRole(role)) {
    return team === ''
      ? { gives: { role, teamId: null } }
      : { mistakes: { team: 'This role counts for every team. Choose no team.' } };
  }
  return teamIds.has(team) ? { gives: { role, teamId: team } } : { mistakes: { team: 'Choose the team.' } };
}

function isTeamRole(role: Role): role is TeamRole {
  return (teamRoles as readonly Role[]).includes(role);
}

export type GrantTyped = Typed<'role' | 'team'>;
export type GrantMistakes = Mistakes<'role' | 'team'>;

/** What the form of a grant asks for, read. */
export function readGrant(
  body: unknown,
  teamIds: ReadonlySet<string>,
): { readonly gives: Given } | { readonly typed: GrantTyped; readonly mistakes: GrantMistakes } {
  const form = readForm(grantForm, body);
  if (!('values' in form)) return form;
  const given = toGiven(form.values.role, form.values.team, teamIds);
  return 'gives' in given ? given : { typed: form.typed, ...given };
}

export function typedOf({ claim, operator, value, gives }: Rule): RuleTyped {
  return { claim, operator, value, role: gives.role, team: gives.teamId ?? '' };
}

/** What most rules are about. */
export function newRule(groupsClaim: string): RuleTyped {
  return { claim: groupsClaim, operator: 'equals', value: '', role: 'member', team: '' };
}

/** A choice of a role, for rules and grants alike. */
export function roleField(value: string, error: string | undefined): SelectField {
  return {
    name: 'role',
    label: 'Role',
    value,
    error: error ?? '',
    hint: 'Member and manager are roles within a team; the others count for every team.',
    options: [...teamRoles, ...organisationRoles].map((role) => ({
      value: role,
      label: `${roleWords[role]}: ${roleMeanings[role]}`,
    })),
  };
}

export function teamField(
  value: string,
  error: string | undefined,
  teams: readonly { readonly id: string; readonly label: string }[],
  none = 'No team',
): SelectField {
  return {
    name: 'team',
    label: 'Team',
    value,
    error: error ?? '',
    hint: 'For a role within a team.',
    options: [{ value: '', label: none }, ...teams.map(({ id, label }) => ({ value: id, label }))],
  };
}

/** The fields in the order of the sentence: whose what is which, is given what. */
export function ruleFields(
  typed: RuleTyped,
  mistakes: RuleMistakes,
  teams: readonly { readonly id: string; readonly label: string }[],
): {
  readonly claim: Field;
  readonly operator: SelectField;
  readonly value: Field;
  readonly role: SelectField;
  readonly team: SelectField;
} {
  return {
    claim: {
      name: 'claim',
      label: 'Everybody whose',
      value: typed.claim,
      error: mistakes.claim ?? '',
      hint: 'email, email_domain, or a claim of your company’s sign-in, such as groups; a nested one with points between. An address counts only where it is verified.',
    },
    operator: {
      name: 'operator',
      label: 'How it is compared',
      value: typed.operator,
      error: mistakes.operator ?? '',
      hint: 'A list fits if one of its values does.',
      options: [
        { value: 'equals', label: 'is exactly' },
        { value: 'matches', label: 'is like (* stands for anything)' },
      ],
    },
    value: {
      name: 'value',
      label: 'Value',
      value: typed.value,
      error: mistakes.value ?? '',
      hint: 'Capital and small letters differ, but not in addresses.',
    },
    role: roleField(typed.role, mistakes.role),
    team: teamField(typed.team, mistakes.team, teams),
  };
}
