import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { describeOnBothEngines, newDatabase, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import { sql } from 'kysely';
import { verifyAudit } from '../audit/verify.ts';
import { assertUpToDate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { makeBackup, openBackup, RECEIPTS } from './backup.ts';
import { type Fingerprints, fingerprintsOf, listDifferences } from './copy.ts';
import { rehearse, restore } from './restore.ts';

const withNothing = { identityFile: undefined, passphrase: undefined };

describeOnBothEngines('a backup', (engine) => {
  let folder: string;
  let database: TestDatabase;
  let db: Database;
  let clock = Date.UTC(2026, 2, 10, 9);
  const now = () => new Date((clock += 1_000));
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-backups-'));
    database = await newMigratedDatabase(engine);
    db = await openDatabase(database.url);
    await addEverything(db);
  });
  after(async () => {
    await db.destroy();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (more = {}) =>
    makeBackup({ db, databaseUrl: database.url, receiptFolder: undefined, folder, keys: undefined, now, ...more });

  async function readAt(url: string): Promise<Fingerprints> {
    const opened = await openDatabase(url);
    try {
      return await fingerprintsOf(opened);
    } finally {
      await opened.destroy();
    }
  }

  it('is one file and what it says, and puts everything back', async () => {
    const made = await make();
    assert.deepEqual(readdirSync(made.folder).toSorted(), ['database.sqlite', 'manifest.json']);
    const backup = await openBackup(made.folder, withNothing);
    assert.equal(backup.manifest.from, engine);
    assert.equal(backup.manifest.tables['person']?.rows, 1);
    await using target = await newDatabase(engine);
    assert.equal((await restore(backup, target.url, { now, receiptFolder: undefined })).aside, undefined);
    const [before, after] = [await fingerprintsOf(db), await readAt(target.url)];
    assert.deepEqual(listDifferences(before, after), ['"session" has 0 rows, and should have 1'], 'nobody is signed in again');
    const restored = await openDatabase(target.url);
    assert.equal((await verifyAudit(restored)).fault, undefined);
    await restored.destroy();
  });

  it('is of one instant, however much is written meanwhile', async () => {
    const writer = await openDatabase(database.url);
    const write = (name: string) =>
      writer.transaction().execute(async (transaction) => {
        await transaction.updateTable('person').set({ name }).execute();
        await transaction.updateTable('session').set({ device: name }).execute();
      });
    await write('Name at first');
    const stop = new AbortController();
    const writing = (async () => {
      for (let number = 0; !stop.signal.aborted; number += 1) {
        await setImmediate();
        await write(`Name ${number}`);
      }
    })();
    const made = await make().finally(() => {
      stop.abort();
    });
    await writing;
    await writer.destroy();
    const kept = await openDatabase(`sqlite:${made.file}`);
    const { name } = await kept.selectFrom('person').select('name').executeTakeFirstOrThrow();
    const { device } = await kept.selectFrom('session').select('device').executeTakeFirstOrThrow();
    assert.equal(name, device);
    await kept.destroy();
  });

  it('is rehearsed in a place of its own, which is gone afterwards, and says so from then on', async () => {
    const made = await make();
    const backup = await openBackup(made.folder, withNothing);
    const before = await fingerprintsOf(db);
    const { noted, ...rehearsal } = await rehearse(backup, database.url, undefined, now);
    assert.ok(noted);
    assert.equal(rehearsal.into, engine);
    for (const place of [made.folder, folder])
      assert.deepEqual(JSON.parse(readFileSync(join(place, 'rehearsal.json'), 'utf8')), rehearsal);
    assert.deepEqual(await fingerprintsOf(db), before);
  });

  it('that was changed, is damaged or is none is refused, and nothing is restored', async () => {
    const made = await make();
    appendFileSync(made.file, 'x');
    await assert.rejects(openBackup(made.folder, withNothing), /was changed since it was made, or is damaged/);
    writeFileSync(join(made.folder, 'manifest.json'), '{}');
    await assert.rejects(openBackup(made.folder, withNothing), /cannot be read/);
    await assert.rejects(openBackup(folder, withNothing), /is no backup/);
  });

  it('that was broken off by a kill is cleared away by the next one, and holds nobody up for long', async () => {
    mkdirSync(join(folder, 'outlay-2020-01-01T00-00-00Z.partial'));
    mkdirSync(join(folder, 'making.lock'));
    await assert.rejects(make(), /Another process is making a backup/);
    utimesSync(join(folder, 'making.lock'), new Date(0), new Date(0));
    await make();
    assert.deepEqual(
      readdirSync(folder).filter((name) => !/^outlay-.*Z$/.test(name) && name !== RECEIPTS && name !== 'rehearsal.json'),
      [],
    );
  });

  it('of an older Outlay is rehearsed and restored all the same, and brought up to this one', async () => {
    const made = await make();
    const older = await openDatabase(`sqlite:${made.file}`);
    // As it was before the last migration.
    await older.schema.dropIndex('expense_team_category').execute();
    await sql`delete from kysely_migration where name = '0015-category-sums'`.execute(older);
    await older.destroy();
    const sha256 = createHash('sha256').update(readFileSync(made.file)).digest('hex');
    await using target = await newDatabase(engine);
    await rehearse({ ...made, manifest: { ...made.manifest, sha256 } }, database.url, undefined, now);
    await restore({ ...made, manifest: { ...made.manifest, sha256 } }, target.url, { now, receiptFolder: undefined });
    const restored = await openDatabase(target.url);
    await assertUpToDate(restored);
    await restored.destroy();
  });

  it('is not restored over a database in use', async () => {
    const backup = await openBackup((await make()).folder, withNothing);
    const before = await fingerprintsOf(db);
    await assert.rejects(restore(backup, database.url, { now, receiptFolder: undefined }), /in use/);
    assert.deepEqual(await fingerprintsOf(db), before);
  });

  it('that does not say what it said is not restored', async () => {
    const backup = await openBackup((await make()).folder, withNothing);
    const { person } = backup.manifest.tables;
    assert.ok(person !== undefined);
    const lying = { ...backup.manifest, tables: { ...backup.manifest.tables, person: { ...person, rows: 7 } } };
    await using target = await newDatabase(engine);
    await assert.rejects(
      restore({ ...backup, manifest: lying }, target.url, { now, receiptFolder: undefined }),
      /"person" has 1 rows, and should have 7/,
    );
    if (engine === 'sqlite') assert.ok(!existsSync(target.url.slice('sqlite:'.length)));
  });

  it('has the files of receipts, each once for all backups, and says how many were missing', async () => {
    const receipts = mkdtempSync(join(tmpdir(), 'outlay-receipts-'));
    await db.updateTable('receipt').set({ stored_in: 'folder' }).execute();
    assert.equal((await make({ receiptFolder: receipts })).manifest.receipts_missing, 1);
    writeFileSync(join(receipts, 'receipt-1'), Buffer.alloc(256, 7));
    for (let times = 0; times < 2; times += 1) {
      const { manifest } = await make({ receiptFolder: receipts });
      assert.deepEqual([manifest.receipt_files, manifest.receipts_missing], [1, 0]);
      assert.deepEqual(readFileSync(join(folder, RECEIPTS, 'receipt-1')), Buffer.alloc(256, 7));
    }
    await db.updateTable('receipt').set({ stored_in: 'database' }).execute();
    rmSync(receipts, { recursive: true, force: true });
  });
});
