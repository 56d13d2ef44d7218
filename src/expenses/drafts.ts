import type { Database, Transaction } from '../database/schema.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { may } from '../rights/policy.ts';
import { holdTeam, type VisibleTeam } from '../teams/teams.ts';
import type { Doing } from './doing.ts';
import { addExpense, amountColumns, type ExpenseContent, type Spender, type VisibleExpense } from './expenses.ts';
import { addStep } from './history.ts';
import { changedMeanwhile, editable, isOwn, isSpender } from './life.ts';
import { holdSpender } from './limits.ts';
import { holdMonthsOpen } from './months.ts';
import { moveTotals } from './totals.ts';

/** What is known of an expense that is yet to be, beside what somebody says of it. */
export interface Beginning {
  /** Of the form that it comes from, where that has one: what is sent twice is logged once. */
  readonly id?: string;
  /** Whoever spent it, if that is not the viewer; `findSpender` finds them. */
  readonly spender?: Spender;
}

/**
 * Begins an expense, as a draft that only whoever spent and whoever logged it see.
 * @throws Problem `not-allowed` without a role in the team that may, `conflict` in an archived team or a closed month, and for an
 * id that is taken.
 */
export async function addDraft(
  db: Transaction,
  team: VisibleTeam,
  content: ExpenseContent,
  { viewer, at }: Doing,
  { id, spender = toSpender(viewer) }: Beginning = {},
): Promise<VisibleExpense> {
  assertMayLog(viewer, team);
  if (spender.id !== viewer.personId) assertMayLogForOthers(viewer, team);
  await holdMonthsOpen(db, content.spentOn);
  await holdSpender(db, spender.id);
  await holdTeam(db, team);
  const added = await addExpense(db, team, {
    ...content,
    id,
    spenderId: spender.id,
    spenderName: spender.name,
    logger: toSpender(viewer),
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
  if (!isSpender(viewer, expense)) assertMayLogForOthers(viewer, expense.team);
  if (version !== expense.version) throw changedMeanwhile(expense);
  await holdMonthsOpen(db, expense.spent_on, content.spentOn);
  await holdSpender(db, expense.spender_id);
  const { item, spentOn, categoryId, merchant, note } = content;
  const changed = await db
    .updateTable('expense_row')
    .set({
      item,
      merchant,
      note,
      spent_on: spentOn,
      category_id: categoryId,
      ...amountColumns(content, expense.team.currency),
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
  // The month that is held is that of this version.
  if (version !== expense.version) throw changedMeanwhile(expense);
  await takeBackDraft(db, expense);
}

/**
 * What `addDraft` began and nothing came of in the same request: nobody was told that it is there, so a month that was closed
 * meanwhile does not keep it.
 * @throws Problem `conflict` where it has changed meanwhile.
 */
export async function takeBackDraft(db: Transaction, expense: VisibleExpense): Promise<void> {
  const gone = await db
    .deleteFrom('expense_row')
    .where('id', '=', expense.id)
    .where('version', '=', expense.version)
    .where('state', '=', 'draft')
    .returningAll()
    .executeTakeFirst();
  if (gone === undefined) throw changedMeanwhile(expense);
  await moveTotals(db, expense.team_id, gone, undefined);
}

/**
 * Makes a draft of one's own a later version, so that whatever still arrives of the form that began it, in this process or another, no
 * longer takes it back.
 * @returns undefined where that has happened already.
 */
export async function takeOverDraft(db: Database, expense: VisibleExpense): Promise<VisibleExpense | undefined> {
  const taken = await db
    .updateTable('expense_row')
    .set((row) => ({ version: row('version', '+', 1) }))
    .where('id', '=', expense.id)
    .where('state', '=', 'draft')
    .returningAll()
    .executeTakeFirst();
  return taken && { ...expense, ...taken };
}

/** Whoever is signed in, as whose expense it is. */
export function toSpender(viewer: Viewer): Spender {
  return { id: viewer.personId, name: displayNameOf(viewer) };
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

/** @throws Problem `not-allowed` with what whoever may not do it may do instead. */
export function assertMayLogForOthers(viewer: Viewer, team: VisibleTeam): void {
  if (may(viewer, 'log-for-others', { teamId: team.id }).allowed) return;
  throw new Problem('not-allowed', 'Only a manager of the team logs what somebody else has spent. Nothing was changed.', {
    reason: 'role-missing',
  });
}

/** @throws Problem `not-allowed` for somebody else’s, `conflict` where it can no longer be corrected. */
export function assertCanChange(viewer: Viewer, expense: VisibleExpense): void {
  if (!isOwn(viewer, expense))
    throw new Problem('not-allowed', 'Only whoever spent or logged an expense can change it.', { reason: 'not-own' });
  if (!editable.includes(expense.state)) throw changedMeanwhile(expense);
}
