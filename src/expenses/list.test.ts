import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { draft, move, newPerson, newTeam, now } from '../../test/spending.ts';
import type { Database } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { addExpense } from './expenses.ts';
import { listExpenses, listSpenders } from './list.ts';

describeOnBothEngines('the people to look for in a team', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());

  it('are whoever has spent something there, once each and by name, and nobody of whom there are drafts alone', async () => {
    const [team, other] = [await newTeam(db), await newTeam(db)];
    const both = [team, other].map(({ id }) => ({ role: 'member', teamId: id }) as const);
    const [zoe, alice, carla, bob] = [
      await newPerson(db, 'Zoe', ...both),
      await newPerson(db, 'Alice', ...both),
      await newPerson(db, 'Carla', ...both),
      await newPerson(db, 'Bob', ...both),
    ];
    assert.deepEqual(await listSpenders(db, team), []);
    for (const person of [zoe, alice, zoe]) await move(db, await draft(db, team, person), 'submission', person);
    await draft(db, team, alice);
    await draft(db, team, carla);
    await move(db, await draft(db, other, bob), 'submission', bob);
    // What came in from elsewhere has nobody here whom one could look for.
    const elsewhere = { spenderName: 'Somebody', item: 'Lunch', amountMinor: 100, loggedAt: now };
    await db.transaction().execute(async (transaction) => addExpense(transaction, team, elsewhere));
    const listed = async (one: VisibleTeam) => (await listSpenders(db, one)).map(({ id, name }) => [id, name]);
    assert.deepEqual(await listed(team), [
      [alice.personId, 'Alice'],
      [zoe.personId, 'Zoe'],
    ]);
    assert.deepEqual(await listed(other), [[bob.personId, 'Bob']]);
  });

  it('are 200 at most', async () => {
    const team = await newTeam(db);
    await db.transaction().execute(async (transaction) => {
      for (let index = 0; index < 201; index += 1) {
        const spender = { spenderId: `person-${index}`, spenderName: `Person ${index}`, state: 'submitted' } as const;
        await addExpense(transaction, team, { ...spender, item: 'Lunch', amountMinor: 100, loggedAt: now });
      }
    });
    assert.equal((await listSpenders(db, team)).length, 200);
  });
});

describeOnBothEngines('a word that is looked for', (engine) => {
  it('is found in capitals or not, in letters of any alphabet, and what a pattern means stands for itself', async () => {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    const team = await newTeam(db);
    const items = [
      'Taxi',
      'TAXI to Łódź',
      'Café crème',
      'cafe creme',
      'ISIK',
      'Işık',
      '100 % Cotton',
      'a_b',
      'axb',
      'Ωmega',
      'ωMEGA',
      '\\',
    ];
    await db.transaction().execute(async (transaction) => {
      for (const item of items) {
        const spender = { spenderId: 'somebody', spenderName: 'Somebody', state: 'submitted' } as const;
        await addExpense(transaction, team, { ...spender, item, amountMinor: 100, loggedAt: now });
      }
    });
    for (const text of [
      'taxi',
      'ŁÓDŹ',
      'łódź',
      'CAFÉ',
      'cafe',
      'CREME',
      'isik',
      'IŞIK',
      'ışık',
      '%',
      '_',
      'ωmega',
      'mega',
      '\\',
      'zebra',
      'é',
    ]) {
      const { expenses } = await listExpenses(db, team, { personId: 'nobody' }, { filter: { text } });
      const expected = items.filter((item) => item.toUpperCase().includes(text.toUpperCase()));
      assert.deepEqual(expenses.map(({ item }) => item).toSorted(), expected.toSorted(), text);
    }
  });
});
