import { oddText } from '../everything.ts';

export type Row = Readonly<Record<string, string | number | null | Uint8Array>>;

export const at = '2026-03-10T09:00:00.000Z';
export const [alice, bob, fiona] = ['person-alice', 'person-bob', 'person-fiona'];
export const states = ['draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed'];

function amountOf(index: number): number {
  return 100 * 10 ** index + index;
}

export function oldExpenses(): Row[] {
  return states.map((state, index) => ({
    id: `expense-${state}`,
    team_id: 'finance',
    spender_name: 'Alice',
    item: oddText,
    amount_minor: amountOf(index),
    currency: 'USD',
    logged_at: at,
  }));
}

/** One in each state, one paid in another currency, and from imports on one that does not count yet. */
export function expenses(version: number): Row[] {
  const usual = {
    team_id: 'finance',
    spender_id: alice,
    spender_name: 'Alice',
    logged_by: alice,
    logged_by_name: 'Alice',
    item: oddText,
    merchant: oddText,
    note: oddText,
    category_id: 'meals',
    spent_on: '2026-03-09',
    currency: 'USD',
    rate: null,
    rate_on: null,
    rate_source: null,
    first_approved_by: null,
    logged_at: at,
    changed_at: at,
  };
  const isDecided = (state: string) => ['approved', 'rejected', 'reimbursed'].includes(state);
  const rows = states.map(
    (state, index): Row => ({
      ...usual,
      id: `expense-${state}`,
      amount_minor: amountOf(index),
      team_amount_minor: amountOf(index),
      state,
      version: index + 1,
      decided_by: isDecided(state) ? bob : null,
      settled_by: state === 'reimbursed' ? fiona : null,
      settlement_id: state === 'reimbursed' ? 'settlement-1' : null,
      ...(state === 'approved' && {
        currency: 'EUR',
        rate: '1.5',
        rate_on: '2026-03-09',
        rate_source: 'ECB',
        amount_minor: 6_668,
      }),
    }),
  );
  const arriving = { ...rows[0], id: 'expense-arriving', import_id: 'import-1', import_line: 2, import_key: 'key' };
  return version < 11
    ? rows
    : [...rows.map((row) => ({ ...row, import_id: null, import_line: null, import_key: null })), arriving];
}

/** As Outlay kept them then. */
export function totals(version: number): Row[] {
  if (version < 6)
    return [
      {
        team_id: 'finance',
        expense_count: states.length,
        amount_minor: states.reduce((sum, _, index) => sum + amountOf(index), 0),
      },
    ];
  const all = states.map((state, index) => ({ team_id: 'finance', state, expense_count: 1, amount_minor: amountOf(index) }));
  if (version < 11) return all;
  const isSpent = (state: string) => !['rejected', 'withdrawn'].includes(state);
  return all
    .filter(({ state }) => state !== 'draft')
    .map((row) => ({ ...row, amount_minor: isSpent(row.state) ? row.amount_minor : 0 }));
}

export function spending(): Row[] {
  const spent = ['submitted', 'approved', 'reimbursed'].map((state) => amountOf(states.indexOf(state)));
  const sum = {
    team_id: 'finance',
    expense_count: spent.length,
    amount_minor: spent.reduce((total, amount) => total + amount, 0),
  };
  const keys = [
    ['team', '2026-03', ''],
    ['category', '2026-03-09', 'meals'],
    ['person', '2026-03-09', alice],
  ] as const;
  return keys.map(([kind, period, about_id]) => ({ ...sum, kind, period, about_id }));
}
