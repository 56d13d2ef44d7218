import type { Selectable } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Database, SettlementTable, Transaction } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { displayNameOf } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { type Doing } from './doing.ts';
import type { VisibleExpense } from './expenses.ts';

/** What was paid back together, and since when the accountant has it. */
export type Settlement = Selectable<SettlementTable> & {
  /** When it was first saved for the accountant; null where it was not. */
  readonly saved_at: string | null;
  readonly saved_by_name: string | null;
};

/** What a settlement came to in one currency, that of the teams. */
export interface SettlementSum {
  readonly settlement_id: string | null;
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: number;
}

/** A place in the list of settlements. */
export type SettlementKey = Pick<Settlement, 'settled_at' | 'id'>;

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

/** All there are, the newest first. @param after the last one of the page before. */
export async function listSettlements(
  db: Database,
  limit: number,
  after?: SettlementKey,
): Promise<{ settlements: Settlement[]; more: boolean }> {
  let query = selectSettlements(db);
  if (after !== undefined) {
    const { settled_at: at, id } = after;
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('settled_at', 'settlement.id'), '<', tuple(at, id)));
  }
  const rows = await query
    .orderBy('settled_at', 'desc')
    .orderBy('settlement.id', 'desc')
    .limit(limit + 1)
    .execute();
  return { settlements: rows.slice(0, limit), more: rows.length > limit };
}

function selectSettlements(db: Database) {
  return db
    .selectFrom('settlement')
    .leftJoin('accountant_file', 'accountant_file.settlement_id', 'settlement.id')
    .selectAll('settlement')
    .select(['accountant_file.saved_at', 'accountant_file.saved_by_name']);
}

/** What these came to, a row for each and each currency. */
export async function sumSettlements(db: Database, ids: readonly string[]): Promise<SettlementSum[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('expense')
    .innerJoin('team', 'team.id', 'expense.team_id')
    .select(({ fn }) => [
      'settlement_id',
      'team.currency',
      fn.countAll<number>().as('count'),
      fn.sum<number>('team_amount_minor').as('amount'),
    ])
    .where('settlement_id', 'in', ids)
    .groupBy(['settlement_id', 'team.currency'])
    .orderBy('team.currency')
    .execute();
  return rows.map(({ amount, ...row }) => ({ ...row, amountMinor: amount }));
}

/**
 * Keeps others from changing a settlement, adding to it and saving it for the accountant until this transaction ends.
 * @returns undefined where there is none.
 */
export async function holdSettlement(db: Transaction, id: string): Promise<Settlement | undefined> {
  // A write, because both engines let others wait for it; what was saved meanwhile is read only then.
  await db
    .updateTable('settlement')
    .set((row) => ({ reference: row.ref('reference') }))
    .where('id', '=', id)
    .execute();
  return selectSettlements(db).where('settlement.id', '=', id).executeTakeFirst();
}

/**
 * Gives a settlement the payment reference that it lacks.
 * @returns false where there is no such settlement.
 * @throws Problem `conflict` where it has another one already, or was saved for the accountant without one.
 */
export async function giveReference(db: Transaction, id: string, given: string, doing: Doing): Promise<boolean> {
  const { viewer, at, reference } = doing;
  const settlement = await holdSettlement(db, id);
  if (settlement === undefined) return false;
  if (settlement.reference === given) return true;
  if (settlement.reference !== '' || settlement.saved_at !== null) {
    throw new Problem(
      'conflict',
      settlement.reference === ''
        ? 'This was saved for the accountant without a payment reference meanwhile, and what was saved stays as it is. Nothing was changed.'
        : 'This has been given a payment reference meanwhile. Nothing was changed.',
      { heading: 'The payment reference stays', reason: 'settlement-referenced' },
    );
  }
  await db.updateTable('settlement').set({ reference: given }).where('id', '=', id).execute();
  const about = { kind: 'settlement', id, name: given };
  await recordAudit(db, { action: 'reference-given', by: auditedViewer(viewer), about, reference }, () => at);
  return true;
}
