import type { Database, ExpenseState, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { spent } from './life.ts';
import { moveSpending, type Spent } from './spending.ts';

export interface Total {
  /** Of all, also of those that come to nothing. */
  readonly count: number;
  /** In the team's currency, in its minor units. */
  readonly amountMinor: number;
}

/**
 * How many expenses a team has, and what it has spent in all; nothing yet is 0, not missing. Drafts are nobody else's business, so
 * there is no total of them.
 */
export async function findTotal(db: Database, team: VisibleTeam): Promise<Total> {
  const rows = await db.selectFrom('team_total').selectAll().where('team_id', '=', team.id).execute();
  return rows.reduce(
    (sum, { state, expense_count: count, amount_minor: amount }) => ({
      count: sum.count + count,
      amountMinor: sum.amountMinor + (spent.includes(state) ? amount : 0),
    }),
    { count: 0, amountMinor: 0 },
  );
}

/**
 * Moves the team's totals, and what it spends, with an expense, in the same transaction.
 * @param was undefined for a new one.
 * @param is undefined for one that is deleted.
 */
export async function moveTotals(db: Transaction, teamId: string, was: Spent | undefined, is: Spent | undefined): Promise<void> {
  const moves = new Map<ExpenseState, Move>();
  const move = ({ state, team_amount_minor: amount }: Spent, sign: 1 | -1) => {
    const known = moves.get(state) ?? { count: 0, amount: 0 };
    moves.set(state, { count: known.count + sign, amount: known.amount + sign * amount });
  };
  if (was !== undefined) move(was, -1);
  if (is !== undefined) move(is, 1);
  await addToTotals(db, teamId, moves);
  await moveSpending(db, teamId, was, is);
}

/** What comes to the total of one state: how many expenses, and how much of the team's currency. */
export interface Move {
  readonly count: number;
  readonly amount: number;
}

/**
 * The most that a team can spend in all, in minor units of its currency. Below what can be kept exactly by the largest expenses of
 * many who submit at the same moment: they do not wait for each other, and each finds room for its own.
 */
export const LARGEST_TOTAL = 9_000_000_000_000_000;

/**
 * Moves a team's totals by this much at once, in the transaction of what it is about. What does not count as spent comes to nothing,
 * and drafts are not even counted: somebody's own must not keep others from theirs.
 * @throws Problem `conflict` where the team would spend more than can be added up; so no sum of a part of it is larger, either.
 */
export async function addToTotals(db: Transaction, teamId: string, moves: ReadonlyMap<ExpenseState, Move>): Promise<void> {
  const counted = [...moves].filter(([state]) => state !== 'draft');
  await assertAddsUp(db, teamId, counted);
  // In one order, so that two changes that come at once wait for each other and not for ever.
  for (const [state, move] of counted.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [count, amount] = [move.count, spent.includes(state) ? move.amount : 0];
    const moved = await db
      .updateTable('team_total')
      .set((total) => ({
        expense_count: total('expense_count', '+', count),
        amount_minor: total('amount_minor', '+', amount),
      }))
      .where('team_id', '=', teamId)
      .where('state', '=', state)
      .returning('team_id')
      .executeTakeFirst();
    if (moved !== undefined) continue;
    await db
      .insertInto('team_total')
      .values({ team_id: teamId, state, expense_count: count, amount_minor: amount })
      .onConflict((conflict) =>
        conflict.columns(['team_id', 'state']).doUpdateSet((total) => ({
          expense_count: total('team_total.expense_count', '+', total.ref('excluded.expense_count')),
          amount_minor: total('team_total.amount_minor', '+', total.ref('excluded.amount_minor')),
        })),
      )
      .execute();
  }
}

async function assertAddsUp(db: Transaction, teamId: string, moves: readonly (readonly [ExpenseState, Move])[]): Promise<void> {
  const more = moves.reduce((sum, [state, { amount }]) => sum + (spent.includes(state) ? amount : 0), 0);
  if (more <= 0) return;
  const { sum } = await db
    .selectFrom('team_total')
    .select(({ fn }) => fn.sum<number | null>('amount_minor').as('sum'))
    .where('team_id', '=', teamId)
    .where('state', 'in', spent)
    .executeTakeFirstOrThrow();
  if ((sum ?? 0) + more > LARGEST_TOTAL) {
    throw new Problem(
      'conflict',
      'With this, what the team spends comes to more than Outlay can add up, so nothing was done. Check the amounts.',
      { reason: 'total-too-large' },
    );
  }
}
