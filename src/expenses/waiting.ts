import { type ExpressionBuilder, sql } from 'kysely';
import type { Database, Schema } from '../database/schema.ts';
import { may } from '../rights/policy.ts';
import type { Actor, Expense } from './life.ts';

/** The most that is counted for the number in the navigation; there it stands for "as many or more". */
export const MOST_COUNTED = 100;

/** An expense and the currency of its team. */
export type WaitingExpense = Expense & { readonly team_currency: string };

/** How many expenses wait for this person to approve or settle them, up to `MOST_COUNTED`. Costs nothing for whoever decides on nothing. */
export async function countWaiting(db: Database, viewer: Actor): Promise<number> {
  const condition = waitsFor(viewer);
  if (condition === undefined) return 0;
  const rows = await db.selectFrom('expense').select('id').where(condition).limit(MOST_COUNTED).execute();
  return rows.length;
}

/** What waits for this person, the oldest first. @param after the last one of the page before. */
export async function listWaiting(
  db: Database,
  viewer: Actor,
  limit: number,
  after?: { readonly loggedAt: string; readonly id: string },
): Promise<{ expenses: WaitingExpense[]; more: boolean }> {
  const condition = waitsFor(viewer);
  if (condition === undefined) return { expenses: [], more: false };
  let query = db
    .selectFrom('expense')
    .innerJoin('team', 'team.id', 'expense.team_id')
    .selectAll('expense')
    .select('team.currency as team_currency')
    .where(condition);
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('logged_at', 'expense.id'), '>', tuple(after.loggedAt, after.id)),
    );
  }
  const rows = await query
    .orderBy('logged_at')
    .orderBy('expense.id')
    .limit(limit + 1)
    .execute();
  return { expenses: rows.slice(0, limit), more: rows.length > limit };
}

/** Whether there is anything at all on which this person ever decides. */
export function decidesOnSomething(viewer: Actor): boolean {
  return waitsFor(viewer) !== undefined;
}

/** The same as `judge` says of each, for many at once. Undefined for whoever decides on nothing. */
function waitsFor(viewer: Actor) {
  const managed = [...new Set(viewer.rights.flatMap(({ given }) => given.teamId ?? []))].filter(
    (teamId) => may(viewer, 'decide-expense', { teamId }).allowed,
  );
  const everywhere = { settles: may(viewer, 'settle-expense').allowed, approvesSecond: may(viewer, 'approve-second').allowed };
  if (managed.length === 0 && !everywhere.settles && !everywhere.approvesSecond) return undefined;
  const { personId } = viewer;
  return ({ and, or, eb }: ExpressionBuilder<Schema, 'expense'>) => {
    const notBy = (column: 'spender_id' | 'logged_by' | 'first_approved_by' | 'decided_by') =>
      or([eb(column, 'is', null), eb(column, '<>', personId)]);
    const foreign = and([notBy('spender_id'), notBy('logged_by')]);
    const undecided = and([eb('state', '=', 'submitted'), foreign, notBy('first_approved_by')]);
    const mine = or([
      ...(managed.length === 0 ? [] : [and([undecided, eb('team_id', 'in', managed)])]),
      ...(everywhere.approvesSecond ? [and([undecided, eb('first_approved_by', 'is not', null)])] : []),
      ...(everywhere.settles
        ? [and([eb('state', '=', 'approved'), foreign, or([eb('logged_by', 'is not', null), notBy('decided_by')])])]
        : []),
    ]);
    // Follows from the rest; said once more, in the words of an index that holds these alone.
    return and([sql<boolean>`expense.state in ('submitted', 'approved')`, mine]);
  };
}
