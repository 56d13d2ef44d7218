import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/schema.ts';
import { displayNameOf, type Viewer, type ViewerNow } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { inPieces } from '../web/pieces.ts';
import type { Upload } from '../web/upload.ts';
import { assertCanChange, assertMayLog } from './drafts.ts';
import { changedMeanwhile } from './life.ts';
import { findVisibleExpense, type VisibleExpense } from './expenses.ts';
import { editable } from './life.ts';
import { holdMonthsOpen } from './months.ts';
import { clearLeftovers } from './receipt-leftovers.ts';
import { receiptName, refusedName } from './receipt-name.ts';
import type { ReceiptStorages } from './receipt-places.ts';
import { PIECE_SIZE, type ReceiptStorage } from './receipt-storage.ts';
import { formats, sniffType } from './receipt-type.ts';
import { findReceipt } from './receipts.ts';

/** How many receipts an expense may have. */
export const MAX_RECEIPTS = 20;
/** How many come at a time: as much as somebody photographs. */
export const MAX_FILES = 10;
/** How large each may be, in bytes. "10 MB" as whoever counts in 1024s means it, so that nobody who reads it is refused. */
export const MAX_RECEIPT_SIZE = 10 * 1024 * 1024;
export interface ReceiptParts {
  readonly db: Database;
  readonly storages: ReceiptStorages;
  readonly viewerNow: ViewerNow;
  readonly now: Clock;
  readonly log: Logger;
}

/** @throws Problem `not-allowed` for an expense of somebody else's, `conflict` for one that can no longer be corrected. */
export function assertMayChangeReceipts(viewer: Viewer, expense: VisibleExpense): void {
  assertCanChange(viewer, expense);
  assertMayLog(viewer, expense.team);
}

/**
 * Adds receipts to a draft or to what was rejected: all of them, or nothing. The same file once more changes nothing. Bytes
 * arrive outside of any transaction.
 * @returns how many came.
 * @throws Problem as `assertMayChangeReceipts` does, also where that changes while the files arrive; `conflict` in a closed month;
 * `invalid` for what is no receipt and for one too many; and what reading the form throws.
 */
export async function addReceipts(
  parts: ReceiptParts,
  expense: VisibleExpense,
  viewer: Viewer,
  uploads: AsyncIterable<Upload>,
): Promise<number> {
  const { db, storages } = parts;
  assertMayChangeReceipts(viewer, expense);
  await clearLeftovers(parts);
  // By their ids they are listed, and of two that are made within a millisecond the first need not be the smaller one.
  const ids = Array.from({ length: MAX_FILES }, () => randomUUIDv7()).toSorted();
  const begun: string[] = [];
  const arrived: ArrivedReceipt[] = [];
  try {
    for await (const upload of uploads) {
      const id = ids.shift() ?? randomUUIDv7();
      begun.push(id);
      arrived.push(await keep(parts, expense, viewer, upload, id));
    }
    // Minutes may have passed, and whoever has left the team or was signed out meanwhile adds nothing to it.
    const still = await parts.viewerNow(viewer);
    const expenseNow = await findVisibleExpense(db, still, expense.id);
    if (expenseNow === undefined) throw changedMeanwhile(expense);
    assertMayChangeReceipts(still, expenseNow);
    if (arrived.length > 0) await finish(db, expense, arrived, parts.storages.current);
    return arrived.length;
  } catch (error) {
    const dropped = begun.length === 0 ? [] : await db.deleteFrom('receipt').where('id', 'in', begun).returning('id').execute();
    for (const id of begun) await storages.current.remove(id);
    // The expense was deleted while the files arrived, and what was begun has gone with it.
    throw dropped.length < begun.length && !(error instanceof Problem) ? changedMeanwhile(expense, error) : error;
  }
}

/** A receipt whose content is there, and which is not yet one of the expense's. */
interface ArrivedReceipt {
  readonly id: string;
  readonly size: number;
  readonly sha256: string;
}

