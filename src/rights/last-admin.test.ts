import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { ruleBookOf } from '../../test/told.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { disablePerson } from '../people/directory.ts';
import type { Person } from '../people/people.ts';
import { Problem } from '../problems.ts';
import { listEverybody } from './everybody.ts';
import { removeGrant } from './grants.ts';
import { makeChange } from './rule-changes.ts';

const admin = { role: 'admin', teamId: null } as const;

describeOnBothEngines('two admins who remove each other at once', (engine) => {
  let database: TestDatabase;
  /** Of two processes; on SQLite of one, because two would wait for each other in this one. */
  let pools: readonly [Database, Database];
  let people: readonly [Person, Person];
  before(async () => {
    database = await newMigratedDatabase(engine);
    const db = await openDatabase(database.url);
    pools = [db, engine === 'postgres' ? await openDatabase(database.url) : db];
  });
  after(async () => {
    await Promise.all([...new Set(pools)].map((db) => db.destroy()));
    await database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await pools[0].deleteFrom('rule').execute();
    await pools[0].deleteFrom('person').execute();
    people = [await addPerson(pools[0], ['admins-0']), await addPerson(pools[0], ['admins-1'])];
  });

  /** Both do it at once, each in their own process. */
  async function assertOneSucceeds(remove: (db: Database, index: 0 | 1) => Promise<unknown>): Promise<void> {
    const outcomes = await Promise.allSettled([remove(pools[0], 0), remove(pools[1], 1)]);
    const [refused, ...others] = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.deepEqual(others, []);
    assert.ok(refused?.reason instanceof Problem, JSON.stringify(outcomes));
    assert.equal(refused.reason.reason, 'last-admin');
    const { rules } = await ruleBookOf(pools[0]).now();
    const left = [];
    for await (const person of listEverybody(pools[0])) {
      if (person.disabledAt === undefined && rules.rightsOf(person).some(({ given }) => given.role === 'admin'))
        left.push(person);
    }
    assert.equal(left.length, 1);
  }

  const rounds = Array.from({ length: 5 }, (_, round) => round + 1);
  for (const round of rounds) {
    it(`by taking back grants: one succeeds (${round})`, async () => {
      const grants = [await giveTo(pools[0], people[0], admin), await giveTo(pools[0], people[1], admin)] as const;
      await assertOneSucceeds(async (db, index) =>
        removeGrant(db, ruleBookOf(db), undefined, people[index].id, grants[index], async () => {}),
      );
    });

    it(`by disabling: one succeeds (${round})`, async () => {
      for (const person of people) await giveTo(pools[0], person, admin);
      await assertOneSucceeds(async (db, index) =>
        disablePerson(db, ruleBookOf(db), undefined, people[index].id, new Date(), async () => {}),
      );
    });

    it(`one by disabling and one by taking back a grant: one succeeds (${round})`, async () => {
      const grants = [await giveTo(pools[0], people[0], admin), await giveTo(pools[0], people[1], admin)] as const;
      await assertOneSucceeds(async (db, index) =>
        index === 0
          ? disablePerson(db, ruleBookOf(db), undefined, people[0].id, new Date(), async () => {})
          : removeGrant(db, ruleBookOf(db), undefined, people[1].id, grants[1], async () => {}),
      );
    });
  }

  it('one by a rule and one by disabling: one succeeds', async () => {
    await giveTo(pools[0], people[1], admin);
    const content = { claim: 'groups', operator: 'equals', value: 'admins-0', gives: admin } as const;
    const { version } = await ruleBookOf(pools[0]).now();
    const made = await makeChange(pools[0], ruleBookOf(pools[0]), undefined, { kind: 'add', content }, version, async () => {});
    assert.ok(made !== undefined);
    const seen = await ruleBookOf(pools[0]).now();
    await assertOneSucceeds(async (db, index) =>
      index === 0
        ? makeChange(db, ruleBookOf(db), undefined, { kind: 'remove', id: made.id }, seen.version, async () => {})
        : disablePerson(db, ruleBookOf(db), undefined, people[1].id, new Date(), async () => {}),
    );
  });
});
