import { randomUUIDv7 } from 'node:crypto';
import type { Database, Transaction } from '../database/schema.ts';
import { normalizeEmail } from '../people/people.ts';
import type { Viewer } from '../people/viewer.ts';

/** What a rule gives: sight of one team, or, to an admin, of every team. */
export type Grant = { readonly role: 'member'; readonly teamId: string } | { readonly role: 'admin' };

/** Adds the rule "whoever proves this e-mail address gets this". Adding it twice is adding it once. */
export async function addEmailRule(db: Transaction, email: string, grant: Grant): Promise<void> {
  const teamId = grant.role === 'member' ? grant.teamId : null;
  await db
    .insertInto('rule')
    .values({ id: randomUUIDv7(), claim: 'email', value: normalizeEmail(email), role: grant.role, team_id: teamId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A rule that holds for the viewer now; `teamLabel` is undefined where it gives every team. */
export interface Right {
  readonly teamLabel: string | undefined;
  readonly email: string;
}

/** Worked out from the rules as they are at this moment, never kept in the session: a changed rule holds at once. */
export async function listRights(db: Database, viewer: Viewer): Promise<Right[]> {
  const email = viewer.verifiedEmail;
  if (email === undefined) return [];
  const rows = await db
    .selectFrom('rule')
    .leftJoin('team', 'team.id', 'rule.team_id')
    .select('team.label')
    .where('rule.claim', '=', 'email')
    .where('rule.value', '=', email)
    .execute();
  return rows.map((row) => ({ teamLabel: row.label ?? undefined, email }));
}

/** The answer to "why can I see this?", a sentence per right. */
export function describeRight(right: Right): { what: string; why: string } {
  return right.teamLabel === undefined
    ? { what: 'Every team, as an admin', why: `A rule makes ${right.email} an admin.` }
    : { what: right.teamLabel, why: `A rule puts ${right.email} into this team.` };
}
