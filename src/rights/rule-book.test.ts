import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { ruleBookOf } from '../../test/told.ts';
import type { Rule } from './rights.ts';
import { addRule } from './rule-changes.ts';
import { changeRights, type RuleBook } from './rule-book.ts';

const content = { claim: 'groups', operator: 'equals', value: 'finance', gives: { role: 'auditor', teamId: null } } as const;

describeOnBothEngines('the rule book', (engine) => {
  let database: TestDatabase;
  let db: Database;
  let other: Database;
  let ruleBook: RuleBook;
  before(async () => {
    database = await newMigratedDatabase(engine);
    [db, other] = [await openDatabase(database.url), await openDatabase(database.url)];
  });
  after(async () => {
    await Promise.all([db.destroy(), other.destroy()]);
    await database[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await db.deleteFrom('rule').execute();
    await add(db, content);
    ruleBook = ruleBookOf(db);
  });

  const add = async (to: Database, rule: Omit<Rule, 'id'>) =>
    to.transaction().execute(async (transaction) => addRule(transaction, rule));
  const valuesNow = async () => (await ruleBook.now()).rules.all.map(({ value }) => value).toSorted();

  it('IDM-8 has a changed rule on the next read, whoever changed it and however', async () => {
    assert.deepEqual(await valuesNow(), ['finance']);
    for (const by of [db, other]) {
      await add(by, { ...content, value: 'sales' });
      assert.deepEqual(await valuesNow(), ['finance', 'sales']);
      await sql`update rule set value = 'marketing' where value = 'sales'`.execute(by);
      assert.deepEqual(await valuesNow(), ['finance', 'marketing']);
      await sql`delete from rule where value = 'marketing'`.execute(by);
      assert.deepEqual(await valuesNow(), ['finance']);
    }
    await sql`delete from rule`.execute(other);
    assert.deepEqual(await valuesNow(), []);
  });

  it('IDM-8 has another version after every change, and the same one as long as there is none', async () => {
    const versions = [(await ruleBook.now()).version];
    for (const value of ['a', 'b']) {
      await add(other, { ...content, value });
      versions.push((await ruleBook.now()).version);
    }
    assert.equal(new Set(versions).size, 3);
    assert.equal((await ruleBook.now()).version, versions.at(-1));
  });

  it('does not read the rules again for a version that it knows', async () => {
    const { rules, version } = await ruleBook.now();
    await add(db, { ...content, value: 'sales' });
    assert.equal(await ruleBook.at(version), rules, 'the very same');
    const { version: next } = await ruleBook.now();
    assert.equal(await ruleBook.at(next), await ruleBook.at(next));
    assert.equal((await ruleBook.at(next)).all.length, 2);
  });

  it('reads once for all who ask at once', async () => {
    const { version } = await ruleBookOf(db).now();
    const read = await Promise.all(Array.from({ length: 20 }, () => ruleBook.at(version)));
    assert.equal(new Set(read).size, 1);
  });

  it('reads again what could not be read', async () => {
    const { version } = await ruleBook.now();
    const fresh = ruleBookOf(db);
    await sql`alter table rule rename to hidden`.execute(db);
    await assert.rejects(fresh.at(version));
    await sql`alter table hidden rename to rule`.execute(db);
    assert.equal((await fresh.at(version)).all.length, 1);
  });

  it('hands whoever changes rights what the one before has left, and nothing of a change that was undone', async () => {
    const addSales = async (undone: boolean) =>
      changeRights(db, ruleBook, undefined, async (transaction, { rules }) => {
        assert.deepEqual(
          rules.all.map(({ value }) => value),
          ['finance'],
        );
        await addRule(transaction, { ...content, value: 'sales' });
        if (undone) throw new Error('undone');
      });
    await assert.rejects(addSales(true), /undone/);
    assert.deepEqual(await valuesNow(), ['finance']);
    await addSales(false);
    assert.equal(await changeRights(db, ruleBook, undefined, async (_transaction, { rules }) => rules.all.length), 2);
    assert.equal((await valuesNow()).length, 2);
  });
});
