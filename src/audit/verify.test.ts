import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { openFreshDatabase } from '../../test/fresh-database.ts';
import { TestClock } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { beginning, formatLink, nextLink, parseLink } from './chain.ts';
import { linkPending } from './linking.ts';
import { recordAudit } from './record.ts';
import { type Fault, verifyAudit, verifyAuditTail } from './verify.ts';

const LINKED = 8;

describeOnBothEngines('verifying the record', (engine) => {
  const clock = new TestClock();

  /** A record of eight entries, and what somebody does to it who may do anything in the database. */
  async function afterEdit(edit: (db: Database, ids: string[]) => Promise<unknown>) {
    await using fresh = await openFreshDatabase(engine);
    const { db } = fresh;
    for (let index = 0; index < LINKED; index += 1) {
      clock.advance(1_000);
      await recordAudit(db, { action: 'rule-added', detail: { index } }, clock.now);
    }
    await linkPending(db);
    const { head } = await verifyAudit(db);
    const rows = await db.selectFrom('audit_link').select('entry_id').orderBy('seq').execute();
    await withoutTriggers(db, () =>
      edit(
        db,
        rows.map((row) => row.entry_id),
      ),
    );
    const [tail, all] = [await verifyAuditTail(db, 3), await verifyAuditTail(db, LINKED)];
    return { ids: rows.map((row) => row.entry_id), ...(await verifyAudit(db)), expected: await verifyAudit(db, head), tail, all };
  }

  async function withoutTriggers(db: Database, work: () => Promise<unknown>): Promise<void> {
    if (engine === 'postgres') {
      for (const switched of ['disable', 'enable']) {
        for (const table of ['audit_entry', 'audit_link'])
          await sql`alter table ${sql.table(table)} ${sql.raw(switched)} trigger all`.execute(db);
        if (switched === 'disable') await work();
      }
      return;
    }
    const { rows } = await sql<{ name: string; sql: string }>`select name, sql from sqlite_master where type = 'trigger'`.execute(
      db,
    );
    for (const { name } of rows) await sql`drop trigger ${sql.ref(name)}`.execute(db);
    await work();
    for (const trigger of rows) await sql.raw(trigger.sql).execute(db);
  }

  const named = (fault: Fault | undefined) => fault && { kind: fault.kind, seq: fault.seq, entryId: fault.entryId };

  it('finds nothing in one that nobody touched, and an empty one has a head, too', async () => {
    const { fault, linked, pending, expected } = await afterEdit(async () => {});
    assert.deepEqual(
      { fault, linked, pending, later: expected.fault },
      { fault: undefined, linked: LINKED, pending: 0, later: undefined },
    );
    await using empty = await openFreshDatabase(engine);
    assert.deepEqual(await verifyAudit(empty.db), { fault: undefined, linked: 0, pending: 0, head: beginning });
  });

  it('looks at the last entries alone where it is told to, and sees what was done to them and nothing further back', async () => {
    const change = (place: number) => (db: Database, ids: string[]) =>
      sql`update audit_entry set detail = 'edited' where id = ${ids[place - 1]}`.execute(db);
    const untouched = await afterEdit(async () => {});
    assert.deepEqual([untouched.tail.fault, untouched.tail.linked], [undefined, 3]);
    assert.deepEqual([untouched.all.fault, untouched.all.linked], [undefined, LINKED]);
    for (const place of [6, 7, 8]) assert.equal((await afterEdit(change(place))).tail.fault?.seq, place);
    const before = await afterEdit(change(5));
    assert.equal(before.tail.fault, undefined);
    assert.equal(before.all.fault?.seq, 5);
    const cut = await afterEdit((db, ids) =>
      db
        .deleteFrom('audit_link')
        .where('entry_id', '=', ids[7] ?? '')
        .execute(),
    );
    assert.deepEqual(named(cut.tail.fault), { kind: 'tail-missing', seq: 8, entryId: undefined });
    const gone = await afterEdit((db, ids) =>
      db
        .deleteFrom('audit_entry')
        .where('id', '=', ids[6] ?? '')
        .execute(),
    );
    assert.deepEqual(named(gone.tail.fault), { kind: 'entry-missing', seq: 7, entryId: gone.ids[6] });
  });

  it('names the first entry whose content was changed, whichever field it is', async () => {
    const fields = ['at', 'action', 'person_id', 'person_name', 'about_name', 'detail', 'reference'];
    for (const field of fields) {
      const { ids, fault, linked } = await afterEdit((db, [, , third = '', , fifth = '']) =>
        sql`update audit_entry set ${sql.ref(field)} = 'edited' where id in (${third}, ${fifth})`.execute(db),
      );
      assert.deepEqual(named(fault), { kind: 'entry-changed', seq: 3, entryId: ids[2] }, field);
      assert.match(fault?.sentence ?? '', new RegExp(`${ids[2]}, at place 3`));
      assert.equal(linked, 2, 'what is before it holds');
    }
  });

  it('names the first entry that was removed, with its link or without, and the first of a tail', async () => {
    const entryOnly = await afterEdit((db, [, second = '']) => db.deleteFrom('audit_entry').where('id', '=', second).execute());
    assert.deepEqual(named(entryOnly.fault), { kind: 'entry-missing', seq: 2, entryId: entryOnly.ids[1] });

    const whole = await afterEdit(async (db, [, second = '']) => {
      await db.deleteFrom('audit_entry').where('id', '=', second).execute();
      await db.deleteFrom('audit_link').where('entry_id', '=', second).execute();
    });
    assert.deepEqual(named(whole.fault), { kind: 'link-missing', seq: 2, entryId: undefined });

    const tail = await afterEdit(async (db, ids) => {
      await db.deleteFrom('audit_entry').where('id', 'in', ids.slice(6)).execute();
      await db.deleteFrom('audit_link').where('entry_id', 'in', ids.slice(6)).execute();
    });
    assert.deepEqual(named(tail.fault), { kind: 'tail-missing', seq: 7, entryId: undefined });
  });

  it('names an entry that was removed so that those behind it moved up', async () => {
    const { ids, fault } = await afterEdit(async (db, [, , , fourth = '']) => {
      await db.deleteFrom('audit_entry').where('id', '=', fourth).execute();
      await db.deleteFrom('audit_link').where('entry_id', '=', fourth).execute();
      for (let seq = 5; seq <= LINKED; seq += 1) await sql`update audit_link set seq = ${seq - 1} where seq = ${seq}`.execute(db);
      await sql`update audit_head set seq = ${LINKED - 1}`.execute(db);
    });
    assert.deepEqual(named(fault), { kind: 'entry-changed', seq: 4, entryId: ids[4] });
  });

  it('names the first of two entries that changed places', async () => {
    const { ids, fault } = await afterEdit(async (db, [, , third = '', , , sixth = '']) => {
      await sql`update audit_link set entry_id = 'parked' where entry_id = ${third}`.execute(db);
      await sql`update audit_link set entry_id = ${third} where entry_id = ${sixth}`.execute(db);
      await sql`update audit_link set entry_id = ${sixth} where entry_id = 'parked'`.execute(db);
    });
    assert.deepEqual(named(fault), { kind: 'entry-changed', seq: 3, entryId: ids[5] });
  });

  it('names an entry that was put beside the chain, and a link behind its head', async () => {
    const stray = await afterEdit(async (db) => {
      await recordAudit(db, { action: 'rule-removed' }, () => new Date(0));
      await db.deleteFrom('audit_pending').execute();
    });
    assert.equal(stray.fault?.kind, 'not-linked');
    assert.match(stray.fault?.entryId ?? '', /^00000000-0000-7/);

    const beyond = await afterEdit(async (db) => {
      await recordAudit(db, { action: 'rule-removed' }, () => new Date(0));
      const entry = await db.selectFrom('audit_entry').selectAll().orderBy('id').executeTakeFirstOrThrow();
      const { seq, hash } = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow();
      await db
        .insertInto('audit_link')
        .values({ ...nextLink({ seq, hash }, entry), entry_id: entry.id })
        .execute();
    });
    assert.equal(beyond.fault?.kind, 'link-beyond-head');
  });

  it('names an entry that was put in with a link before the first one, or with an id before every other', async () => {
    const putIn = (db: Database, id: string | null) =>
      sql`insert into audit_entry (id, at, action, detail) values (${id}, '2026-01-01T00:00:00.000Z', 'rule-removed', '{}')`.execute(
        db,
      );
    for (const seq of [0, -1]) {
      const { fault } = await afterEdit(async (db) => {
        await putIn(db, 'put-in');
        await db.insertInto('audit_link').values({ seq, entry_id: 'put-in', hash: 'any' }).execute();
      });
      assert.deepEqual(named(fault), { kind: 'link-before-beginning', seq, entryId: 'put-in' });
    }
    // A primary key of text may be NULL on SQLite.
    for (const id of engine === 'sqlite' ? ['', null] : ['']) {
      const { fault } = await afterEdit((db) => putIn(db, id));
      assert.deepEqual(named(fault), { kind: 'not-linked', seq: undefined, entryId: id });
    }
  });

  it('names an entry that was removed while it waited for its place', async () => {
    const { fault, pending } = await afterEdit(async (db) => {
      await recordAudit(db, { action: 'rule-removed' }, () => new Date(0));
      await db.deleteFrom('audit_entry').where('at', '=', new Date(0).toISOString()).execute();
    });
    assert.deepEqual([fault?.kind, fault?.seq, pending], ['entry-missing', undefined, 1]);
    assert.match(fault?.entryId ?? '', /^00000000-0000-7/);
  });

  it('says so where the head is another one, or gone', async () => {
    const other = await afterEdit((db) =>
      db
        .updateTable('audit_head')
        .set({ hash: 'f'.repeat(64) })
        .execute(),
    );
    assert.deepEqual(named(other.fault), { kind: 'head-differs', seq: LINKED, entryId: undefined });
    const gone = await afterEdit((db) => db.deleteFrom('audit_head').execute());
    assert.deepEqual(named(gone.fault), { kind: 'head-differs', seq: undefined, entryId: undefined });
  });

  it('shows a chain that was written anew only to whoever wrote down its head, and then the first place that it can know', async () => {
    const { fault, expected } = await afterEdit(async (db, [, second = '']) => {
      await db.deleteFrom('audit_entry').where('id', '=', second).execute();
      await db.deleteFrom('audit_link').execute();
      await db.updateTable('audit_head').set(beginning).execute();
      const entries = await db.selectFrom('audit_entry').select('id as entry_id').execute();
      await db.insertInto('audit_pending').values(entries).execute();
      await linkPending(db);
      await recordAudit(db, { action: 'rule-added' }, clock.now);
      await linkPending(db);
    });
    assert.equal(fault, undefined);
    assert.deepEqual(named(expected.fault), { kind: 'other-chain', seq: LINKED, entryId: undefined });

    const shorter = await afterEdit(async (db, ids) => {
      await db.deleteFrom('audit_entry').where('id', 'in', ids.slice(5)).execute();
      await db.deleteFrom('audit_link').where('seq', '>', 5).execute();
      const last = await db.selectFrom('audit_link').select(['seq', 'hash']).where('seq', '=', 5).executeTakeFirstOrThrow();
      await db.updateTable('audit_head').set(last).execute();
    });
    assert.equal(shorter.fault, undefined);
    assert.deepEqual(named(shorter.expected.fault), { kind: 'tail-missing', seq: 6, entryId: undefined });
  });
});

describe('a link of the chain', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const entry = fc.record({
    id: text,
    at: text,
    action: text,
    person_id: fc.option(text),
    person_name: fc.option(text),
    about_kind: fc.option(text),
    about_id: fc.option(text),
    about_name: fc.option(text),
    detail: text,
    reference: fc.option(text),
  });

  it('is the same for the same entries in the same order, and for no others', () => {
    const chainOf = (entries: readonly Parameters<typeof nextLink>[1][]) => entries.reduce(nextLink, beginning);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), fc.array(entry, { maxLength: 4 }), (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        assert.equal(chainOf(one).hash === chainOf(other).hash, same);
        assert.deepEqual(chainOf(structuredClone(one)), chainOf(one));
        assert.deepEqual(parseLink(formatLink(chainOf(one))), chainOf(one));
      }),
    );
  });

  it('is written as SEQ:HASH and read from nothing else', () => {
    for (const wrong of ['', '1', `1:${'g'.repeat(64)}`, `01:${'a'.repeat(64)}`, `1:${'a'.repeat(63)}`, `-1:${'a'.repeat(64)}`])
      assert.equal(parseLink(wrong), undefined, wrong);
  });
});
