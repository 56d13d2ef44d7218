import { readFileSync } from 'node:fs';
import { z } from 'zod';

const sampleOrganisation = z.object({
  organisation: z.string(),
  currency: z.string(),
  teams: z.array(z.object({ id: z.string(), label: z.string() })),
  people: z.array(z.object({ name: z.string(), email: z.email(), sees: z.string() })),
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
  /** OpenID Connect Core §5.1. */
  readonly claims: { readonly name?: string; readonly email?: string; readonly email_verified?: unknown };
}

export const samplePeople: readonly DemoPerson[] = organisation.people.map((person, index) => ({
  subject: `demo-${index + 1}`,
  sees: organisation.teams.find(({ id }) => id === teamSeenBy(person))?.label ?? 'Every team, as an admin',
  claims: { name: person.name, email: person.email, email_verified: true },
}));
