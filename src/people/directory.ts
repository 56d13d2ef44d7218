import { type Selectable, sql } from 'kysely';
import { madeId } from '../database/ids.ts';
import type { Database, PersonTable, Transaction } from '../database/schema.ts';
import { assertAdminLeft } from '../rights/effects.ts';
import { type Changer, changeRights, type RuleBook } from '../rights/rule-book.ts';
import { searchable } from './people.ts';

/** How many people one page shows. */
export const PEOPLE_PAGE = 50;

/**
 * A page of the people whose name or address has this in it, in alphabetical order. By key, not by offset.
 * @param search as it was typed; empty for everybody.
 * @param after the id of the last one of the page before, and not their name: nobody can make an address too long by theirs.
 * Whoever is not there is before the first page.
 */
export async function listPeople(
  db: Database,
  search: string,
  after?: string,
): Promise<{ people: Selectable<PersonTable>[]; next: string | undefined }> {
  // Nobody's name has one in it, and PostgreSQL has no text with a NUL.
  if (/\p{Cc}/u.test(search)) return { people: [], next: undefined };
  let query = db.selectFrom('person').selectAll();
  // What a pattern means by itself stands for itself here.
  const wanted = searchable(search).replace(/[\\%_]/g, '\\$&');
  if (wanted !== '') query = query.where(sql<boolean>`sort_name like ${`%${wanted}%`} escape '\\'`);
  const last = after === undefined ? undefined : await findPerson(db, after);
  if (last !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('sort_name', 'id'), '>', tuple(last.sort_name, last.id)));
  }
  const rows = await query
    .orderBy('sort_name')
    .orderBy('id')
    .limit(PEOPLE_PAGE + 1)
    .execute();
  const people = rows.slice(0, PEOPLE_PAGE);
  return { people, next: rows.length > PEOPLE_PAGE ? people.at(-1)?.id : undefined };
}

/** @returns undefined for any id that is not one as well. */
export async function findPerson(db: Database, id: string): Promise<Selectable<PersonTable> | undefined> {
  if (!madeId.test(id)) return undefined;
  return db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Keeps somebody out, from their next request on; their sessions are ended by `endAccess` afterwards.
 * @param changer as for `changeRights`.
 * @returns undefined where they were out already, or are not there.
 * @throws Problem `conflict` where nobody would be an admin any more.
 */
export async function disablePerson(
  db: Database,
  ruleBook: RuleBook,
  changer: Changer | undefined,
  id: string,
  at: Date,
  afterwards: (transaction: Transaction) => Promise<void>,
): Promise<Selectable<PersonTable> | undefined> {
  return changeRights(db, ruleBook, changer, async (transaction, { rules }) => {
    const person = await transaction
      .updateTable('person')
      .set({ disabled_at: at.toISOString() })
      .where('id', '=', id)
      .where('disabled_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (person === undefined) return undefined;
    await assertAdminLeft(transaction, rules);
    await afterwards(transaction);
    return person;
  });
}

/** Lets somebody in again, at their next sign-in: a session that is left from before counts no more. @returns undefined where they were not kept out. */
export async function enablePerson(db: Transaction, id: string): Promise<Selectable<PersonTable> | undefined> {
  const person = await db
    .updateTable('person')
    .set({ disabled_at: null })
    .where('id', '=', id)
    .where('disabled_at', 'is not', null)
    .returningAll()
    .executeTakeFirst();
  if (person !== undefined) await db.deleteFrom('session').where('person_id', '=', id).execute();
  return person;
}