async function keep(
  { db, storages, now }: ReceiptParts,
  expense: VisibleExpense,
  viewer: Viewer,
  upload: Upload,
  id: string,
): Promise<ArrivedReceipt> {
  await using pieces = inPieces(upload.bytes, PIECE_SIZE);
  const first = (await pieces.next()).value;
  const type = first && sniffType(first);
  if (first === undefined) throw refused('receipt-empty', `${refusedName(upload.name)} is empty`);
  if (type === undefined)
    throw refused('receipt-type', `${refusedName(upload.name)} is no ${formatNames()}, whatever its name says`);
  const name = receiptName(upload.name, type);
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for (let piece = first; piece !== undefined; piece = (await pieces.next()).value) {
      hash.update(piece);
      size += piece.length;
      yield piece;
    }
  }
  const added = { added_by: viewer.personId, added_by_name: displayNameOf(viewer), added_at: now().toISOString() };
  await db
    .insertInto('receipt')
    .values({ id, expense_id: expense.id, name, type, ...added, stored_in: storages.current.place })
    .execute();
  await storages.current.write(id, measured());
  return { id, size, sha256: hash.digest('hex') };
}

/** Makes them the expense's, but for what it has already: that is gone again. */
async function finish(
  db: Database,
  expense: VisibleExpense,
  arrived: readonly ArrivedReceipt[],
  storage: ReceiptStorage,
): Promise<void> {
  const surplus: string[] = [];
  await db.transaction().execute(async (transaction) => {
    await lockEditable(transaction, expense);
    const kept = await transaction
      .selectFrom('receipt')
      .select('sha256')
      .where('expense_id', '=', expense.id)
      .where('size', 'is not', null)
      .execute();
    const known = new Set(kept.map(({ sha256 }) => sha256));
    for (const { id, size, sha256 } of arrived) {
      if (known.has(sha256)) {
        surplus.push(id);
        continue;
      }
      known.add(sha256);
      await transaction
        .updateTable('receipt')
        .set({ size, sha256 })
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirstOrThrow();
    }
    if (known.size > MAX_RECEIPTS) throw refused('receipts-full', `An expense has ${MAX_RECEIPTS} receipts at most`);
    if (surplus.length > 0) await transaction.deleteFrom('receipt').where('id', 'in', surplus).execute();
  });
  for (const id of surplus) await storage.remove(id);
}

/** So that nobody hands it in, deletes it or adds another receipt at the same moment; on either engine a write is what locks. */
async function lockEditable(db: Transaction, expense: VisibleExpense): Promise<void> {
  await holdMonthsOpen(db, expense.spent_on);
  const locked = await db
    .updateTable('expense_row')
    .set((row) => ({ version: row.ref('version') }))
    .where('id', '=', expense.id)
    .where('state', 'in', editable)
    // The month that is held is that of this day.
    .where('spent_on', '=', expense.spent_on)
    .returning('id')
    .executeTakeFirst();
  if (locked === undefined) throw changedMeanwhile(expense);
}

/** @throws Problem as `assertMayChangeReceipts` does, `not-found` where the expense has no such receipt. */
export async function removeReceipt(parts: ReceiptParts, expense: VisibleExpense, viewer: Viewer, id: string): Promise<void> {
  assertMayChangeReceipts(viewer, expense);
  const receipt = await findReceipt(parts.db, expense, id);
  if (receipt === undefined) throw noSuchPage();
  await parts.db.transaction().execute(async (transaction) => {
    await lockEditable(transaction, expense);
    await transaction.deleteFrom('receipt').where('id', '=', receipt.id).execute();
  });
  await clearLeftovers(parts);
}

function formatNames(): string {
  const labels = Object.values(formats).map(({ label }) => label);
  return `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

function refused(reason: string, what: string): Problem {
  return new Problem('invalid', `${what}. Nothing was added.`, { reason });
}
