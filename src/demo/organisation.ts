/* The room demo: the demonstration. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Given } from '../rights/rights.ts';

const sampleOrganisation = z.object({
  organisation: z.string(),
  currency: z.string(),
  teams: z.array(z.object({ id: z.string(), label: z.string() })),
  people: z.array(
    z.object({
      name: z.string(),
      email: z.email(),
      locale: z.string().optional(),
      groups: z.array(z.string()),
      sees: z.string(),
    }),
  ),
  /** What each team is to spend at most in the running month. */
  budgets: z.record(z.string(), z.number().positive()),
  /** In which category an item is, where it is in one of the usual ones. */
  categories: z.record(z.string(), z.string()),
  expenses: z.record(z.string(), z.array(z.object({ name: z.string(), item: z.string(), amount: z.number().positive() }))),
});

/** The sample organisation: whom the demonstration provider knows, and what `loadSampleOrganisation` writes. */
export const organisation = sampleOrganisation.parse(
  JSON.parse(readFileSync(new URL('organisation.json', import.meta.url), 'utf8')),
);

/** What somebody is given, as the file says it: a team's id for a member, "TEAM (manager)", or "every team (ROLE)". */
export function givenTo({ sees }: Pick<(typeof organisation.people)[number], 'sees'>): Given {
  const [, team = '', role = 'member'] = /^(.*?)(?: \((\w+)\))?$/.exec(sees) ?? [];
  return role === 'member' || role === 'manager'
    ? { role, teamId: team }
    : { role: z.enum(['admin', 'finance']).parse(role), teamId: null };
}

const words: Readonly<Record<string, string>> = {
  admin: 'Every team, as an admin',
  finance: 'Every team, in finance for all of them',
};

function sayGiven({ role, teamId }: Given): string {
  const label = organisation.teams.find(({ id }) => id === teamId)?.label;
  return label === undefined ? (words[role] ?? role) : role === 'manager' ? `${label}, as its manager` : label;
}

/** Somebody the demonstration provider knows. */
export interface DemoPerson {
  /** Like any provider's: it says nothing, and is not the e-mail address. */
  readonly subject: string;
  /** What choosing this person shows, in words. */
  readonly sees: string;
  readonly claims: DemoClaims;
}

/** What the demonstration provider can be made to say of somebody, right or wrong. */
export interface DemoClaims {
  /** OpenID Connect Core §5.1. */
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly email_verified?: unknown;
  readonly locale?: unknown;
  /** No standard says what groups look like: a list of names as Okta sends it, or anything else. */
  readonly groups?: unknown;
  readonly roles?: unknown;
  readonly department?: unknown;
  /** Keycloak's, with the roles one level down. */
  readonly realm_access?: unknown;
  /** Where a claim is to be had that is not sent itself (Core §5.6.2). */
  readonly _claim_names?: Readonly<Record<string, string>> | undefined;
  readonly _claim_sources?: Readonly<Record<string, object>> | undefined;
}

export const samplePeople: readonly DemoPerson[] = organisation.people.map((person, index) => ({
  subject: `demo-${index + 1}`,
  sees: sayGiven(givenTo(person)),
  claims: { name: person.name, email: person.email, email_verified: true, locale: person.locale, groups: person.groups },
}));
