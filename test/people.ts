import type { Database } from '../src/database/schema.ts';
import { admit, type Identity, type Person } from '../src/people/people.ts';
import { usualGroups } from '../src/config-provider.ts';
import type { Given } from '../src/rights/rights.ts';
import { addGrant } from '../src/rights/grants.ts';
import { toldClaims } from '../src/sign-in/told-claims.ts';
import { identityOf } from './told.ts';

let admitted = 0;

/** Somebody who has signed in, in these groups, with what else the provider told. */
export async function addPerson(db: Database, groups: readonly string[], told: Partial<Identity> = {}): Promise<Person> {
  admitted += 1;
  const claims = toldClaims({ groups }, {}, usualGroups);
  const nobodyElse = { subject: `sub-${admitted}`, name: `Person ${admitted}`, email: `person-${admitted}@example.com` };
  return admit(db, identityOf({ ...nobodyElse, claims, ...told }), true, () => new Date());
}

/** @returns the grant's id. */
export async function giveTo(db: Database, { id }: Person, gives: Given): Promise<string> {
  const grant = await db
    .transaction()
    .execute(async (transaction) => addGrant(transaction, id, gives, 'Dana Dyer', new Date('2026-01-05T08:00:00Z')));
  if (grant === undefined) throw new Error('They had it already');
  return grant.id;
}
