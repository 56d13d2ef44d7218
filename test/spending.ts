import { randomUUIDv7 } from 'node:crypto';
import type { Insertable } from 'kysely';
import type { Database } from '../src/database/schema.ts';
import type { ReceiptTable } from '../src/database/schema-receipts.ts';
import { type Doing } from '../src/expenses/doing.ts';
import { addDraft } from '../src/expenses/drafts.ts';
import { type Moved, moveExpense } from '../src/expenses/steps.ts';
import { type ExpenseContent, findVisibleExpense, type VisibleExpense } from '../src/expenses/expenses.ts';
import type { Transition } from '../src/expenses/life.ts';
import { addLimit, type LimitContent } from '../src/expenses/limit-rules.ts';
import type { Viewer } from '../src/people/viewer.ts';
import type { Given } from '../src/rights/rights.ts';
import { addTeam, type VisibleTeam } from '../src/teams/teams.ts';
import { viewerWith } from './told.ts';

/** When everything happens that is not given another time. */
export const now = new Date(Date.UTC(2026, 2, 10, 9));

export function doing(viewer: Viewer, at: Date = now): Doing {
  return { viewer, at, reference: 'TEST' };
}

/** Somebody who is known here, with these rights by an admin's hand. */
export async function newPerson(db: Database, name: string, ...given: readonly Given[]): Promise<Viewer> {
  const personId = randomUUIDv7();
  const at = now.toISOString();
  await db
    .insertInto('person')
    .values({
      id: personId,
      issuer: 'i',
      subject: personId,
      name,
      email: null,
      email_verified: 0,
      admitted_at: at,
      signed_in_at: at,
    })
    .execute();
  const grant = { id: 'grant', givenBy: 'Dana Dyer', givenAt: at };
  return viewerWith(undefined, {
    personId,
    name,
    rights: given.map((gives) => ({ given: gives, origin: { kind: 'grant', grant: { ...grant, gives } } })),
  });
}

let teams = 0;

export async function newTeam(db: Database, currency = 'USD'): Promise<VisibleTeam> {
  const id = `team-${(teams += 1)}`;
  return db.transaction().execute(async (transaction) => addTeam(transaction, { id, label: `Team ${teams}`, currency }));
}

/** A draft of 100.00 for lunch at Luigi's on the day of `now`, where nothing else is said. */
export async function draft(
  db: Database,
  team: VisibleTeam,
  viewer: Viewer,
  content: Partial<ExpenseContent> = {},
): Promise<VisibleExpense> {
  const usual = { item: 'Lunch', amountMinor: 100_00, spentOn: '2026-03-10', categoryId: 'meals', merchant: 'Luigi', note: '' };
  const { id } = await db
    .transaction()
    .execute(async (transaction) => addDraft(transaction, team, { ...usual, ...content }, doing(viewer)));
  return again(db, viewer, id);
}

/** As it is now. */
export async function again(db: Database, viewer: Viewer, id: string): Promise<VisibleExpense> {
  const found = await findVisibleExpense(db, viewer, id);
  if (found === undefined) throw new Error('This person does not see the expense');
  return found;
}

export async function move(
  db: Database,
  expense: VisibleExpense,
  transition: Transition,
  viewer: Viewer,
  at: Date = now,
): Promise<Moved> {
  return db.transaction().execute(async (transaction) => moveExpense(transaction, expense, transition, doing(viewer, at)));
}

/** A limit that blocks, for every team and category, where nothing else is said. */
export async function limit(
  db: Database,
  viewer: Viewer,
  content: Partial<LimitContent> & Pick<LimitContent, 'kind'>,
): Promise<void> {
  const nothing = { effect: 'block', team_id: null, category_id: null, amount_minor: null, currency: null, days: null } as const;
  await db.transaction().execute(async (transaction) => addLimit(transaction, { ...nothing, ...content }, doing(viewer)));
}

/** The row of one that has arrived whole, where nothing else is said. */
export async function receipt(
  db: Database,
  { id }: VisibleExpense,
  content: Partial<Insertable<ReceiptTable>> = {},
): Promise<void> {
  const whole = { name: 'receipt.png', type: 'image/png', size: 1, sha256: 'a'.repeat(64), stored_in: 'database' } as const;
  const added = { added_by: 'a', added_by_name: 'A', added_at: now.toISOString() };
  await db
    .insertInto('receipt')
    .values({ id: randomUUIDv7(), expense_id: id, ...whole, ...added, ...content })
    .execute();
}
