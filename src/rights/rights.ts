/* The room rights: who may do what, and why. */
import type { OrganisationRole, RightGrantTable, RuleTable, TeamRole } from '../database/schema.ts';
import type { Selectable } from 'kysely';

export const organisationRoles = ['admin', 'finance', 'auditor'] as const satisfies readonly OrganisationRole[];
export const teamRoles = ['member', 'manager'] as const satisfies readonly TeamRole[];
export type Role = OrganisationRole | TeamRole;

/** A role in the whole organisation, or one within a team. */
export type Given =
  | { readonly role: OrganisationRole; readonly teamId: null }
  | { readonly role: TeamRole; readonly teamId: string };

/** Whoever proves that a claim has this value is given this. */
export type Rule = Readonly<Pick<Selectable<RuleTable>, 'id' | 'claim' | 'operator' | 'value'>> & { readonly gives: Given };

/** What an admin gave to one person. */
export interface Grant {
  readonly id: string;
  readonly gives: Given;
  readonly givenBy: string;
  readonly givenAt: string;
}

/** Where a right comes from: a rule and the value that it met, a setting that acts as a rule, or an admin. */
export type Origin =
  | { readonly kind: 'rule'; readonly rule: Rule; readonly met: string }
  | { readonly kind: 'setting'; readonly setting: 'ADMIN_EMAIL' | 'ADMIN_GROUP'; readonly met: string }
  | { readonly kind: 'grant'; readonly grant: Grant };

/** Something that somebody is given, and why. */
export interface Right {
  readonly given: Given;
  readonly origin: Origin;
}

/** As the columns of `rule` and `right_grant` have it; their CHECK holds role and team together. */
export function toGiven({ role, team_id: teamId }: { readonly role: Role; readonly team_id: string | null }): Given {
  return { role, teamId } as Given;
}

export function toRule({ id, claim, operator, value, ...given }: Selectable<RuleTable>): Rule {
  return { id, claim, operator, value, gives: toGiven(given) };
}

export function toGrant(row: Omit<Selectable<RightGrantTable>, 'person_id'>): Grant {
  return { id: row.id, gives: toGiven(row), givenBy: row.given_by, givenAt: row.given_at };
}

/** One word for what is given, equal exactly where the same is given. */
export function keyOf({ role, teamId }: Given): string {
  return teamId === null ? role : `${role} ${teamId}`;
}
