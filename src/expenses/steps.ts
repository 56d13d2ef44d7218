import { type AuditAction, recordAudit } from '../audit/record.ts';
import type { Transaction } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import type { Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { Doing } from './doing.ts';
import { assertMayLog } from './drafts.ts';
import type { VisibleExpense } from './expenses.ts';
import { findAll } from './findings.ts';
import { addStep } from './history.ts';
import { changedMeanwhile, type Expense, isOwn, isSpender, judge, type Transition } from './life.ts';
import { assertWithinLimits, holdSpender } from './limits.ts';
import { holdMonthsOpen } from './months.ts';
import { moveTotals } from './totals.ts';

/** What came of a transition: `before` where this person had done it already, so that nothing was done twice. */
export type Moved = { readonly done: 'now' | 'before'; readonly expense: Expense };

const actions: Readonly<Record<Transition, AuditAction>> = {
  submission: 'expense-submitted',
  withdrawal: 'expense-withdrawn',
  approval: 'expense-approved',
  rejection: 'expense-rejected',
  settlement: 'expense-reimbursed',
};

export interface MoveOptions {
  /** As the viewer saw it; undefined where they said nothing about it. */
  readonly version?: number | undefined;
  readonly comment?: string;
  readonly settlementId?: string;
}

/**
 * One step of an expense's life, with its history, the totals and the audit entry, or nothing of it.
 * @throws Problem `not-allowed` where this person may not, `conflict` where somebody was faster, the state does not allow it
 * or the month is closed, `invalid` where a limit keeps it from being submitted.
 */
export async function moveExpense(
  db: Transaction,
  expense: VisibleExpense,
  transition: Transition,
  { viewer, at, reference }: Doing,
  { version = expense.version, comment = '', settlementId }: MoveOptions = {},
): Promise<Moved> {
  if (wasDoneBy(viewer, expense, transition)) return { done: 'before', expense };
  const judgement = judge(viewer, expense, expense.team.second_approval_above, transition);
  if (!judgement.allowed) throw new Problem(judgement.kind, judgement.sentence, { reason: `expense-${transition}` });
  if (transition === 'submission') assertMayLog(viewer, expense.team);
  if (version !== expense.version) throw changedMeanwhile(expense);
  // Paying back what was approved changes nothing of what was spent in the month (docs/decisions/0023).
  if (transition !== 'settlement') await holdMonthsOpen(db, expense.spent_on);
  if (transition === 'submission') await holdSpender(db, expense.spender_id);
  const { personId } = viewer;
  const moved = await db
    .updateTable('expense_row')
    .set({ state: judgement.to, changed_at: at.toISOString() })
    .set((row) => ({ version: row('version', '+', 1) }))
    .$if(transition === 'submission', (query) => query.set({ first_approved_by: null, decided_by: null }))
    .$if(judgement.first, (query) => query.set({ first_approved_by: personId }))
    // What was approved once counts no more, and whoever approved it may be the one who rejects it.
    .$if(transition === 'rejection', (query) => query.set({ first_approved_by: null }))
    .$if(transition === 'rejection' || (transition === 'approval' && !judgement.first), (query) =>
      query.set({ decided_by: personId }),
    )
    .$if(transition === 'settlement', (query) => query.set({ settled_by: personId, settlement_id: settlementId ?? null }))
    .where('id', '=', expense.id)
    .where('version', '=', expense.version)
    .returningAll()
    .executeTakeFirst();
  if (moved === undefined) throw changedMeanwhile(expense);
  // As it was before, but only now: until its row was written, a receipt could still be removed.
  if (transition === 'submission') await assertWithinLimits(db, expense, at);
  await moveTotals(db, expense.team_id, expense, moved);
  await addStep(db, moved, viewer, at, expense.state, comment);
  const about = { kind: 'expense', id: expense.id, name: expense.item };
  const detail = {
    team: expense.team_id,
    state: moved.state,
    amountMinor: expense.team_amount_minor,
    currency: expense.team.currency,
    first: judgement.first,
  };
  await recordAudit(db, { action: actions[transition], by: auditedViewer(viewer), about, detail, reference }, () => at);
  return { done: 'now', expense: moved };
}

/**
 * Submits it unless a limit or a budget has something to say of it: then it stays as it is, so that whoever logs it reads that first. So does
 * one that somebody else has spent, who hands it in themselves.
 */
export async function submitUnlessFound(db: Transaction, expense: VisibleExpense, doing: Doing): Promise<void> {
  if (!isSpender(doing.viewer, expense)) return;
  // Before the question, so that the answer still holds when it is submitted.
  await holdMonthsOpen(db, expense.spent_on);
  await holdSpender(db, expense.spender_id);
  if ((await findAll(db, expense, doing.at)).length === 0) await moveExpense(db, expense, 'submission', doing);
}

/** A form that was sent twice, or a page that was opened again. */
function wasDoneBy(
  { personId }: Viewer,
  { state, first_approved_by, decided_by, settled_by, ...owners }: Expense,
  transition: Transition,
): boolean {
  const own = isOwn({ personId }, owners);
  if (transition === 'submission') return own && state === 'submitted';
  if (transition === 'withdrawal') return own && state === 'withdrawn';
  if (transition === 'approval')
    return (state === 'approved' && decided_by === personId) || (state === 'submitted' && first_approved_by === personId);
  if (transition === 'rejection') return state === 'rejected' && decided_by === personId;
  return state === 'reimbursed' && settled_by === personId;
}
