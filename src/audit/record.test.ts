import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { TestClock } from '../../test/told.ts';
import { linkPending } from './linking.ts';
import { type NewAuditEntry, recordAudit } from './record.ts';

describeOnBothEngines('the audit record', (engine) => {
  let fresh: FreshDatabase;
  const clock = new TestClock();
  before(async () => {
    fresh = await openFreshDatabase(engine);
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function recorded(entry: NewAuditEntry) {
    await recordAudit(fresh.db, entry, clock.now);
    return fresh.db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow();
  }

  it('says who did what to whom and when, and in which request', async () => {
    clock.advance(1_000);
    const { id, ...entry } = await recorded({
      action: 'grant-added',
      by: { id: 'person-1', name: 'Hannah' },
      about: { kind: 'person', id: 'person-2', name: null },
      detail: { team: 'finance', role: 'member', claims: ['a', 'b'], nobody: undefined },
      reference: 'ABCD2345',
    });
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.replace('-', '').slice(0, 12), 16), clock.now().getTime());
    assert.deepEqual(entry, {
      at: clock.now().toISOString(),
      action: 'grant-added',
      person_id: 'person-1',
      person_name: 'Hannah',
      about_kind: 'person',
      about_id: 'person-2',
      about_name: null,
      detail: '{"team":"finance","role":"member","claims":["a","b"]}',
      reference: 'ABCD2345',
    });
  });

  it('has what one process records in one millisecond in the order in which it did', async () => {
    clock.advance(1_000);
    for (let count = 0; count < 20; count += 1)
      await recordAudit(fresh.db, { action: 'rule-added', detail: { count } }, clock.now);
    const rows = await fresh.db.selectFrom('audit_entry').select('detail').orderBy('id', 'desc').limit(20).execute();
    assert.deepEqual(
      rows.map(({ detail }) => detail),
      Array.from({ length: 20 }, (_, count) => `{"count":${19 - count}}`),
    );
  });

  it('is true together with what happened, or neither is', async () => {
    const count = async () => (await fresh.db.selectFrom('audit_entry').select('id').execute()).length;
    const before = await count();
    const fails = fresh.db.transaction().execute(async (transaction) => {
      await recordAudit(transaction, { action: 'team-added' }, clock.now);
      throw new Error('on purpose');
    });
    await assert.rejects(fails, /on purpose/);
    assert.equal(await count(), before);
  });

  it('takes text of any length and with any character, cuts it, and says so', async () => {
    clock.advance(1_000);
    const long = '😀'.repeat(5_000);
    const entry = await recorded({
      action: 'team-changed',
      by: { id: '1', name: `A\u0000\n${long}` },
      about: { kind: 'team', id: long, name: '\uD800' },
      detail: { note: `\u0000${long}`, many: Array.from({ length: 60 }, () => 'x') },
      reference: long,
    });
    assert.match(entry.person_name ?? '', /^A(😀)+…$/u);
    assert.ok((entry.person_name ?? '').length <= 200);
    assert.match(entry.about_id ?? '', /^(😀)+…$/u);
    const detail = JSON.parse(entry.detail) as { note: string; many: string[] };
    assert.match(detail.note, /^(😀)+…$/u);
    assert.equal(detail.many.at(-1), '…');
    assert.equal(detail.many.length, 51);
  });

  it('leaves out of a detail what makes it too long, and says so', async () => {
    clock.advance(1_000);
    const detail = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`value-${index}`, '"'.repeat(400)]));
    const entry = await recorded({ action: 'rule-changed', detail });
    assert.ok(entry.detail.length <= 4_000);
    const kept = JSON.parse(entry.detail) as Record<string, unknown>;
    assert.equal(kept['cut'], true);
    assert.equal(kept['value-0'], '"'.repeat(400));
  });

  it('refuses to be changed, emptied or written over', async () => {
    await linkPending(fresh.db);
    for (const table of ['audit_entry', 'audit_link'] as const) {
      const before = await fresh.db.selectFrom(table).selectAll().execute();
      assert.ok(before.length > 0);
      const name = sql.table(table);
      const key = sql.ref(table === 'audit_entry' ? 'detail' : 'hash');
      const attempts = [
        sql`update ${name} set ${key} = 'x'`,
        sql`delete from ${name}`,
        engine === 'postgres' ? sql`truncate ${name}` : sql`insert or replace into ${name} select * from ${name}`,
      ];
      for (const attempt of attempts) await assert.rejects(attempt.execute(fresh.db), /takes no change/);
      assert.deepEqual(await fresh.db.selectFrom(table).selectAll().execute(), before);
    }
  });
});
