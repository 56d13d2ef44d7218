import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/schema.ts';
import type { Doing } from '../expenses/doing.ts';
import { findVisibleExpense } from '../expenses/expenses.ts';
import { findDraftOf } from '../expenses/incoming.ts';
import { submitUnlessFound } from '../expenses/steps.ts';
import { Problem } from '../problems.ts';
import type { Import } from './imports.ts';

/**
 * Submits the drafts of an import that no limit has anything to say of, each in a transaction of its own, as if they were
 * submitted by hand; the others stay as they are.
 * @param doing who submits, as they are when it is asked.
 */
export async function submitDrafts(
  db: Database,
  { id }: Pick<Import, 'id'>,
  doing: () => Promise<Doing>,
  signal: AbortSignal,
): Promise<void> {
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const next = await findDraftOf(db, id, after);
    if (next === undefined) return;
    after = next.line;
    const now = await doing();
    const expense = await findVisibleExpense(db, now.viewer, next.id);
    if (expense === undefined) continue;
    try {
      await db.transaction().execute(async (transaction) => submitUnlessFound(transaction, expense, now));
    } catch (error) {
      // A month that is closed, or a change meanwhile: it stays a draft, and its page says why.
      if (!(error instanceof Problem)) throw error;
    }
    await setImmediate();
  }
}
