import type { ExpenseState } from '../src/database/schema.ts';
import type { Transition } from '../src/expenses/life.ts';
import type { Role } from '../src/rights/rights.ts';

/*
 * What may happen to an expense, said once more in the plainest way there is, and not by the code that is tested.
 */

export interface PlainPerson {
  readonly id: string;
  readonly roles: ReadonlySet<Role>;
}

/** What the team has that day. */
export interface PlainTeam {
  readonly limit: number | null;
  readonly archived: boolean;
}

export interface PlainExpense {
  readonly id: string;
  readonly spender: string;
  readonly logger: string;
  readonly amount: number;
  readonly state: ExpenseState;
  readonly version: number;
  readonly first: string | null;
  readonly decided: string | null;
  readonly settled: string | null;
}

/** What came of it: nothing but the first of these changes anything. */
export type Outcome = 'done' | 'before' | 'not-found' | 'not-allowed' | 'conflict';

const has = (person: PlainPerson, ...roles: readonly Role[]) => roles.some((role) => person.roles.has(role));

export function owns(person: PlainPerson, { spender, logger }: Pick<PlainExpense, 'spender' | 'logger'>): boolean {
  return person.id === spender || person.id === logger;
}

export function sees(person: PlainPerson, expense: PlainExpense): boolean {
  return person.roles.size > 0 && (expense.state !== 'draft' || owns(person, expense));
}

export function logging(person: PlainPerson, team: PlainTeam): Outcome {
  if (person.roles.size === 0) return 'not-found';
  if (!has(person, 'member', 'manager')) return 'not-allowed';
  return team.archived ? 'conflict' : 'done';
}

export function loggingForOthers(person: PlainPerson, team: PlainTeam): Outcome {
  const own = logging(person, team);
  return own === 'done' && !has(person, 'manager') ? 'not-allowed' : own;
}

export function changing(person: PlainPerson, expense: PlainExpense, team: PlainTeam): Outcome {
  if (!sees(person, expense)) return 'not-found';
  if (!owns(person, expense)) return 'not-allowed';
  if (expense.state !== 'draft' && expense.state !== 'rejected') return 'conflict';
  return person.id === expense.spender ? logging(person, team) : loggingForOthers(person, team);
}

export function deleting(person: PlainPerson, expense: PlainExpense): Outcome {
  if (!sees(person, expense)) return 'not-found';
  if (!owns(person, expense)) return 'not-allowed';
  return expense.state === 'draft' ? 'done' : 'conflict';
}

export function moving(person: PlainPerson, expense: PlainExpense, team: PlainTeam, transition: Transition): Outcome {
  if (!sees(person, expense)) return 'not-found';
  const { state, first, decided, settled } = expense;
  const own = owns(person, expense);
  switch (transition) {
    case 'submission':
      if (!own) return 'not-allowed';
      if (state === 'submitted') return 'before';
      if (person.id !== expense.spender) return 'not-allowed';
      return state === 'draft' || state === 'rejected' ? logging(person, team) : 'conflict';
    case 'withdrawal':
      if (!own) return 'not-allowed';
      if (state === 'withdrawn') return 'before';
      return state === 'submitted' || state === 'rejected' ? 'done' : 'conflict';
    case 'approval':
      if ((state === 'approved' && decided === person.id) || (state === 'submitted' && first === person.id)) return 'before';
      return decides(person, own, first) ? (state === 'submitted' ? 'done' : 'conflict') : 'not-allowed';
    case 'rejection':
      if (state === 'rejected' && decided === person.id) return 'before';
      return decides(person, own, first) ? (state === 'submitted' ? 'done' : 'conflict') : 'not-allowed';
    case 'settlement':
      if (state === 'reimbursed' && settled === person.id) return 'before';
      if (!has(person, 'finance') || own) return 'not-allowed';
      return state === 'approved' ? 'done' : 'conflict';
    default:
      throw new Error(transition satisfies never);
  }
}

function decides(person: PlainPerson, own: boolean, first: string | null): boolean {
  return !own && (first === null ? has(person, 'manager') : has(person, 'manager', 'finance'));
}

/** The expense after a transition that was done. */
export function moved(person: PlainPerson, expense: PlainExpense, { limit }: PlainTeam, transition: Transition): PlainExpense {
  const after = { ...expense, version: expense.version + 1 };
  switch (transition) {
    case 'submission':
      return { ...after, state: 'submitted', first: null, decided: null };
    case 'withdrawal':
      return { ...after, state: 'withdrawn' };
    case 'approval':
      return limit !== null && expense.amount > limit && expense.first === null
        ? { ...after, first: person.id }
        : { ...after, state: 'approved', decided: person.id };
    case 'rejection':
      // What was approved once counts no more, so that whoever did may reject it as well.
      return { ...after, state: 'rejected', first: null, decided: person.id };
    case 'settlement':
      return { ...after, state: 'reimbursed', settled: person.id };
    default:
      throw new Error(transition satisfies never);
  }
}
