/* The room expenses: what was spent. */
import type { Selectable } from 'kysely';
import type { ExpenseState, ExpenseTable } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { type Action, type Holder, may } from '../rights/policy.ts';

/** What can be done to an expense; each is an address of its own. */
export type Transition = 'submission' | 'withdrawal' | 'approval' | 'rejection' | 'settlement';

interface Step {
  readonly from: readonly ExpenseState[];
  readonly to: ExpenseState;
  /** Whoever spent it, whoever spent or logged it, or somebody else with a role. */
  readonly by: 'spender' | 'own' | Action;
}

/** The whole life of an expense. What is not here cannot happen. */
export const life: Readonly<Record<Transition, Step>> = {
  submission: { from: ['draft', 'rejected'], to: 'submitted', by: 'spender' },
  withdrawal: { from: ['submitted', 'rejected'], to: 'withdrawn', by: 'own' },
  approval: { from: ['submitted'], to: 'approved', by: 'decide-expense' },
  rejection: { from: ['submitted'], to: 'rejected', by: 'decide-expense' },
  settlement: { from: ['approved'], to: 'reimbursed', by: 'settle-expense' },
};

/** In these states what was spent can still be corrected, by whoever spent or logged it. */
export const editable: readonly ExpenseState[] = ['draft', 'rejected'];
/** What these states hold counts as spent by the team. */
export const spent: readonly ExpenseState[] = ['submitted', 'approved', 'reimbursed'];

export const stateWords: Readonly<Record<ExpenseState, string>> = {
  draft: 'Draft',
  submitted: 'Waiting for approval',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  reimbursed: 'Reimbursed',
};

export interface Actor extends Holder {
  readonly personId: string;
}

export type Expense = Selectable<ExpenseTable>;

type Facts = Pick<
  Expense,
  'team_id' | 'spender_id' | 'logged_by' | 'state' | 'team_amount_minor' | 'first_approved_by' | 'decided_by'
>;

export type Judgement =
  /** `to` is `submitted` once more where a second person must approve as well. */
  | { readonly allowed: true; readonly to: ExpenseState; readonly first: boolean }
  | { readonly allowed: false; readonly kind: 'not-allowed' | 'conflict'; readonly sentence: string };

/** Whether the viewer spent or logged it. Whoever did decides on nothing of it and settles nothing of it, whatever their role. */
export function isOwn({ personId }: Pick<Actor, 'personId'>, expense: Pick<Expense, 'spender_id' | 'logged_by'>): boolean {
  return expense.spender_id === personId || expense.logged_by === personId;
}

/**
 * Whether it is theirs to hand in: an expense that somebody else logged for them, too, and none that they logged for somebody else. Whoever
 * hands it in reads what limits say of it, which tells of all that the spender has spent, also where the other one sees nothing.
 */
export function isSpender({ personId }: Pick<Actor, 'personId'>, expense: Pick<Expense, 'spender_id' | 'logged_by'>): boolean {
  return (expense.spender_id ?? expense.logged_by) === personId;
}

/**
 * Whether this person may do this to this expense now: first who they are, then whose it is, then in which state.
 * @param secondAbove the team's limit, in minor units of its currency; null where one approval is always enough.
 */
export function judge(viewer: Actor, expense: Facts, secondAbove: number | null, transition: Transition): Judgement {
  const { from, to, by } = life[transition];
  const own = isOwn(viewer, expense);
  if (by === 'own') {
    if (!own) return refuse('Only whoever spent or logged an expense can do this.');
  } else if (by === 'spender') {
    if (!isSpender(viewer, expense)) return refuse('Only whoever spent it can submit an expense.');
  } else {
    const second = expense.first_approved_by !== null && transition !== 'settlement';
    const verdict = may(viewer, second ? 'approve-second' : by, { teamId: expense.team_id });
    if (!verdict.allowed) return refuse(verdict.reason);
    if (own) return refuse('You spent or logged this yourself, so somebody else has to do it. There is no exception to that.');
    // What nobody logged here came out of a file, and whoever brought it in has decided on it.
    if (transition === 'settlement' && expense.logged_by === null && expense.decided_by === viewer.personId)
      return refuse('You brought this in as approved, so somebody else has to pay it back.');
    if (transition === 'approval' && expense.first_approved_by === viewer.personId && expense.state === 'submitted') {
      return refuse('You have approved this already. Above the team’s limit somebody else has to approve it as well.');
    }
  }
  if (!from.includes(expense.state)) {
    return {
      allowed: false,
      kind: 'conflict',
      sentence: `This expense is “${stateWords[expense.state].toLowerCase()}” by now, so nothing was done.`,
    };
  }
  const needsSecond = transition === 'approval' && secondAbove !== null && expense.team_amount_minor > secondAbove;
  const first = needsSecond && expense.first_approved_by === null;
  return { allowed: true, to: first ? 'submitted' : to, first };
}

function refuse(sentence: string): Judgement {
  return { allowed: false, kind: 'not-allowed', sentence };
}

/** For whoever comes after somebody else. */
export function changedMeanwhile({ state }: Expense, cause?: unknown): Problem {
  return new Problem(
    'conflict',
    `This expense has changed since you looked at it (it was “${stateWords[state].toLowerCase()}”), so nothing was done. Look at it again.`,
    { cause, reason: 'expense-changed' },
  );
}
