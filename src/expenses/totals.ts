import type { Database, ExpenseState, Transaction } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { spent } from './life.ts';
import { moveSpending, type Spent } from './spending.ts';

export interface Total {
  /** Of all, also of those that come to nothing. */
  readonly count: number;
  /** In the team's currency, in its minor units. */
  readonly amountMinor: number;
}

/** How many expenses a team has, and what it has spent in all; nothing yet is 0, not missing. Drafts are nobody else's business. */
export async function findTotal(db: Database, team: VisibleTeam): Promise<Total> {
  const rows = await db
    .selectFrom('team_total')
    .selectAll()
    .where('team_id', '=', team.id)
    .where('state', '<>', 'draft')
    .execute();
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

/** Moves a team's totals by this much at once, in the transaction of what it is about. */
export async function addToTotals(db: Transaction, teamId: string, moves: ReadonlyMap<ExpenseState, Move>): Promise<void> {
  // In one order, so that two changes that come at once wait for each other and not for ever.
  for (const [state, { count, amount }] of [...moves].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
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
