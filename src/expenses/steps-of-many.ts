import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { fillPath, paths } from '../web/paths.ts';
import type { Doing } from './doing.ts';
import { findVisibleExpense } from './expenses.ts';
import type { Transition } from './life.ts';
import type { SaidInForm } from './said.ts';
import { addSettlement, holdSettlement } from './settlements.ts';
import { type Moved, moveExpense } from './steps.ts';

/** What came of one of many. */
export interface Outcome {
  readonly item: string;
  readonly href: string;
  readonly sentence: string;
  readonly done: boolean;
}

/**
 * Does the same to many expenses, each in a transaction of its own: one that cannot be done keeps nothing else from being done.
 * What is reimbursed together has one settlement; where that is saved for the accountant meanwhile, the rest has another.
 * @param values an id and the version that somebody looked at, each as `id_version`.
 */
export async function moveAll(
  db: Database,
  transition: Transition,
  values: readonly string[],
  { comment, reference }: SaidInForm['typed'],
  doing: Doing,
): Promise<Outcome[]> {
  let settlementId = randomUUIDv7();
  const outcomes: Outcome[] = [];
  let settled = false;
  for (const value of values) {
    const [id = '', version = ''] = value.split('_');
    const expense = await findVisibleExpense(db, doing.viewer, id);
    if (expense === undefined) {
      outcomes.push({ item: 'An expense', href: '', sentence: 'It is not there any more, or not yours to see.', done: false });
      continue;
    }
    const outcome = { item: expense.item, href: fillPath(paths.expense, { id }) };
    try {
      const moved = await db.transaction().execute(async (transaction) => {
        // Held, so that nothing is added to what the accountant has already.
        if (transition === 'settlement' && settled && (await holdSettlement(transaction, settlementId))?.saved_at !== null) {
          settlementId = randomUUIDv7();
          settled = false;
        }
        const options = { version: Number(version), comment, settlementId };
        const one = await moveExpense(transaction, expense, transition, doing, options);
        if (transition === 'settlement' && one.done === 'now' && !settled)
          await addSettlement(transaction, settlementId, reference, doing);
        return one;
      });
      settled ||= moved.done === 'now';
      outcomes.push({ ...outcome, sentence: sentenceOf(moved, transition), done: true });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcomes.push({ ...outcome, sentence: error.message, done: false });
    }
  }
  return outcomes;
}

const words: Readonly<Record<Transition, string>> = {
  submission: 'Submitted.',
  withdrawal: 'Withdrawn.',
  approval: 'Approved.',
  rejection: 'Rejected.',
  settlement: 'Reimbursed.',
};

function sentenceOf({ done, expense }: Moved, transition: Transition): string {
  if (done === 'before') return 'You had done this already.';
  return transition === 'approval' && expense.state === 'submitted'
    ? 'Approved. Somebody else has to approve it as well.'
    : words[transition];
}
