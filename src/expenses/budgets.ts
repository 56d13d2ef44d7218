import { recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { may } from '../rights/policy.ts';
import { Problem } from '../problems.ts';
import { holdTeam, type VisibleTeam } from '../teams/teams.ts';
import type { Doing } from './doing.ts';
import { plainAmount } from './money.ts';
import { holdMonthsOpen } from './months.ts';

/** What a team is to spend at most in a month. */
export interface Budget {
  /** As YYYY-MM. */
  readonly month: string;
  /** Empty for all that the team spends. */
  readonly categoryId: string;
  /** In minor units of the team's currency; more than 0. */
  readonly amountMinor: number;
}

/** The team's budgets of these months, both counting, as YYYY-MM. */
export async function listBudgets(db: Database, team: VisibleTeam, from: string, to: string): Promise<Budget[]> {
  const rows = await db
    .selectFrom('budget')
    .selectAll()
    .where('team_id', '=', team.id)
    .where('month', '>=', from)
    .where('month', '<=', to)
    .orderBy('month')
    .execute();
  return rows.map((row) => ({ month: row.month, categoryId: row.category_id, amountMinor: row.amount_minor }));
}

/**
 * Sets all the budgets of each of these months: what is not among `wanted` has none from then on.
 * @param wanted by category, in minor units of the team's currency; of the empty one for all that the team spends.
 * @throws Problem `not-allowed` without a role that may, `conflict` for an archived team or a closed month.
 */
export async function setBudgets(
  db: Transaction,
  team: VisibleTeam,
  months: readonly string[],
  wanted: ReadonlyMap<string, number>,
  { viewer, at, reference }: Doing,
): Promise<void> {
  const verdict = may(viewer, 'change-budgets', { teamId: team.id });
  if (!verdict.allowed) throw new Problem('not-allowed', verdict.reason, { reason: 'role-missing' });
  await holdMonthsOpen(db, ...months.map((month) => `${month}-01`));
  await holdTeam(db, team);
  const gone = await db.deleteFrom('budget').where('team_id', '=', team.id).where('month', 'in', months).returningAll().execute();
  const rows = months.flatMap((month) =>
    [...wanted].map(([category, amount]) => ({ team_id: team.id, month, category_id: category, amount_minor: amount })),
  );
  if (rows.length > 0) await db.insertInto('budget').values(rows).execute();
  const said = (pairs: readonly (readonly [string, number])[]) =>
    pairs.map(([name, amount]) => `${name === '' ? 'all' : name} ${plainAmount(amount, team.currency)}`).toSorted();
  const detail = {
    months: [...months],
    currency: team.currency,
    budgets: said([...wanted]),
    before: said(gone.map((row) => [`${row.month}${row.category_id && ` ${row.category_id}`}`, row.amount_minor])),
  };
  const about = { kind: 'team', id: team.id, name: team.label };
  await recordAudit(db, { action: 'budgets-set', by: auditedViewer(viewer), about, detail, reference }, () => at);
}
