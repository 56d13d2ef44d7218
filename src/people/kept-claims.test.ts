import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf } from '../../test/told.ts';
import { untilItWaits } from '../../test/waiting-for-a-lock.ts';
import { usualGroups } from '../config-provider.ts';
import { fromColumns } from '../rights/claims.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { admit, type Identity, keepTold } from './people.ts';

const now = () => new Date();
const telling = (claims: object): Identity => identityOf({ claims: toldClaims(claims, {}, usualGroups) });

describeOnBothEngines('what the provider said of somebody', (engine) => {
  it('is not brought back by an answer that came while they signed in anew, be it the shorter of the two', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const claimsOf = async () => [...fromColumns(await db.selectFrom('person').selectAll().executeTakeFirstOrThrow()).values];
    const { id } = await admit(db, telling({ groups: ['a'], department: 'x' }), true, now);

    let renewed: Promise<void> | undefined;
    await db.transaction().execute(async (transaction) => {
      await admit(transaction, telling({ groups: [] }), true, now);
      renewed = keepTold(db, id, telling({}), now);
      await untilItWaits(db, engine, renewed);
    });
    await renewed;
    assert.deepEqual(await claimsOf(), [['groups', []]]);
  });

  it('is not brought back by a sign-in that says less than an answer that came meanwhile', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const { id } = await admit(db, telling({ groups: ['a'] }), true, now);
    const claimsOf = async () => [...fromColumns(await db.selectFrom('person').selectAll().executeTakeFirstOrThrow()).values];

    let admitted: Promise<unknown> | undefined;
    await db.transaction().execute(async (transaction) => {
      await keepTold(transaction, id, telling({ groups: [] }), now);
      admitted = db.transaction().execute((other) => admit(other, telling({}), true, now));
      await untilItWaits(db, engine, admitted);
    });
    await admitted;
    assert.deepEqual(await claimsOf(), [['groups', []]]);
  });
});
