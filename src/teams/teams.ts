/* The room teams: teams. */
import { type Selectable, sql } from 'kysely';
import { prepared } from '../database/prepared.ts';
import type { Database, TeamTable, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { type Holder, may } from '../rights/policy.ts';

/** A team's id stands in addresses. Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown. */
export const teamIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

declare const seen: unique symbol;

/**
 * A team that somebody was found to be allowed to see. Only this file makes one, and everything that reads a team's
 * expenses takes one: a forgotten check does not compile.
 */
export type VisibleTeam = Readonly<Selectable<TeamTable>> & {
  readonly [seen]: true;
  /** Moves with every change of what is shown of the team: of what is logged in it, its budgets, its own row, and the categories. */
  readonly version: string;
};

/** @returns undefined for a team that does not exist and for one of others alike. */
export async function findVisibleTeam(db: Database, viewer: Holder, id: string): Promise<VisibleTeam | undefined> {
  if (!teamIdPattern.test(id) || !may(viewer, 'see-team', { teamId: id }).allowed) return undefined;
  const [team] = await selectTeam(db, { id });
  return team as VisibleTeam | undefined;
}

const selectTeam = prepared((db, { id }: { readonly id: string }) => selectTeams(db).where('team.id', '=', id));

function selectTeams(db: Database | Transaction) {
  return db
    .selectFrom('team')
    .leftJoin('data_version as own', 'own.team_id', 'team.id')
    .leftJoin('data_version as shared', (join) => join.on('shared.team_id', '=', ''))
    .select(['team.id', 'team.label', 'team.currency', 'team.archived_at', 'team.second_approval_above'])
    .select(sql<string>`coalesce(own.version, '') || ' ' || coalesce(shared.version, '')`.as('version'));
}

/**
 * Keeps a team from being archived or given another currency until this transaction ends: what is logged in it is worth what its
 * currency says.
 * @throws Problem `conflict` where either has happened since it was read.
 */
export async function holdTeam(db: Transaction, { id, label, currency }: VisibleTeam): Promise<void> {
  // A write, because both engines let others wait for it.
  const held = await db
    .updateTable('team')
    .set((row) => ({ label: row.ref('label') }))
    .where('id', '=', id)
    .where('currency', '=', currency)
    .where('archived_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (held !== undefined) return;
  throw new Problem(
    'conflict',
    `${label} was archived or given another currency meanwhile. Nothing was done; look at it again.`,
    {
      reason: 'team-changed',
    },
  );
}

/** The teams that the viewer may see, by label. */
export async function listVisibleTeams(db: Database, viewer: Holder): Promise<VisibleTeam[]> {
  let query = selectTeams(db);
  // Without a role in the organisation, only the teams that are named can be seen.
  if (!may(viewer, 'see-team').allowed) {
    const ids = viewer.rights.flatMap(({ given: { teamId } }) => teamId ?? []);
    if (ids.length === 0) return [];
    query = query.where('team.id', 'in', [...new Set(ids)]);
  }
  const teams = await query.execute();
  const visible = teams.filter((team) => may(viewer, 'see-team', { teamId: team.id }).allowed);
  return (visible as VisibleTeam[]).toSorted((a, b) => byLabel.compare(a.label, b.label));
}

/** The currencies that teams have, but for those that are archived. */
export async function listTeamCurrencies(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('team').select('currency').distinct().where('archived_at', 'is', null).execute();
  return rows.map(({ currency }) => currency).toSorted();
}

/** @returns the team as seen by whoever adds it, so that its first expenses can follow in the same transaction. */
export async function addTeam(
  db: Transaction,
  team: Pick<Selectable<TeamTable>, 'id' | 'label' | 'currency'>,
): Promise<VisibleTeam> {
  const added = await db.insertInto('team').values(team).returningAll().executeTakeFirstOrThrow();
  return { ...added, version: '' } as VisibleTeam;
}

/** Names are sorted here, because each database server has an alphabet of its own. */
export const byLabel = new Intl.Collator('en', { numeric: true });
