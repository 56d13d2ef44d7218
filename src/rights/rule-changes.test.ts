import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { ruleBookOf } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import type { Given } from './rights.ts';
import { makeChange, type RuleChange, type RuleContent } from './rule-changes.ts';
import { RuleBook } from './rule-book.ts';

const admin: Given = { role: 'admin', teamId: null };
const auditing: Given = { role: 'auditor', teamId: null };

function over(value: string, gives: Given = auditing): RuleContent {
  return { claim: 'groups', operator: 'equals', value, gives };
}

describeOnBothEngines('a change of rules', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('rule').execute();
    await db.deleteFrom('person').execute();
  });

  const versionNow = async () => (await ruleBookOf(db).now()).version;
  /** @param seen the version that somebody looked at; the one right now unless given. */
  const make = async (change: RuleChange, seen?: string, ruleBook = ruleBookOf(db)) =>
    makeChange(db, ruleBook, undefined, change, seen ?? (await versionNow()), async () => {});
  const idOf = async (change: RuleChange) => (await make(change))?.id ?? '';
  const rulesNow = async () => (await db.selectFrom('rule').selectAll().orderBy('value').execute()).map((row) => ({ ...row }));

  it('is made as it was asked for', async () => {
    const id = await idOf({ kind: 'add', content: over('audit') });
    const row = { id, claim: 'groups', operator: 'equals', value: 'audit', role: 'auditor', team_id: null };
    assert.deepEqual(await rulesNow(), [row]);
    const like = { ...over('audit-*', { role: 'finance', teamId: null }), operator: 'matches' } as const;
    assert.equal(await idOf({ kind: 'change', id, content: like }), id);
    assert.deepEqual(await rulesNow(), [{ ...row, operator: 'matches', value: 'audit-*', role: 'finance' }]);
    assert.equal(await idOf({ kind: 'remove', id }), id);
    assert.deepEqual(await rulesNow(), []);
  });

  it('keeps addresses and domains in lower case, and everything else to the letter', async () => {
    for (const [claim, kept] of [
      ['email', 'eve@example.com'],
      ['email_domain', 'eve@example.com'],
      ['groups', 'Eve@Example.COM'],
    ] as const) {
      const id = await idOf({ kind: 'add', content: { ...over('Eve@Example.COM'), claim } });
      assert.equal((await rulesNow()).find((row) => row.id === id)?.value, kept);
    }
  });

  it('to a rule that there is already is refused, and says so; one that changes nothing is not', async () => {
    const id = await idOf({ kind: 'add', content: over('audit') });
    const other = await idOf({ kind: 'add', content: over('other') });
    const before = await rulesNow();
    for (const change of [
      { kind: 'add', content: over('audit') },
      { kind: 'change', id: other, content: over('audit') },
    ] as const) {
      await assert.rejects(make(change), { kind: 'conflict', message: /exactly like this one already/ });
    }
    assert.deepEqual(await rulesNow(), before);
    assert.equal(await idOf({ kind: 'change', id, content: over('audit') }), id);
  });

  it('to a rule that is gone is refused, and says so', async () => {
    const id = await idOf({ kind: 'add', content: over('audit') });
    await make({ kind: 'remove', id });
    for (const change of [
      { kind: 'remove', id },
      { kind: 'change', id, content: over('other') },
    ] as const) {
      await assert.rejects(make(change), { kind: 'not-found', message: /somebody else has removed it/ });
    }
    assert.deepEqual(await rulesNow(), []);
  });

  it('of which other rules were seen is not made, nor what belongs to it', async () => {
    const seen = await versionNow();
    const id = await idOf({ kind: 'add', content: over('audit') });
    const before = await rulesNow();
    for (const change of [
      { kind: 'add', content: over('other') },
      { kind: 'change', id, content: over('other') },
      { kind: 'remove', id },
    ] as const) {
      for (const version of [seen, '', 'undefined']) {
        const made = await makeChange(db, ruleBookOf(db), undefined, change, version, async () => assert.fail('was called'));
        assert.equal(made, undefined);
      }
    }
    assert.deepEqual(await rulesNow(), before);
  });

  it('is made by one of many who have seen the same', async () => {
    const seen = await versionNow();
    const made = await Promise.all(['a', 'b', 'c', 'd'].map(async (value) => make({ kind: 'add', content: over(value) }, seen)));
    assert.equal(made.filter((one) => one !== undefined).length, 1);
    assert.equal((await rulesNow()).length, 1);
  });

  it('is undone where what belongs to it fails', async () => {
    const failing = makeChange(
      db,
      ruleBookOf(db),
      undefined,
      { kind: 'add', content: over('audit') },
      await versionNow(),
      async () => {
        throw new Error('no record');
      },
    );
    await assert.rejects(failing, /no record/);
    assert.deepEqual(await rulesNow(), []);
  });

  it('that would leave nobody an admin is refused, and says what to do', async () => {
    const id = await idOf({ kind: 'add', content: over('admins', admin) });
    await addPerson(db, ['admins']);
    const before = await rulesNow();
    for (const change of [
      { kind: 'remove', id },
      { kind: 'change', id, content: over('admins') },
      { kind: 'change', id, content: over('nobody-is-in', admin) },
    ] as const) {
      await assert.rejects(make(change), { kind: 'conflict', message: /Make somebody else an admin first/ });
    }
    assert.deepEqual(await rulesNow(), before);
  });

  it('may take a role of admin away where somebody else is one who can sign in, by rule, grant or setting', async () => {
    const another = await addPerson(db, ['others'], { email: 'other@example.com' });
    await addPerson(db, ['admins']);
    const setting = new RuleBook(db, { groupsClaim: 'groups', email: 'other@example.com' });
    const ways: readonly (() => Promise<RuleBook>)[] = [
      async () => (await make({ kind: 'add', content: over('others', admin) }), ruleBookOf(db)),
      async () => (await giveTo(db, another, admin), ruleBookOf(db)),
      async () => setting,
    ];
    for (const makeAdmin of ways) {
      await db.deleteFrom('rule').execute();
      await db.deleteFrom('right_grant').execute();
      const id = await idOf({ kind: 'add', content: over('admins', admin) });
      const ruleBook = await makeAdmin();
      await db.updateTable('person').set({ disabled_at: '2026-01-05' }).where('id', '=', another.id).execute();
      await assert.rejects(
        make({ kind: 'remove', id }, undefined, ruleBook),
        { kind: 'conflict' },
        'kept out, they do not count',
      );
      await db.updateTable('person').set({ disabled_at: null }).execute();
      assert.equal((await make({ kind: 'remove', id }, undefined, ruleBook))?.effects.length, 1);
    }
  });
});
