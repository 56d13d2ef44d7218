import type { ImportKind } from '../database/schema-imports.ts';
import { Problem } from '../problems.ts';
import { type Holder, may } from '../rights/policy.ts';
import type { VisibleTeam } from '../teams/teams.ts';

const actions = { own: 'log-expense', team: 'import-expenses' } as const;

/** What this person may bring into this team: their own, as whoever logs expenses; the team's past, as finance. */
export function kindsFor(viewer: Holder, team: VisibleTeam): ImportKind[] {
  if (team.archived_at !== null) return [];
  return (['own', 'team'] as const).filter((kind) => may(viewer, actions[kind], { teamId: team.id }).allowed);
}

/** @throws Problem `not-allowed` without a role that may, `conflict` in an archived team. */
export function assertMayImport(viewer: Holder, team: VisibleTeam, kind: ImportKind): void {
  const verdict = may(viewer, actions[kind], { teamId: team.id });
  if (!verdict.allowed) throw new Problem('not-allowed', verdict.reason, { reason: 'role-missing' });
  if (team.archived_at === null) return;
  throw new Problem('conflict', `${team.label} is archived, so nothing is imported into it any more. Nothing was changed.`, {
    reason: 'team-archived',
  });
}
