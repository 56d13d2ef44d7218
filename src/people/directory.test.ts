import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { identityOf, ruleBookOf } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { disablePerson, enablePerson, findPerson, listPeople, PEOPLE_PAGE } from './directory.ts';
import { admit } from './people.ts';

const at = new Date('2026-02-06T09:00:00Z');
const admin = { role: 'admin', teamId: null } as const;

describeOnBothEngines('the directory of people', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('person').execute();
  });

  const called = async (name: string | undefined, email?: string) =>
    addPerson(db, [], { name, email: email ?? `${Math.random()}@x` });
  const found = async (search: string) =>
    (await listPeople(db, search)).people.map(({ name }) => String(name)).toSorted((a, b) => (a < b ? -1 : 1));

  /** Every page, one after the other. */
  async function readAll(search: string): Promise<string[][]> {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const { people, next } = await listPeople(db, search, after);
      pages.push(people.map(({ id }) => id));
      after = next;
    } while (after !== undefined && pages.length < 50);
    return pages;
  }

  it('finds by a part of the name or the address, without case and accents', async () => {
    await called('Zoë Müller', 'zoe.mueller@example.com');
    await called('ZOE MULLER', 'other@example.com');
    await called(undefined, 'nameless@example.com');
    for (const search of ['zoe m', 'Zoë', 'ZOE MÜLLER', 'zo\u0065\u0308']) {
      assert.deepEqual(await found(search), ['ZOE MULLER', 'Zoë Müller'], search);
    }
    assert.deepEqual(await found('Mueller@EXAMPLE'), ['Zoë Müller']);
    assert.deepEqual(await found('nameless@'), ['null'], 'who has no name');
    assert.equal((await found('')).length, 3);
    assert.deepEqual(await found('mueller zoe'), []);
  });

  it('takes %, _ and \\ for what they are', async () => {
    await called('100% Ann');
    await called('100 Bob');
    await called('a_b');
    await called('aXb');
    await called('back\\slash');
    assert.deepEqual(await found('100%'), ['100% Ann']);
    assert.deepEqual(await found('%'), ['100% Ann']);
    assert.deepEqual(await found('a_b'), ['a_b']);
    assert.deepEqual(await found('\\'), ['back\\slash']);
    for (const nothing of ['%%', '\\%', '\\\\', '_%', "' or 1=1 --"]) assert.deepEqual(await found(nothing), [], nothing);
  });

  it('survives whatever is looked for', async () => {
    await called('Alice');
    for (const odd of ['\0', 'a\0b', '\ud800', '\udfff%', 'ﷺ'.repeat(200), '%'.repeat(200), '💸']) {
      assert.deepEqual(await found(odd), [], JSON.stringify(odd.slice(0, 9)));
    }
  });

  it('shows everybody exactly once, page after page, also those of one name', async () => {
    const ids = new Set<string>();
    for (let person = 0; person < 2 * PEOPLE_PAGE + 7; person += 1) {
      const name = person % 3 === 0 ? 'Same Name' : `Éve ${person % 10}`;
      ids.add((await called(name, person % 2 === 0 ? 'same@example.com' : undefined)).id);
    }
    const pages = await readAll('');
    assert.deepEqual(
      pages.map(({ length }) => length),
      [PEOPLE_PAGE, PEOPLE_PAGE, 7],
    );
    assert.deepEqual(new Set(pages.flat()), ids);
    assert.equal(pages.flat().length, ids.size);
    const eves = (await readAll('eve')).flat();
    assert.equal(new Set(eves).size, eves.length);
    assert.equal(eves.length, ids.size - Math.ceil(ids.size / 3));
  });

  it('has a last page that is full, and none behind it', async () => {
    for (let person = 0; person < PEOPLE_PAGE; person += 1) await called('Same Name');
    assert.deepEqual(
      (await readAll('')).map(({ length }) => length),
      [PEOPLE_PAGE],
    );
    assert.equal((await listPeople(db, '')).next, undefined);
  });

  it('gives a place to go on from that fits into an address, however long a name becomes', async () => {
    for (let person = 0; person <= PEOPLE_PAGE; person += 1) await called(`${'ﷺ'.repeat(199)}💸`);
    const { next } = await listPeople(db, '');
    assert.ok(next !== undefined);
    assert.equal((await listPeople(db, '', next)).people.length, 1);
  });

  it('finds somebody by their id, and nobody by what is none', async () => {
    const { id } = await called('Alice');
    assert.equal((await findPerson(db, id))?.name, 'Alice');
    for (const odd of ['', '\0', id.toUpperCase(), `${id} `, '%', 'x'.repeat(36), '0'.repeat(36)]) {
      if (odd !== id) assert.equal(await findPerson(db, odd), undefined, JSON.stringify(odd));
    }
  });

  it('SES-7 keeps somebody out until they are let in again, and does each once', async () => {
    await giveTo(db, await called('Dana'), admin);
    const { id, subject } = await called('Alice');
    const disable = async (when: Date) => disablePerson(db, ruleBookOf(db), undefined, id, when, async () => {});
    const enable = async () => db.transaction().execute(async (transaction) => enablePerson(transaction, id));
    const signIn = async () => admit(db, identityOf({ subject }), true, () => at);
    assert.equal(await enable(), undefined, 'they were not out');
    assert.equal((await disable(at))?.disabled_at, at.toISOString());
    assert.equal(await disable(new Date()), undefined);
    assert.equal((await findPerson(db, id))?.disabled_at, at.toISOString(), 'and it is still since when it was first done');
    await assert.rejects(signIn(), { kind: 'not-allowed', reason: 'person-disabled' });
    assert.equal((await enable())?.disabled_at, null);
    assert.equal(await enable(), undefined);
    assert.equal((await signIn()).id, id);
  });

  it('does not keep the last admin out, nor anybody where what belongs to it fails', async () => {
    const dana = await called('Dana');
    await giveTo(db, dana, admin);
    const disable = async (id: string, afterwards = async () => {}) =>
      disablePerson(db, ruleBookOf(db), undefined, id, at, afterwards);
    await assert.rejects(disable(dana.id), { kind: 'conflict', reason: 'last-admin' });
    const { id } = await called('Alice');
    const fails = async () => Promise.reject(new Error('no record'));
    await assert.rejects(disable(id, fails), /no record/);
    for (const one of [dana.id, id]) assert.equal((await findPerson(db, one))?.disabled_at, null);
    assert.equal(await disable('0'.repeat(36)), undefined, 'nor anybody who is not there');
  });
});
