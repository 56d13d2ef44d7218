import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { ruleBookOf } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import type { Person } from '../people/people.ts';
import { addGrant, removeGrant } from './grants.ts';
import { withGrants } from './everybody.ts';
import type { Given } from './rights.ts';

const admin: Given = { role: 'admin', teamId: null };
const inTeam: Given = { role: 'member', teamId: 'team-1' };
const at = new Date('2026-02-06T09:00:00Z');

describeOnBothEngines('what an admin gives', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let alice: Person;
  let bob: Person;
  before(async () => {
    fresh = await openFreshDatabase(engine, ['team-1', 'team-2']);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('person').execute();
    [alice, bob] = [await addPerson(db, ['finance']), await addPerson(db, [])];
  });

  const give = async ({ id }: Person, gives: Given) =>
    db.transaction().execute(async (transaction) => addGrant(transaction, id, gives, 'Dana Dyer', at));
  const takeBack = async ({ id }: Person, grantId: string) =>
    removeGrant(db, ruleBookOf(db), undefined, id, grantId, async () => {});
  const grantsOf = async (person: Person) => (await withGrants(db, [person])).flatMap(({ grants }) => grants);

  it('is theirs and nobody else’s, with who gave it and when', async () => {
    const grant = await give(alice, inTeam);
    assert.deepEqual(grant, { id: grant?.id, gives: inTeam, givenBy: 'Dana Dyer', givenAt: at.toISOString() });
    assert.deepEqual(await grantsOf(alice), [grant]);
    assert.deepEqual(await grantsOf(bob), []);
  });

  it('is given once, however often; something else is something else', async () => {
    for (const gives of [inTeam, admin]) {
      assert.ok((await give(alice, gives)) !== undefined);
      assert.equal(await give(alice, gives), undefined);
    }
    const others: readonly Given[] = [
      { role: 'manager', teamId: 'team-1' },
      { role: 'member', teamId: 'team-2' },
      { role: 'finance', teamId: null },
    ];
    for (const gives of others) assert.ok((await give(alice, gives)) !== undefined);
    assert.equal((await grantsOf(alice)).length, 5);
  });

  it('is given once also where two do it at the same time', async () => {
    const given = await Promise.all(Array.from({ length: 6 }, async () => give(alice, admin)));
    assert.equal(given.filter((grant) => grant !== undefined).length, 1);
    assert.equal((await grantsOf(alice)).length, 1);
  });

  it('cannot be for nobody or for a team that there is not, nor a role that does not fit', async () => {
    await assert.rejects(give({ ...alice, id: 'nobody' }, admin), /foreign key/i);
    await assert.rejects(give(alice, { role: 'member', teamId: 'nothing' }), /foreign key/i);
    await assert.rejects(give(alice, { role: 'member', teamId: null } as unknown as Given), /check|constraint/i);
    await assert.rejects(give(alice, { role: 'admin', teamId: 'team-1' } as unknown as Given), /check|constraint/i);
  });

  it('is taken back from whom it was given to, once', async () => {
    const id = await giveTo(db, alice, inTeam);
    assert.equal(await takeBack(bob, id), undefined, 'it is not his');
    assert.equal((await takeBack(alice, id))?.id, id);
    assert.equal(await takeBack(alice, id), undefined);
    assert.deepEqual(await grantsOf(alice), []);
  });

  it('is not taken back where what belongs to that fails', async () => {
    const id = await giveTo(db, alice, inTeam);
    const failing = removeGrant(db, ruleBookOf(db), undefined, alice.id, id, async () => {
      throw new Error('no record');
    });
    await assert.rejects(failing, /no record/);
    assert.equal((await grantsOf(alice)).length, 1);
  });

  it('is not taken back where nobody would be an admin any more', async () => {
    const [first, second] = [await giveTo(db, alice, admin), await giveTo(db, bob, admin)];
    assert.ok((await takeBack(alice, first)) !== undefined, 'Bob is one, too');
    await assert.rejects(takeBack(bob, second), { kind: 'conflict', message: /Nobody would be an admin any more/ });
    assert.equal((await grantsOf(bob)).length, 1);
    const other = await giveTo(db, bob, inTeam);
    assert.ok((await takeBack(bob, other)) !== undefined, 'what is no admin’s may go');
  });
});
