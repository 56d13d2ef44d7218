import type { Selectable } from 'kysely';
import type { Database, SettlementTable, Transaction } from '../database/schema.ts';
import { displayNameOf } from '../people/viewer.ts';
import { type Doing } from './doing.ts';
import type { VisibleExpense } from './expenses.ts';

/**
 * What is paid back together: one expense, or many at once; written once something has been.
 * @param reference what the payment is found by at the bank; may be empty.
 */
export async function addSettlement(db: Transaction, id: string, reference: string, { viewer, at }: Doing): Promise<void> {
  await db
    .insertInto('settlement')
    .values({ id, reference, settled_by: viewer.personId, settled_by_name: displayNameOf(viewer), settled_at: at.toISOString() })
    .execute();
}

/** How this expense was paid back; undefined where it was not yet, or not here. */
export async function findSettlement(
  db: Database,
  { settlement_id: id }: VisibleExpense,
): Promise<Selectable<SettlementTable> | undefined> {
  if (id === null) return undefined;
  return db.selectFrom('settlement').selectAll().where('id', '=', id).executeTakeFirst();
}
