import type { Selectable } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { ReceiptTable } from '../database/schema-receipts.ts';
import type { VisibleExpense } from './expenses.ts';

/** One that has arrived whole. */
export type Receipt = Selectable<ReceiptTable> & { readonly size: number; readonly sha256: string };

const receiptId = /^[\da-f-]{36}$/;

/** @returns undefined where this expense has no such receipt, or not all of it has arrived. */
export async function findReceipt(db: Database, expense: VisibleExpense, id: string): Promise<Receipt | undefined> {
  // Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown.
  if (!receiptId.test(id)) return undefined;
  const receipt = await db
    .selectFrom('receipt')
    .selectAll()
    .where('id', '=', id)
    .where('expense_id', '=', expense.id)
    .where('size', 'is not', null)
    .executeTakeFirst();
  return receipt as Receipt | undefined;
}

/** For whoever decides: in how many other expenses the same file lies, and not in which. */
export type ListedReceipt = Receipt & { readonly elsewhere: number };

/**
 * An expense's receipts, as they were added. Drafts of others are nobody's business and what was withdrawn is never paid, so
 * neither counts as elsewhere; a draft counts once it has been submitted, in time for whoever decides on it.
 */
export async function listReceipts(db: Database, expense: VisibleExpense): Promise<ListedReceipt[]> {
  const receipts = await db
    .selectFrom('receipt')
    .selectAll()
    .select(({ selectFrom }) =>
      selectFrom('receipt as other')
        .innerJoin('expense', 'expense.id', 'other.expense_id')
        .whereRef('other.sha256', '=', 'receipt.sha256')
        .whereRef('other.expense_id', '<>', 'receipt.expense_id')
        .where('expense.state', 'not in', ['draft', 'withdrawn'])
        .select(({ fn }) => fn.count<number>('other.expense_id').distinct().as('count'))
        .as('elsewhere'),
    )
    .where('expense_id', '=', expense.id)
    .where('size', 'is not', null)
    .orderBy('id')
    .execute();
  return receipts as ListedReceipt[];
}

export async function hasReceipt(db: Database, expense: VisibleExpense): Promise<boolean> {
  const found = db.selectFrom('receipt').select('id').where('expense_id', '=', expense.id).where('size', 'is not', null);
  return (await found.executeTakeFirst()) !== undefined;
}
