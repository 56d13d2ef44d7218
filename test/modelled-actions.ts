import { type Doing } from '../src/expenses/doing.ts';
import type { Transition } from '../src/expenses/life.ts';
import type { Viewer } from '../src/people/viewer.ts';
import { Problem } from '../src/problems.ts';
import type { Given, Right, Role } from '../src/rights/rights.ts';
import type { Outcome, PlainPerson } from './plain-life.ts';

/** How a request comes: which version its form names, and whether it read the expense before the last changes. */
export interface Doable {
  readonly version: 'right' | 'none' | 'stale' | 'future';
  readonly read: 'now' | 'earlier';
}

export type ModelAction =
  | { does: 'what-is-possible'; pick: number; times: number; version: Doable['version'] }
  | ({ does: 'move'; who: number; which: number; transition: Transition; times: number } & Doable)
  | { does: 'add'; who: number; logger: number | null; amount: number }
  /** By whoever spent it where nobody is named. */
  | ({ does: 'change'; who: number | null; which: number; amount: number } & Doable)
  | ({ does: 'delete'; who: number | null; which: number } & Doable)
  | { does: 'limit'; limit: number | null }
  | { does: 'archive'; archived: boolean };

export type Counts = Record<Outcome | Transition | 'added' | 'changed' | 'deleted' | 'first', number>;

export function noCounts(): Counts {
  const outcomes = {
    done: 0,
    before: 0,
    'not-found': 0,
    'not-allowed': 0,
    conflict: 0,
    added: 0,
    changed: 0,
    deleted: 0,
    first: 0,
  };
  return { ...outcomes, submission: 0, withdrawal: 0, approval: 0, rejection: 0, settlement: 0 };
}

/** Several things happen within one millisecond. */
let ticks = 0;

export function rightsOf({ roles }: PlainPerson, teamId: string): Right[] {
  const origin = { kind: 'setting', setting: 'ADMIN_EMAIL', met: '' } as const;
  const given = (role: Role): Given => (role === 'member' || role === 'manager' ? { role, teamId } : { role, teamId: null });
  return [...roles].map((role) => ({ origin, given: given(role) }));
}

export function doing(viewer: Viewer): Doing {
  ticks += 1;
  return { viewer, at: new Date(Date.UTC(2026, 0, 5) + Math.floor(ticks / 5)), reference: 'reference' };
}

export async function outcomeOf(act: () => Promise<'now' | 'before' | void>): Promise<Outcome> {
  try {
    return (await act()) === 'before' ? 'before' : 'done';
  } catch (error) {
    if (error instanceof Problem && (error.kind === 'not-allowed' || error.kind === 'conflict')) return error.kind;
    throw error;
  }
}
