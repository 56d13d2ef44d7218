import type { Selectable } from 'kysely';
import type { Database, PersonTable, Transaction } from '../database/schema.ts';
import { fromColumns } from './claims.ts';
import { type Grant, toGrant } from './rights.ts';
import type { Subject } from './rules.ts';

/** Somebody as rights are worked out for them, whether they are signed in or not. */
export interface KnownPerson extends Subject {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly disabledAt: string | undefined;
}

/** How many people are read at once. */
const BATCH = 500;

/** Everybody who has ever signed in, in batches, so that an organisation of any size fits. */
export async function* listEverybody(db: Database | Transaction): AsyncGenerator<KnownPerson> {
  let after = '';
  for (;;) {
    const rows = await db.selectFrom('person').selectAll().where('id', '>', after).orderBy('id').limit(BATCH).execute();
    yield* await withGrants(db, rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last.id;
  }
}

/** Whoever has proved this address. @param address in lower case. @returns undefined where that is nobody, or not only one. */
export async function findByAddress(db: Database, address: string): Promise<KnownPerson | undefined> {
  const rows = await db
    .selectFrom('person')
    .selectAll()
    .where('email', '=', address)
    .where('email_verified', '=', 1)
    .limit(2)
    .execute();
  const [person] = rows.length === 1 ? await withGrants(db, rows) : [];
  return person;
}

/** Rows of `person` with what was given to them, in the same order. */
export async function withGrants(db: Database | Transaction, rows: readonly Selectable<PersonTable>[]): Promise<KnownPerson[]> {
  if (rows.length === 0) return [];
  const grants = await db
    .selectFrom('right_grant')
    .selectAll()
    .where(
      'person_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('id')
    .execute();
  const byPerson = Map.groupBy(grants, ({ person_id: id }) => id);
  return rows.map((row) => toKnownPerson(row, (byPerson.get(row.id) ?? []).map(toGrant)));
}

function toKnownPerson(row: Selectable<PersonTable>, grants: readonly Grant[]): KnownPerson {
  const email = row.email ?? undefined;
  return {
    id: row.id,
    issuer: row.issuer,
    subject: row.subject,
    name: row.name ?? undefined,
    email,
    disabledAt: row.disabled_at ?? undefined,
    verifiedEmail: row.email_verified === 1 ? email : undefined,
    claims: fromColumns(row),
    grants,
  };
}
