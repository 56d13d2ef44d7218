import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { CompiledQuery, Kysely, sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { TestClock } from '../../test/told.ts';
import { migrate } from '../database/migrate.ts';
import { NodeSqliteDialect } from '../database/node-sqlite.ts';
import type { Schema } from '../database/schema.ts';
import { jsonLine } from '../web/json-lines.ts';
import { AUDIT_PAGE, type AuditFilter, listAudit, streamAudit } from './entries.ts';
import { linkPending } from './linking.ts';
import { type AuditAction, recordAudit } from './record.ts';

const hannah = { id: 'hannah', name: 'Hannah' };

describeOnBothEngines('reading the record', (engine) => {
  let fresh: FreshDatabase;
  const clock = new TestClock();
  const began = clock.now();
  const minutes = (count: number) => new Date(began.getTime() + count * 60_000);
  before(async () => {
    fresh = await openFreshDatabase(engine);
    // One a minute, for two hours: by Hannah, about Hannah, about a team with her id, by and about her, about nobody.
    const kinds: readonly [AuditAction, object][] = [
      ['rule-added', { by: hannah }],
      ['grant-added', { about: { kind: 'person', ...hannah } }],
      ['team-added', { about: { kind: 'team', ...hannah } }],
      ['signed-out', { by: hannah, about: { kind: 'person', ...hannah } }],
      ['sign-in-refused', {}],
    ];
    for (let minute = 0; minute < 120; minute += 1) {
      const [action, rest] = kinds[minute % kinds.length] ?? ['signed-in', {}];
      await recordAudit(fresh.db, { action, ...rest, detail: { minute } }, clock.now);
      clock.advance(60_000);
      if (minute === 100) await linkPending(fresh.db);
    }
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function listAll(filter: AuditFilter): Promise<number[]> {
    const found: number[] = [];
    let after: string | undefined;
    do {
      const { entries, next } = await listAudit(fresh.db, filter, after);
      assert.ok(entries.length <= AUDIT_PAGE);
      found.push(...entries.map(({ detail }) => Number(detail['minute'])));
      after = next;
    } while (after !== undefined);
    return found;
  }

  const minutesWhere = (holds: (minute: number) => boolean) =>
    Array.from({ length: 120 }, (_, minute) => minute)
      .filter(holds)
      .toReversed();

  it('goes page by page, the newest first, and has each entry once', async () => {
    assert.deepEqual(
      await listAll({}),
      minutesWhere(() => true),
    );
    const { entries, next } = await listAudit(fresh.db, {});
    assert.equal(entries.length, AUDIT_PAGE);
    assert.equal(next, entries.at(-1)?.id);
  });

  it('finds what somebody did and what was done to them, by action and by time', async () => {
    const hers = (minute: number) => [0, 1, 3].includes(minute % 5);
    assert.deepEqual(await listAll({ personId: 'hannah' }), minutesWhere(hers));
    assert.deepEqual(await listAll({ personId: 'nobody' }), []);
    assert.deepEqual(
      await listAll({ action: 'team-added' }),
      minutesWhere((minute) => minute % 5 === 2),
    );
    assert.deepEqual(
      await listAll({ personId: 'hannah', action: 'signed-out' }),
      minutesWhere((minute) => minute % 5 === 3),
    );
    const from = minutes(10);
    const to = minutes(20);
    assert.deepEqual(await listAll({ to: new Date(0) }), []);
    assert.deepEqual(await listAll({ from: new Date(8.64e15) }), [], 'also beyond what an id can say');
    assert.deepEqual(
      await listAll({ from, to }),
      minutesWhere((minute) => minute >= 10 && minute < 20),
    );
    assert.deepEqual(
      await listAll({ personId: 'hannah', from, to }),
      minutesWhere((m) => hers(m) && m >= 10 && m < 20),
    );
  });

  it('gives all of it for an export, the oldest first, and a line of JSON for each', async () => {
    const lines: string[] = [];
    for await (const batch of streamAudit(fresh.db, {})) lines.push(...batch.map(jsonLine));
    assert.equal(lines.length, 120);
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const [first] = parsed;
    assert.ok(lines.every((line) => line.indexOf('\n') === line.length - 1));
    assert.deepEqual(first, {
      id: first?.['id'],
      at: began.toISOString(),
      action: 'rule-added',
      by: hannah,
      about: null,
      detail: { minute: 0 },
      reference: null,
      seq: 1,
      hash: first?.['hash'],
    });
    assert.match(String(first?.['hash']), /^[0-9a-f]{64}$/);
    assert.deepEqual([parsed[100]?.['seq'], parsed[101]?.['seq'], parsed[119]?.['hash']], [101, null, null]);
  });

  it('breaks a line of an export nowhere else, whatever a reader takes for the end of one', () => {
    const marks = 'a\u2028b\u2029c\u0085d';
    const entry = { id: '1', at: '', action: 'signed-in', by: null, about: null, detail: { acr: marks }, reference: null };
    const line = jsonLine({ ...entry, seq: null, hash: null });
    assert.match(line, /^[\x20-\x7e]+\n$/);
    assert.deepEqual((JSON.parse(line) as typeof entry).detail.acr, marks);
  });

  it('reads what somebody has put there by hand', async () => {
    await sql`insert into audit_entry (id, at, action, detail) values ('ffffffff', 'x', 'other', '{')`.execute(fresh.db);
    const { entries } = await listAudit(fresh.db, {});
    assert.deepEqual(entries[0]?.detail, { unreadable: '{' });
  });

  if (engine === 'sqlite') {
    it('is by an index, whatever is asked for', async () => {
      const asked: CompiledQuery[] = [];
      const dialect = new NodeSqliteDialect(':memory:');
      const db = new Kysely<Schema>({ dialect, log: ({ query }) => void asked.push(query) });
      await migrate(db);
      const filters: Readonly<Record<string, AuditFilter>> = {
        audit_entry_person: { personId: 'hannah' },
        audit_entry_about: { personId: 'hannah', from: began },
        audit_entry_action: { action: 'signed-in', to: minutes(5) },
        sqlite_autoindex_audit_entry: { from: began, to: minutes(5) },
      };
      for (const [index, filter] of Object.entries(filters)) {
        await listAudit(db, filter, 'ffffffff');
        const query = asked.at(-1);
        assert.ok(query !== undefined);
        const { rows } = await db.executeQuery<{ detail: string }>(
          CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]),
        );
        const steps = rows.map(({ detail }) => detail).filter((detail) => detail.includes('audit_entry'));
        assert.ok(
          steps.some((step) => step.includes(index)) && steps.every((step) => step.startsWith('SEARCH')),
          steps.join('\n'),
        );
      }
      await db.destroy();
    });
  }
});
