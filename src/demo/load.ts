import type { Database, Transaction } from '../database/schema.ts';
import { addExpense } from '../expenses/expenses.ts';
import { exponentOf } from '../expenses/money.ts';
import { Problem } from '../problems.ts';
import { addRule } from '../rights/rule-changes.ts';
import { addTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { organisation, teamSeenBy } from './organisation.ts';

/** Sample expenses are spread out by this much, in milliseconds, so that their order in the file is their order on the page. */
const BETWEEN_EXPENSES = 60 * 60_000;

/**
 * Writes the sample organisation's teams, rules and expenses into an empty database, all or nothing. Where it is already,
 * nothing happens.
 * @throws Problem `conflict` when the database has teams, rules or expenses of its own.
 */
export async function loadSampleOrganisation(db: Database, now: Clock): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const loaded = await transaction.selectFrom('sample_organisation').select('name').executeTakeFirst();
    if (loaded !== undefined) return;
    await refuseOwnData(transaction);
    await writeSample(transaction, now());
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
  const { currency, teams, people, expenses } = organisation;
  const minorUnits = 10 ** exponentOf(currency);
  for (const { id, label } of teams) {
    const team = await addTeam(db, { id, label, currency });
    for (const [index, { name, item, amount }] of (expenses[id] ?? []).entries()) {
      const loggedAt = new Date(at.getTime() - index * BETWEEN_EXPENSES);
      await addExpense(db, team, { spenderName: name, item, amountMinor: Math.round(amount * minorUnits), loggedAt });
    }
  }
  // Teams by group and the admin by address, so that both can be seen at work.
  for (const { id } of teams)
    await addRule(db, { claim: 'groups', operator: 'equals', value: id, gives: { role: 'member', teamId: id } });
  for (const { email } of people.filter((person) => teamSeenBy(person) === undefined)) {
    await addRule(db, { claim: 'email', operator: 'equals', value: email, gives: { role: 'admin', teamId: null } });
  }
  await db.insertInto('sample_organisation').values({ name: organisation.organisation, loaded_at: at.toISOString() }).execute();
}
