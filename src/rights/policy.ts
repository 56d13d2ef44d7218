import { Problem } from '../problems.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import type { Right, Role } from './rights.ts';

/**
 * Who may do what: the one table. What is not in it nobody may do. The same table stands in docs/security.md and in the
 * tests, which hold the three against each other.
 * `seeing` is what somebody must be allowed so that a refusal may say that the thing exists.
 */
export const policy = {
  'see-team': { roles: ['member', 'manager', 'admin', 'finance', 'auditor'], seeing: undefined },
  'export-expenses': { roles: ['member', 'manager', 'admin', 'finance', 'auditor'], seeing: 'see-team' },
  'import-expenses': { roles: ['finance'], seeing: 'see-team' },
  'change-budgets': { roles: ['finance', 'admin'], seeing: 'see-team' },
  'log-expense': { roles: ['member', 'manager'], seeing: 'see-team' },
  'log-for-others': { roles: ['manager'], seeing: 'see-team' },
  'decide-expense': { roles: ['manager'], seeing: 'see-team' },
  'approve-second': { roles: ['manager', 'finance'], seeing: 'see-team' },
  'settle-expense': { roles: ['finance'], seeing: 'see-team' },
  'see-limits': { roles: ['finance', 'auditor', 'admin'], seeing: undefined },
  'change-limits': { roles: ['finance', 'admin'], seeing: 'see-limits' },
  'see-months': { roles: ['finance', 'auditor', 'admin'], seeing: undefined },
  'close-month': { roles: ['finance'], seeing: 'see-months' },
  'see-rates': { roles: ['finance', 'auditor', 'admin'], seeing: undefined },
  'change-rates': { roles: ['finance'], seeing: 'see-rates' },
  'see-accounts': { roles: ['finance', 'auditor', 'admin'], seeing: undefined },
  'change-accounts': { roles: ['finance'], seeing: 'see-accounts' },
  'see-settlements': { roles: ['finance', 'auditor', 'admin'], seeing: undefined },
  'change-settlements': { roles: ['finance'], seeing: 'see-settlements' },
  'export-settlement': { roles: ['finance', 'auditor'], seeing: 'see-settlements' },
  'see-organisation': { roles: ['admin', 'auditor'], seeing: undefined },
  'change-teams': { roles: ['admin'], seeing: 'see-organisation' },
  'change-people': { roles: ['admin'], seeing: 'see-organisation' },
  'change-rules': { roles: ['admin'], seeing: 'see-organisation' },
  'see-audit': { roles: ['admin', 'auditor'], seeing: undefined },
  'export-audit': { roles: ['admin', 'auditor'], seeing: 'see-audit' },
} as const satisfies Readonly<Record<string, { readonly roles: readonly Role[]; readonly seeing: string | undefined }>>;

export type Action = keyof typeof policy;

/** What an action is done to: a team, where the action is within one. */
export interface Thing {
  readonly teamId?: string;
}

/** Whoever has rights: the viewer of a request, or somebody an admin asks about. */
export interface Holder {
  readonly rights: readonly Right[];
}

/** The answer, with what it is based on. */
export type Verdict =
  | { readonly allowed: true; readonly by: Right }
  /** `hidden` where not even its existence may be told. */
  | { readonly allowed: false; readonly hidden: boolean; readonly reason: string };

/** The one place that decides. A role within a team counts for that team alone; a role in the organisation for all. */
export function may(holder: Holder, action: Action, thing: Thing = {}): Verdict {
  const by = findRight(holder, action, thing);
  if (by !== undefined) return { allowed: true, by };
  const { seeing } = policy[action];
  const hidden = seeing === undefined || findRight(holder, seeing, thing) === undefined;
  return { allowed: false, hidden, reason: reasons.get(action) ?? '' };
}

/**
 * For routes.
 * @throws Problem `not-found` where not even the existence may be told, else `not-allowed` with who may.
 */
export function assertMay(holder: Holder, action: Action, thing: Thing = {}): void {
  const verdict = may(holder, action, thing);
  if (verdict.allowed) return;
  if (verdict.hidden) throw noSuchPage('role-missing');
  throw new Problem('not-allowed', verdict.reason, { reason: 'role-missing' });
}

function findRight({ rights }: Holder, action: Action, { teamId }: Thing): Right | undefined {
  const roles: readonly Role[] = policy[action].roles;
  return rights.find(({ given }) => roles.includes(given.role) && (given.teamId === null || given.teamId === teamId));
}

const roleNames: Readonly<Record<Role, string>> = {
  admin: 'an admin',
  finance: 'somebody in finance',
  auditor: 'an auditor',
  manager: 'a manager of the team',
  member: 'a member of the team',
};

/** Who may, by action. */
const reasons: ReadonlyMap<Action, string> = new Map(
  (Object.keys(policy) as Action[]).map((action) => {
    const names = policy[action].roles.map((role) => roleNames[role]);
    return [action, `Only ${names.join(' or ')} can do this. You may read here, and change nothing.`];
  }),
);
