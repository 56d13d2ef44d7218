import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Expense } from '../expenses/life.ts';
import { type Cursor, cursorAt, type Listing, selectListed, sorts } from '../expenses/list.ts';

/** How many expenses an export holds in memory at once. */
export const EXPORT_BATCH = 500;

/** An expense with what an export says of it besides. */
export interface ExportedExpense extends Expense {
  readonly category_label: string | null;
  /** Null until it is reimbursed, and empty where no reference was given. */
  readonly settlement_reference: string | null;
  readonly receipt_count: number;
}

/** In the order of the list; an empty export is one batch with nothing in it. */
export type Batches = AsyncGenerator<readonly ExportedExpense[], void>;

/**
 * All of the team's list as this viewer may see it, in batches by key: a million are read like a thousand, and nothing is open in
 * the database while somebody takes them slowly. The first batch has been read when this returns, so that what fails there is a
 * page like any other failure.
 */
export async function openExport(
  db: Database,
  team: VisibleTeam,
  viewer: { readonly personId: string },
  listing: Omit<Listing, 'after'>,
): Promise<Batches> {
  const read = async (after?: Cursor) => readBatch(db, team, viewer, { ...listing, after });
  const first = await read();
  return (async function* () {
    let batch = first;
    for (;;) {
      yield batch;
      const last = batch.at(-1);
      if (batch.length < EXPORT_BATCH || last === undefined) return;
      // SQLite answers at once, and so may whoever takes it: other people's requests come in between.
      await setImmediate();
      batch = await read(cursorAt(last, listing.sort));
    }
  })();
}

async function readBatch(
  db: Database,
  team: VisibleTeam,
  viewer: { readonly personId: string },
  listing: Listing,
): Promise<ExportedExpense[]> {
  return db
    .selectFrom(selectListed(db, team, viewer, listing, EXPORT_BATCH).as('found'))
    .leftJoin('category', 'category.id', 'found.category_id')
    .leftJoin('settlement', 'settlement.id', 'found.settlement_id')
    .selectAll('found')
    .select(({ selectFrom, fn }) => [
      'category.label as category_label',
      'settlement.reference as settlement_reference',
      selectFrom('receipt')
        .whereRef('receipt.expense_id', '=', 'found.id')
        .where('receipt.size', 'is not', null)
        .select(fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('receipt_count'),
    ])
    .orderBy(`found.${sorts[listing.sort ?? 'newest']}`, 'desc')
    .orderBy('found.id', 'desc')
    .execute();
}
