import type { Database, Transaction } from '../src/database/schema.ts';
import type { DemoPerson } from '../src/demo/organisation.ts';
import { addExpense } from '../src/expenses/expenses.ts';
import type { Given } from '../src/rights/rights.ts';
import { addRule } from '../src/rights/rule-changes.ts';
import { addTeam } from '../src/teams/teams.ts';

function person(subject: string, claims: DemoPerson['claims']): DemoPerson {
  return { subject, claims, sees: '' };
}

const verified = { email_verified: true };

/**
 * Who plays in the tests. Alice and Bob are in Finance and Manuel and Mara are its managers, Charlie is in Marketing; Dana is an
 * admin, Audrey an auditor, Fiona in finance for every team; the others are the hard cases.
 */
export const cast = {
  alice: person('sub-alice', { name: 'Alice Archer', email: 'Alice@Example.com', ...verified }),
  bob: person('sub-bob', { name: 'Bob Baker', email: 'bob@example.com', ...verified }),
  charlie: person('sub-charlie', { name: 'Charlie Cook', email: 'charlie@example.com', ...verified }),
  dana: person('sub-dana', { name: 'Dana Dyer', email: 'dana@example.com', ...verified }),
  audrey: person('sub-audrey', { name: 'Audrey Auditor', email: 'audrey@example.com', ...verified }),
  fiona: person('sub-fiona', { name: 'Fiona Finch', email: 'fiona@example.com', ...verified }),
  manuel: person('sub-manuel', { name: 'Manuel Mann', email: 'manuel@example.com', ...verified }),
  mara: person('sub-mara', { name: 'Mara Moss', email: 'mara@example.com', ...verified }),
  /** Verified, but no rule names them. */
  nobody: person('sub-nobody', { name: 'Nora Nobody', email: 'nobody@example.com', ...verified }),
  /** Claims Dana's address without the provider having checked it. */
  mallory: person('sub-mallory', { name: 'Mallory', email: 'dana@example.com', email_verified: false }),
  /** The text "true" is not true. */
  trudy: person('sub-trudy', { name: 'Trudy', email: 'dana@example.com', email_verified: 'true' }),
  /** The Kelvin sign (U+212A) looks like a K and becomes one under full case folding. */
  kelvin: person('sub-kelvin', { name: 'Kelvin', email: 'boo\u212Aer@example.com', ...verified }),
  nameless: person('sub-nameless', {}),
  markup: person('sub-markup', { name: '<script>alert(1)</script>\u202E "x"', email: 'markup@example.com', ...verified }),
} satisfies Record<string, DemoPerson>;

export type CastName = keyof typeof cast;

/** Finance has 3 expenses (1,234.56 in all), Marketing one, Empty none. Each item carries a marker that must never reach a stranger. */
export async function addCastData(db: Database): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const finance = await addTeam(transaction, { id: 'finance', label: 'Finance', currency: 'USD' });
    const marketing = await addTeam(transaction, { id: 'marketing', label: 'Marketing', currency: 'EUR' });
    await addTeam(transaction, { id: 'empty', label: 'Empty', currency: 'JPY' });
    for (const [index, amountMinor] of [100_000, 23_400, 56].entries()) {
      const loggedAt = new Date(Date.UTC(2026, 0, 10 - index));
      await addExpense(transaction, finance, {
        spenderName: 'Alice Archer',
        item: `finance-marker-${index}`,
        amountMinor,
        loggedAt,
      });
    }
    await addExpense(transaction, marketing, {
      spenderName: 'Charlie Cook',
      item: 'marketing-marker',
      amountMinor: 9_900,
      loggedAt: new Date(Date.UTC(2026, 0, 10)),
    });
    await addEmailRule(transaction, 'alice@example.com', { role: 'member', teamId: 'finance' });
    await addEmailRule(transaction, 'bob@example.com', { role: 'member', teamId: 'finance' });
    await addEmailRule(transaction, 'charlie@example.com', { role: 'member', teamId: 'marketing' });
    await addEmailRule(transaction, 'charlie@example.com', { role: 'member', teamId: 'empty' });
    await addEmailRule(transaction, 'booker@example.com', { role: 'member', teamId: 'finance' });
    await addEmailRule(transaction, 'manuel@example.com', { role: 'manager', teamId: 'finance' });
    await addEmailRule(transaction, 'mara@example.com', { role: 'manager', teamId: 'finance' });
    await addEmailRule(transaction, 'dana@example.com', { role: 'admin', teamId: null });
    await addEmailRule(transaction, 'audrey@example.com', { role: 'auditor', teamId: null });
    await addEmailRule(transaction, 'fiona@example.com', { role: 'finance', teamId: null });
  });
}

/** "Whoever proves this address is given this." */
export async function addEmailRule(db: Transaction, value: string, gives: Given): Promise<void> {
  await addRule(db, { claim: 'email', operator: 'equals', value, gives });
}
