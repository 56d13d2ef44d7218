import type { AuditEntry } from '../audit/entries.ts';
import type { AuditAction } from '../audit/record.ts';

/** What happened, as the page says it. */
export const actionWords: Readonly<Record<AuditAction, string>> = {
  'signed-in': 'Signed in',
  'sign-in-refused': 'Sign-in refused',
  'signed-out': 'Logged out',
  'access-ended': 'Access ended',
  'person-admitted': 'Came in for the first time',
  'person-disabled': 'Person disabled',
  'person-enabled': 'Person let in again',
  'request-refused': 'Request refused',
  'grant-added': 'Role given',
  'grant-removed': 'Role taken back',
  'rule-added': 'Rule added',
  'rule-changed': 'Rule changed',
  'rule-removed': 'Rule removed',
  'team-added': 'Team created',
  'team-changed': 'Team changed',
  'team-archived': 'Team archived',
  'team-restored': 'Team restored',
  'expense-submitted': 'Expense submitted',
  'expense-withdrawn': 'Expense withdrawn',
  'expense-approved': 'Expense approved',
  'expense-rejected': 'Expense rejected',
  'expense-reimbursed': 'Expense reimbursed',
  'expenses-exported': 'Expenses exported',
  'expenses-imported': 'Expenses imported',
  'limit-added': 'Limit added',
  'limit-changed': 'Limit changed',
  'limit-removed': 'Limit removed',
  'category-added': 'Category added',
  'category-renamed': 'Category renamed',
  'category-retired': 'Category retired',
  'category-restored': 'Category brought back',
  'own-data-exported': 'Took home what is kept about them',
  'rates-kept': 'Exchange rates entered',
  'accounts-kept': 'Accounts set',
  'accounts-removed': 'Accounts removed',
  'reference-given': 'Payment reference given',
  'settlement-exported': 'Saved for the accountant',
  'budgets-set': 'Budgets set',
  'month-closed': 'Month closed',
  'month-opened': 'Month opened',
  'audit-exported': 'Audit record exported',
};

/** The word of a newer or older Outlay is shown as it stands. */
export function describeAction(action: string): string {
  return Object.hasOwn(actionWords, action) ? actionWords[action as AuditAction] : action;
}

/** The detail as names and values, for whoever wants to know exactly. */
export function describeDetail({ detail }: AuditEntry): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.map(inWords).join(', ') : inWords(value)}`)
    .join(' · ');
}

/** As JSON, where somebody has put something there by hand that is no word. */
function inWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
