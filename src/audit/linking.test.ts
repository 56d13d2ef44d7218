import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import pino from 'pino';
import { describeOnBothEngines, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { TestClock } from '../../test/told.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { linkPending, startLinking } from './linking.ts';
import { recordAudit } from './record.ts';
import { verifyAudit } from './verify.ts';

const WRITERS = 8;
const EACH = 60;
const LINKERS = 4;

describeOnBothEngines('the chain', (engine) => {
  let database: TestDatabase;
  const opened: Database[] = [];
  const clock = new TestClock();
  /** A pool of its own, as another process has it. Within one process, SQLite is one connection. */
  const open = async () => {
    if (engine === 'sqlite' && opened[0] !== undefined) return opened[0];
    const another = await openDatabase(database.url);
    opened.push(another);
    return another;
  };
  let db: Database;
  before(async () => {
    database = await newMigratedDatabase(engine);
    db = await open();
  });
  after(async () => {
    await Promise.all(opened.map((one) => one.destroy()));
    await database[Symbol.asyncDispose]();
  });

  const record = (into: Database) => recordAudit(into, { action: 'team-added' }, clock.now);

  it('of many writers and several linkers at once has every entry once and no gap', async () => {
    const writing = Array.from({ length: WRITERS }, async (_, writer) => {
      const own = writer % 2 === 0 ? db : await open();
      for (let count = 0; count < EACH; count += 1) await record(own);
    });
    const written = new AbortController();
    const linking = Array.from({ length: LINKERS }, async () => {
      const own = await open();
      let linked = 0;
      do {
        linked += await linkPending(own);
        await new Promise(setImmediate);
      } while (!written.signal.aborted);
      return linked + (await linkPending(own));
    });
    await Promise.all(writing);
    written.abort();
    const linked = await Promise.all(linking);
    assert.equal(
      linked.reduce((sum, count) => sum + count, 0),
      WRITERS * EACH,
      'what was linked, each by one linker',
    );
    const links = await db.selectFrom('audit_link').selectAll().orderBy('seq').execute();
    assert.deepEqual(
      links.map(({ seq }) => seq),
      Array.from({ length: WRITERS * EACH }, (_, index) => index + 1),
    );
    assert.equal(new Set(links.map(({ entry_id: id }) => id)).size, WRITERS * EACH);
    const { fault, linked: verified, pending } = await verifyAudit(await open());
    assert.deepEqual({ fault, verified, pending }, { fault: undefined, verified: WRITERS * EACH, pending: 0 });
  });

  it('gets what a process left pending that ended before it linked, from any other', async () => {
    const before = await verifyAudit(db);
    await record(db);
    await record(db);
    assert.equal((await verifyAudit(db)).pending, 2);
    assert.equal((await verifyAudit(db)).fault, undefined, 'what waits is no fault');
    assert.equal(await linkPending(await open()), 2);
    const { fault, linked, pending } = await verifyAudit(db, before.head);
    assert.deepEqual({ fault, linked, pending }, { fault: undefined, linked: before.linked + 2, pending: 0 });
  });

  it('links nothing twice, and is not held up, whatever the list of what is pending says', async () => {
    const { linked } = await verifyAudit(db);
    const { entry_id: known } = await db.selectFrom('audit_link').select('entry_id').executeTakeFirstOrThrow();
    await db
      .insertInto('audit_pending')
      .values([{ entry_id: known }, { entry_id: 'nothing' }])
      .execute();
    await record(db);
    assert.equal(await linkPending(db), 1);
    assert.equal((await verifyAudit(db)).linked, linked + 1);
    const left = await db.selectFrom('audit_pending').select('entry_id').execute();
    assert.deepEqual(
      left.map((row) => row.entry_id),
      ['nothing'],
    );
    await db.deleteFrom('audit_pending').execute();
  });

  it('is brought up to date when the program stops', async () => {
    const linking = startLinking(db, pino({ level: 'silent' }));
    await record(db);
    await linking[Symbol.asyncDispose]();
    assert.equal((await verifyAudit(db)).pending, 0);
  });

  it('that cannot be written to says so once, and goes on once it can', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const lines: string[] = [];
    const told = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    await record(db);
    const head = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow();
    await db.deleteFrom('audit_head').execute();
    await using linking = startLinking(db, told);
    test.mock.timers.tick(1_000);
    while (lines.length === 0) await new Promise(setImmediate);
    test.mock.timers.tick(1_000);
    await assert.rejects(linkPending(db));
    await db.insertInto('audit_head').values(head).execute();
    await linking[Symbol.asyncDispose]();
    assert.equal(lines.length, 1, lines.join(''));
    assert.match(lines[0] ?? '', /"event":"audit-not-linked"/);
    assert.equal((await verifyAudit(db)).fault, undefined);
    assert.equal((await verifyAudit(db)).pending, 0);
  });
});
