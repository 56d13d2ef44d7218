import type { ExpressionBuilder, Selectable } from 'kysely';
import type { Database, Schema, TeamTable, Transaction } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';

/** A team's id stands in addresses. Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown. */
const teamId = /^[a-z0-9][a-z0-9-]{0,63}$/;

declare const seen: unique symbol;

/**
 * A team that somebody was found to be allowed to see. Only this file makes one, and everything that reads a team's
 * expenses takes one: a forgotten check does not compile.
 */
export type VisibleTeam = Readonly<Selectable<TeamTable>> & { readonly [seen]: true };

/** @returns undefined for a team that does not exist and for one of others alike, in one query for both. */
export async function findVisibleTeam(db: Database, viewer: Viewer, id: string): Promise<VisibleTeam | undefined> {
  if (viewer.verifiedEmail === undefined || !teamId.test(id)) return undefined;
  const team = await db
    .selectFrom('team')
    .selectAll()
    .where('team.id', '=', id)
    .where(seesTeam(viewer.verifiedEmail))
    .executeTakeFirst();
  return team as VisibleTeam | undefined;
}

/** The teams that the viewer may see, by label. */
export async function listVisibleTeams(db: Database, viewer: Viewer): Promise<VisibleTeam[]> {
  if (viewer.verifiedEmail === undefined) return [];
  const teams = await db.selectFrom('team').selectAll().where(seesTeam(viewer.verifiedEmail)).execute();
  return (teams as VisibleTeam[]).toSorted((a, b) => byLabel.compare(a.label, b.label));
}

/** @returns the team as seen by whoever adds it, so that its first expenses can follow in the same transaction. */
export async function addTeam(db: Transaction, team: Selectable<TeamTable>): Promise<VisibleTeam> {
  const added = await db.insertInto('team').values(team).returningAll().executeTakeFirstOrThrow();
  return added as VisibleTeam;
}

/** Names are sorted here, because each database server has an alphabet of its own. */
const byLabel = new Intl.Collator('en', { numeric: true });

/** The one condition for "may see this team": a rule for this team, or one that makes an admin. */
function seesTeam(email: string) {
  return ({ exists, selectFrom }: ExpressionBuilder<Schema, 'team'>) =>
    exists(
      selectFrom('rule')
        .select('rule.id')
        .where('rule.claim', '=', 'email')
        .where('rule.value', '=', email)
        .where((rule) => rule.or([rule('rule.team_id', '=', rule.ref('team.id')), rule('rule.role', '=', 'admin')])),
    );
}
