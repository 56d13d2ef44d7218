import type { GroupsState } from '../database/schema.ts';
import { formatDay } from '../web/clock.ts';
import type { KnownClaims } from './claims.ts';
import type { Given, Origin, Right, Role, Rule } from './rights.ts';

/** What a role is called, alone. */
export const roleWords: Readonly<Record<Role, string>> = {
  member: 'Member',
  manager: 'Manager',
  admin: 'Admin',
  finance: 'Finance',
  auditor: 'Auditor',
};

/** What a role opens, for whoever is about to give it. */
export const roleMeanings: Readonly<Record<Role, string>> = {
  member: 'sees the team’s spending and logs their own',
  manager: 'sees the team’s spending, logs for anybody in it, and decides on what others spent',
  admin: 'sees every team; teams, people and rules are theirs to change',
  finance: 'sees every team, reimburses, sets limits and closes months',
  auditor: 'sees everything, the audit record too, and changes nothing',
};

/** @param labelOf a team's label by its id; a team that is gone is called by its id. */
export function describeGiven({ role, teamId }: Given, labelOf: (teamId: string) => string | undefined): string {
  return teamId === null
    ? `Every team, as ${role === 'finance' ? 'finance' : `an ${role}`}`
    : `${labelOf(teamId) ?? teamId}, as a ${role}`;
}

/** What a rule asks for, as the end of a sentence: "whose …". */
export function describeCondition({ claim, operator, value }: Pick<Rule, 'claim' | 'operator' | 'value'>): string {
  const is = operator === 'equals' ? 'is' : 'is like';
  if (claim === 'email') return `e-mail address ${is} ${value}`;
  if (claim === 'email_domain') return `e-mail domain ${is} ${value}`;
  return operator === 'equals' ? `claim “${claim}” has “${value}”` : `claim “${claim}” has something like “${value}”`;
}

/** Why somebody has a right, as a sentence. */
export function describeOrigin({ origin }: Right): string {
  if (origin.kind === 'grant') return `Given by ${origin.grant.givenBy} on ${formatDay(origin.grant.givenAt)}.`;
  if (origin.kind === 'setting') return `The setting ${origin.setting} names ${quoteMet(origin)}.`;
  const { rule, met } = origin;
  const because = rule.operator === 'matches' ? ` (here ${quoteMet({ met })})` : '';
  return `A rule gives this to everybody whose ${describeCondition(rule)}${because}.`;
}

function quoteMet({ met }: Pick<Extract<Origin, { readonly met: string }>, 'met'>): string {
  return `“${met}”`;
}

/** Which of the four states the groups are in, and since when what is known of them holds. */
export function describeGroups({ groups, groupsToldAt }: KnownClaims): string {
  const since = groupsToldAt === undefined ? undefined : formatDay(groupsToldAt.toISOString());
  const last = since === undefined ? 'None are known, so none count.' : `The ones it named on ${since} still count.`;
  const words: Readonly<Record<GroupsState, string>> = {
    present: 'Your company’s sign-in named the groups below.',
    empty: 'Your company’s sign-in says: in no group.',
    absent: `Your company’s sign-in did not say anything about groups. ${last}`,
    overflowing: `There are more groups than your company’s sign-in can send along. ${last}`,
  };
  return words[groups];
}
