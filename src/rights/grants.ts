import { randomUUIDv7 } from 'node:crypto';
import type { Database, Transaction } from '../database/schema.ts';
import { assertAdminLeft } from './effects.ts';
import { type Given, type Grant, toGrant } from './rights.ts';
import { type Changer, changeRights, type RuleBook } from './rule-book.ts';

/** Gives somebody a right beside the rules. Giving it twice is giving it once. @returns undefined where they had it so already. */
export async function addGrant(
  db: Transaction,
  personId: string,
  gives: Given,
  givenBy: string,
  at: Date,
): Promise<Grant | undefined> {
  const row = await db
    .insertInto('right_grant')
    .values({
      id: randomUUIDv7(),
      person_id: personId,
      role: gives.role,
      team_id: gives.teamId,
      given_by: givenBy,
      given_at: at.toISOString(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toGrant(row);
}

/**
 * Takes back what was given to this person.
 * @param changer as for `changeRights`.
 * @returns what it was; undefined where there is no such grant.
 * @throws Problem `conflict` where nobody would be an admin any more.
 */
export async function removeGrant(
  db: Database,
  ruleBook: RuleBook,
  changer: Changer | undefined,
  personId: string,
  grantId: string,
  afterwards: (transaction: Transaction, grant: Grant) => Promise<void>,
): Promise<Grant | undefined> {
  return changeRights(db, ruleBook, changer, async (transaction, { rules }) => {
    const row = await transaction
      .deleteFrom('right_grant')
      .where('id', '=', grantId)
      .where('person_id', '=', personId)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.role === 'admin') await assertAdminLeft(transaction, rules);
    const grant = toGrant(row);
    await afterwards(transaction, grant);
    return grant;
  });
}
