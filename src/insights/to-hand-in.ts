import { sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Sum } from '../expenses/spending.ts';

/** What somebody has begun or was given back, in one team. */
export interface ToHandIn extends Sum {
  readonly teamId: string;
  readonly state: 'draft' | 'rejected';
}

/** What this person has still to hand in, by team: drafts, and what was rejected and can be corrected. */
export async function listToHandIn(db: Database, { personId }: { readonly personId: string }): Promise<ToHandIn[]> {
  const rows = await db
    .selectFrom('expense')
    .select(({ fn }) => ['team_id', 'state', fn.countAll<number>().as('count'), fn.sum<number>('team_amount_minor').as('amount')])
    .where('spender_id', '=', personId)
    // In the words of an index that holds these alone.
    .where(sql<boolean>`state in ('draft', 'rejected')`)
    .groupBy(['team_id', 'state'])
    .orderBy('team_id')
    .orderBy('state')
    .execute();
  return rows.map(({ team_id: teamId, state, count, amount }) => ({
    teamId,
    state: state === 'draft' ? 'draft' : 'rejected',
    count,
    amountMinor: amount,
  }));
}
