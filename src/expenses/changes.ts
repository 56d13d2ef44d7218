import { randomUUIDv7 } from 'node:crypto';
import { type AuditAction, recordAudit } from '../audit/record.ts';
import type { ExpenseState, Transaction } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { may } from '../rights/policy.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { addExpense, type ExpenseContent, type VisibleExpense } from './expenses.ts';
import { editable, type Expense, isOwn, judge, stateWords, type Transition } from './life.ts';
import { assertWithinLimits, checkLimits, holdSpender } from './limits.ts';
import { holdMonthsOpen } from './months.ts';
import { moveTotals } from './totals.ts';

/** Who does something, when, and in which request. */
export interface Doing {
  readonly viewer: Viewer;
  readonly at: Date;
  readonly reference: string;
}

/**
 * Begins an expense of the viewer's own, as a draft that only they see.
 * @param id of the form that it comes from, where that has one: what is sent twice is logged once.
 * @throws Problem `not-allowed` without a role in the team that may, `conflict` in an archived team or a closed month, and for an
 * id that is taken.
 */
export async function addDraft(
  db: Transaction,
  team: VisibleTeam,
  content: ExpenseContent,
  { viewer, at }: Doing,
  id?: string,
): Promise<VisibleExpense> {
  assertMayLog(viewer, team);
  await holdMonthsOpen(db, content.spentOn);
  await holdSpender(db, viewer.personId);
  const added = await addExpense(db, team, {
    ...content,
    id,
    spenderId: viewer.personId,
    spenderName: displayNameOf(viewer),
    loggedAt: at,
  });
  await addStep(db, added, viewer, at, null, '');
  return added;
}

/**
 * Corrects a draft, or what was rejected.
 * @param version as the form had it.
 * @throws Problem `not-allowed` for somebody else's, `conflict` where it has changed meanwhile, can no longer be
 * corrected, or is or would be in a closed month.
 */
export async function changeExpense(
  db: Transaction,
  expense: VisibleExpense,
  version: number,
  content: ExpenseContent,
  { viewer, at }: Doing,
): Promise<VisibleExpense> {
  assertCanChange(viewer, expense);
  assertMayLog(viewer, expense.team);
  if (version !== expense.version) throw changedMeanwhile(expense);
  await holdMonthsOpen(db, expense.spent_on, content.spentOn);
  await holdSpender(db, expense.spender_id);
  const { item, amountMinor, spentOn, categoryId, merchant, note } = content;
  const changed = await db
    .updateTable('expense')
    .set({
      item,
      merchant,
      note,
      spent_on: spentOn,
      category_id: categoryId,
      amount_minor: amountMinor,
      team_amount_minor: amountMinor,
    })
    .set((row) => ({ version: row('version', '+', 1), changed_at: at.toISOString() }))
    .where('id', '=', expense.id)
    .where('version', '=', expense.version)
    .returningAll()
    .executeTakeFirst();
  if (changed === undefined) throw changedMeanwhile(expense);
  await moveTotals(db, expense.team_id, expense, changed);
  return { ...expense, ...changed };
}

/** @throws Problem as `changeExpense` does; only a draft goes without a trace. */
export async function deleteDraft(db: Transaction, expense: VisibleExpense, version: number, { viewer }: Doing): Promise<void> {
  assertCanChange(viewer, expense);
  await holdMonthsOpen(db, expense.spent_on);
  const gone = await db
    .deleteFrom('expense')
    .where('id', '=', expense.id)
    .where('version', '=', version)
    .where('state', '=', 'draft')
    .returningAll()
    .executeTakeFirst();
  if (gone === undefined) throw changedMeanwhile(expense);
  await moveTotals(db, expense.team_id, gone, undefined);
}

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
    .updateTable('expense')
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

/** Submits it unless a limit has something to say of it: then it stays as it is, so that whoever logs it reads that first. */
export async function submitUnlessFound(db: Transaction, expense: VisibleExpense, doing: Doing): Promise<void> {
  // Before the question, so that the answer still holds when it is submitted.
  await holdMonthsOpen(db, expense.spent_on);
  await holdSpender(db, expense.spender_id);
  if ((await checkLimits(db, expense, doing.at)).length === 0) await moveExpense(db, expense, 'submission', doing);
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

async function addStep(
  db: Transaction,
  { id, state, version }: Expense,
  viewer: Viewer,
  at: Date,
  from: ExpenseState | null,
  comment: string,
): Promise<void> {
  await db
    .insertInto('expense_step')
    .values({
      id: randomUUIDv7(),
      expense_id: id,
      version,
      at: at.toISOString(),
      person_id: viewer.personId,
      person_name: displayNameOf(viewer),
      from_state: from,
      to_state: state,
      comment,
    })
    .execute();
}

/** @throws Problem as `addDraft` does. */
export function assertMayLog(viewer: Viewer, team: VisibleTeam): void {
  const verdict = may(viewer, 'log-expense', { teamId: team.id });
  if (!verdict.allowed) throw new Problem('not-allowed', verdict.reason, { reason: 'role-missing' });
  if (team.archived_at !== null) {
    throw new Problem('conflict', `${team.label} is archived, so nothing is logged in it any more. Nothing was changed.`, {
      reason: 'team-archived',
    });
  }
}

/** @throws Problem `not-allowed` for somebody else’s, `conflict` where it can no longer be corrected. */
export function assertCanChange(viewer: Viewer, expense: VisibleExpense): void {
  if (!isOwn(viewer, expense))
    throw new Problem('not-allowed', 'Only whoever spent or logged an expense can change it.', { reason: 'not-own' });
  if (!editable.includes(expense.state)) throw changedMeanwhile(expense);
}

export function changedMeanwhile({ state }: Expense, cause?: unknown): Problem {
  return new Problem(
    'conflict',
    `This expense has changed since you looked at it (it was “${stateWords[state].toLowerCase()}”), so nothing was done. Look at it again.`,
    { cause, reason: 'expense-changed' },
  );
}
