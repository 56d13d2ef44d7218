import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { ruleBookOf } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import type { Effect } from './effects.ts';
import { listEverybody } from './everybody.ts';
import { type Given, keyOf } from './rights.ts';
import { makeChange, previewChange, type RuleChange, type RuleContent } from './rule-changes.ts';

const inTeam: Given = { role: 'member', teamId: 'team-1' };
const auditing: Given = { role: 'auditor', teamId: null };

function over(value: string, gives: Given = inTeam): RuleContent {
  return { claim: 'groups', operator: 'equals', value, gives };
}

/** An effect as it is compared. */
function inShort({ person, gains, loses, losesAll }: Effect) {
  return { id: person.id, gains: gains.map(keyOf).toSorted(), loses: loses.map(keyOf).toSorted(), losesAll };
}

describeOnBothEngines('what a change of rules does', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine, ['team-1', 'team-2']);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('rule').execute();
    await db.deleteFrom('person').execute();
  });

  const preview = async (change: RuleChange) => {
    const { effects, version } = await previewChange(db, ruleBookOf(db), change);
    return { effects: effects.map(inShort), version };
  };
  const make = async (change: RuleChange) => {
    const { version } = await ruleBookOf(db).now();
    const made = await makeChange(db, ruleBookOf(db), undefined, change, version, async () => {});
    assert.ok(made !== undefined);
    return made;
  };

  it('is that people gain who did not have it yet, from anywhere', async () => {
    const alice = await addPerson(db, ['finance']);
    const bob = await addPerson(db, ['finance', 'sales']);
    const carol = await addPerson(db, ['finance']);
    await addPerson(db, ['marketing']);
    await make({ kind: 'add', content: over('sales') });
    await giveTo(db, carol, inTeam);
    const { effects } = await preview({ kind: 'add', content: over('finance') });
    assert.deepEqual(effects, [{ id: alice.id, gains: ['member team-1'], loses: [], losesAll: false }]);
    assert.notEqual(bob.id, alice.id);
  });

  it('is that people lose what they have from nowhere else, and whether anything is left to them', async () => {
    const { id: rule } = await make({ kind: 'add', content: over('finance') });
    await make({ kind: 'add', content: over('audit', auditing) });
    const alice = await addPerson(db, ['finance']);
    const bob = await addPerson(db, ['finance', 'audit']);
    const carol = await addPerson(db, ['finance']);
    await giveTo(db, carol, inTeam);
    const { effects } = await preview({ kind: 'remove', id: rule });
    // Ids of one millisecond have no order.
    const byId = new Map(effects.map((effect) => [effect.id, effect]));
    assert.equal(effects.length, 2);
    assert.deepEqual(byId.get(alice.id), { id: alice.id, gains: [], loses: ['member team-1'], losesAll: true });
    assert.deepEqual(byId.get(bob.id), { id: bob.id, gains: [], loses: ['member team-1'], losesAll: false });
  });

  it('is both where a rule gives something else from now on', async () => {
    const { id } = await make({ kind: 'add', content: over('finance') });
    const alice = await addPerson(db, ['finance']);
    const { effects } = await preview({ kind: 'change', id, content: over('finance', auditing) });
    assert.deepEqual(effects, [{ id: alice.id, gains: ['auditor'], loses: ['member team-1'], losesAll: false }]);
  });

  it('is nothing for somebody who is kept out, and nothing at all where the same is said in another way', async () => {
    const { id } = await make({ kind: 'add', content: over('finance') });
    await addPerson(db, ['finance']);
    const { id: out } = await addPerson(db, ['finance', 'sales']);
    await db.updateTable('person').set({ disabled_at: '2026-01-05' }).where('id', '=', out).execute();
    assert.deepEqual((await preview({ kind: 'add', content: over('sales') })).effects, []);
    const same = { ...over('fin*'), operator: 'matches' } as const;
    assert.deepEqual((await preview({ kind: 'change', id, content: same })).effects, []);
  });

  it('reaches everybody, however many there are', async () => {
    const ids = new Set<string>();
    for (let person = 0; person < 1_001; person += 1) ids.add((await addPerson(db, ['finance'])).id);
    const { effects } = await preview({ kind: 'add', content: over('finance') });
    assert.deepEqual(new Set(effects.map(({ id }) => id)), ids);
    assert.equal(effects.length, ids.size);
  });

  it('is what the preview says, whatever the rules and the people', async () => {
    const group = fc.constantFrom('a', 'b', 'ab', 'c');
    const gives: fc.Arbitrary<Given> = fc.oneof(
      fc.record({ role: fc.constantFrom('finance', 'auditor'), teamId: fc.constant(null) }),
      fc.record({ role: fc.constantFrom('member', 'manager'), teamId: fc.constantFrom('team-1', 'team-2') }),
    );
    const content: fc.Arbitrary<RuleContent> = fc.record({
      claim: fc.constantFrom('groups', 'email_domain'),
      operator: fc.constantFrom('equals', 'matches'),
      value: fc.oneof(group, fc.constantFrom('a*', '*', 'example.com')),
      gives,
    });
    const people = fc.array(fc.record({ groups: fc.array(group), grant: fc.option(gives) }), { minLength: 1, maxLength: 4 });
    const change = fc.tuple(fc.constantFrom('add', 'change', 'remove'), fc.nat(), content);
    const known = fc.uniqueArray(content, { maxLength: 5, selector: (one) => JSON.stringify(one) });
    await fc.assert(
      fc.asyncProperty(known, people, change, async (rules, some, [kind, index, wanted]) => {
        await db.deleteFrom('rule').execute();
        await db.deleteFrom('person').execute();
        const ids = [];
        for (const one of rules) ids.push((await make({ kind: 'add', content: one })).id);
        for (const { groups, grant } of some) {
          const person = await addPerson(db, groups);
          if (grant !== null) await giveTo(db, person, grant);
        }
        const id = ids[index % Math.max(ids.length, 1)];
        const asked: RuleChange =
          kind === 'add' || id === undefined ? { kind: 'add', content: wanted } : { kind, id, content: wanted };
        const twin =
          'content' in asked && kind !== 'remove' && rules.some((one) => JSON.stringify(one) === JSON.stringify(wanted));
        fc.pre(!twin);

        const had = await everybodysRights();
        const { effects } = await preview(asked);
        const made = await make(asked);
        const has = await everybodysRights();
        assert.deepEqual(made.effects.map(inShort), effects, 'what was done is what was said');
        for (const [personId, before] of had) {
          const after = has.get(personId) ?? new Set();
          const effect = effects.find((one) => one.id === personId);
          assert.deepEqual(effect?.gains ?? [], [...after.difference(before)].toSorted());
          assert.deepEqual(effect?.loses ?? [], [...before.difference(after)].toSorted());
          assert.equal(effect?.losesAll ?? false, effect !== undefined && after.size === 0);
        }
      }),
      { numRuns: 40 },
    );
  });

  async function everybodysRights(): Promise<Map<string, Set<string>>> {
    const { rules } = await ruleBookOf(db).now();
    const rights = new Map<string, Set<string>>();
    for await (const person of listEverybody(db)) {
      rights.set(person.id, new Set(rules.rightsOf(person).map(({ given }) => keyOf(given))));
    }
    return rights;
  }
});
