import type { Database, Transaction } from '../database/schema.ts';
import { addExpense } from '../expenses/expenses.ts';
import { exponentOf } from '../expenses/money.ts';
import { monthOf } from '../expenses/months.ts';
import { Problem } from '../problems.ts';
import { addRule } from '../rights/rule-changes.ts';
import { addTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { givenTo, organisation } from './organisation.ts';

/**
 * Sample expenses are spread out by this much, in milliseconds: over several months, so that there are figures to look at, and so
 * that their order in the file is their order on the page.
 */
const BETWEEN_EXPENSES = 17 * 24 * 60 * 60_000;

/**
 * Writes the sample organisation's teams, rules and expenses into an empty database, all or nothing. Where it is already,
 * nothing happens.
 * @throws Problem `conflict` when the database has teams, rules or expenses of its own.
 */
export async function loadSampleOrganisation(db: Database, now: Clock): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const at = now();
    // First of all: where several processes start at once, the others wait here, and then find that it is there.
    const { numInsertedOrUpdatedRows: claimed } = await transaction
      .insertInto('sample_organisation')
      .values({ name: organisation.organisation, loaded_at: at.toISOString() })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (claimed !== 1n) return;
    await refuseOwnData(transaction);
    await writeSample(transaction, at);
  });
}

async function refuseOwnData(db: Transaction): Promise<void> {
  for (const table of ['team', 'rule', 'expense'] as const) {
    const row = await db.selectFrom(table).select('id').limit(1).executeTakeFirst();
    if (row === undefined) continue;
    throw new Problem(
      'conflict',
      'The sample organisation is not loaded: this database has data of its own. Nothing was changed. ' +
        'Remove SAMPLE_ORGANISATION, or name an empty database with DATABASE_URL.',
    );
  }
}

async function writeSample(db: Transaction, at: Date): Promise<void> {
  const { currency, teams, people, expenses, budgets, categories } = organisation;
  const toMinor = (amount: number) => Math.round(amount * 10 ** exponentOf(currency));
  for (const { id, label } of teams) {
    const team = await addTeam(db, { id, label, currency });
    for (const [index, { name, item, amount }] of (expenses[id] ?? []).entries()) {
      const loggedAt = new Date(at.getTime() - index * BETWEEN_EXPENSES);
      const categoryId = categories[item] ?? 'other';
      await addExpense(db, team, { spenderName: name, item, categoryId, amountMinor: toMinor(amount), loggedAt });
    }
  }
  const month = monthOf(at.toISOString());
  await db
    .insertInto('budget')
    .values(
      Object.entries(budgets).map(([id, amount]) => ({ team_id: id, month, category_id: '', amount_minor: toMinor(amount) })),
    )
    .execute();
  // The admin by address and everybody else by group, so that both can be seen at work.
  for (const person of people) {
    const gives = givenTo(person);
    const [claim, value] = gives.role === 'admin' ? ['email', person.email] : ['groups', person.groups[0] ?? ''];
    await addRule(db, { claim, operator: 'equals', value, gives });
  }
}
