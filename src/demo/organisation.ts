import { readFileSync } from 'node:fs';
import { z } from 'zod';

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
  expenses: z.record(z.string(), z.array(z.object({ name: z.string(), item: z.string(), amount: z.number().positive() }))),
});

/** The sample organisation: whom the demonstration provider knows, and what `loadSampleOrganisation` writes. */
export const organisation = sampleOrganisation.parse(
  JSON.parse(readFileSync(new URL('organisation.json', import.meta.url), 'utf8')),
);

/** How the file says that somebody is an admin; anything else is a team's id. */
const everyTeam = 'every team (admin)';

/** @returns the team's id, or undefined for somebody who sees every team. */
export function teamSeenBy({ sees }: (typeof organisation.people)[number]): string | undefined {
  return sees === everyTeam ? undefined : sees;
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
  sees: organisation.teams.find(({ id }) => id === teamSeenBy(person))?.label ?? 'Every team, as an admin',
  claims: { name: person.name, email: person.email, email_verified: true, locale: person.locale, groups: person.groups },
}));
