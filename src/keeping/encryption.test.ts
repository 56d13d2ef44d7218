import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { describeOnBothEngines, newDatabase, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import type { BackupKeys } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { makeIdentity, type NewIdentity } from './age.ts';
import { type Backup, makeBackup, openBackup } from './backup.ts';
import { fingerprintsOf, listDifferences } from './copy.ts';
import { KEY_FILE, receiptsNameFor } from './encryption.ts';
import { listBackups } from './kept-backups.ts';
import { rehearse, restore } from './restore.ts';
import { backUpWhenDue } from './schedule.ts';

const passphrase = 'a passphrase that nobody guesses';
const content = Buffer.from('%PDF-1.7 a receipt that nobody else should read');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describeOnBothEngines('an encrypted backup', (engine) => {
  let folder: string;
  let receiptFolder: string;
  let database: TestDatabase;
  let db: Database;
  let key: NewIdentity;
  let clock = Date.UTC(2026, 2, 10, 9);
  const now = () => new Date((clock += 1_000));
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-encrypted-'));
    receiptFolder = mkdtempSync(join(tmpdir(), 'outlay-receipts-'));
    database = await newMigratedDatabase(engine);
    db = await openDatabase(database.url);
    await addEverything(db);
    await db
      .updateTable('receipt')
      .set({ stored_in: 'folder', size: content.length, sha256: sha256(content) })
      .execute();
    writeFileSync(join(receiptFolder, 'receipt-1'), content);
    key = await makeIdentity();
  });
  after(async () => {
    await db.destroy();
    await database[Symbol.asyncDispose]();
    for (const one of [folder, receiptFolder]) rmSync(one, { recursive: true, force: true });
  });

  const forKey = (): BackupKeys => ({ recipients: [key.recipient], passphrase: undefined });
  const byPassphrase: BackupKeys = { recipients: [], passphrase };
  const parts = (keys: BackupKeys) => ({ db, databaseUrl: database.url, receiptFolder, folder, keys, now });

  function identityFile(identity: string): string {
    const file = join(receiptFolder, `identity-${identity.slice(-4)}.txt`);
    writeFileSync(file, `# created by a test\n${identity}\n`);
    return file;
  }
  const withKey = () => ({ identityFile: identityFile(key.identity), passphrase: undefined });
  const withPassphrase = { identityFile: undefined, passphrase };

  /** Restores it and its receipts elsewhere: they are what was kept, but for sessions. */
  async function assertRestores(backup: Backup): Promise<void> {
    await using target = await newDatabase(engine);
    const receiptsThere = mkdtempSync(join(tmpdir(), 'outlay-restored-'));
    const { receipts } = await restore(backup, target.url, { now, receiptFolder: receiptsThere });
    assert.deepEqual(receipts, { files: 1, missing: 0 });
    assert.deepEqual(readdirSync(receiptsThere), ['receipt-1']);
    assert.deepEqual(readFileSync(join(receiptsThere, 'receipt-1')), content);
    const restored = await openDatabase(target.url);
    const differences = listDifferences(await fingerprintsOf(db), await fingerprintsOf(restored));
    await restored.destroy();
    assert.deepEqual(differences, ['"session" has 0 rows, and should have 1']);
    rmSync(receiptsThere, { recursive: true });
  }

  /** Neither SQLite's first words nor a name nor a receipt stand in any file of a folder. */
  function assertNothingInClear(place: string): void {
    for (const entry of readdirSync(place, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const text of ['SQLite format 3', 'alice', 'a receipt that nobody', 'AGE-SECRET-KEY', passphrase])
        assert.ok(!bytes.includes(text), `${entry.name}: ${text}`);
    }
  }

  it('for a public key is opened by its identity alone, and puts everything back, receipts included', async () => {
    const made = await makeBackup(parts(forKey()));
    assert.deepEqual(readdirSync(made.folder).toSorted(), ['database.sqlite.age', 'manifest.json']);
    assert.deepEqual(made.manifest.encryption, { recipients: [key.recipient], decrypted: false });
    assertNothingInClear(folder);
    await assertRestores(await openBackup(made.folder, withKey()));
  });

  it('by passphrase is opened by that, was decrypted once when it was made, and takes the key of the one before', async () => {
    const [first, second] = [await makeBackup(parts(byPassphrase)), await makeBackup(parts(byPassphrase))];
    assert.deepEqual(readdirSync(second.folder).toSorted(), ['database.sqlite.age', KEY_FILE, 'manifest.json']);
    assert.equal(first.manifest.encryption?.decrypted, true);
    assert.deepEqual(second.manifest.encryption, first.manifest.encryption);
    assertNothingInClear(folder);
    await assertRestores(await openBackup(second.folder, withPassphrase));
  });

  // Each look at a passphrase takes seconds, and knows no database.
  if (engine === 'sqlite')
    it('by both is opened by either, and another passphrase gets another key', async () => {
      const other = 'a passphrase that came later';
      const { folder: made, manifest } = await makeBackup(parts({ recipients: [key.recipient], passphrase: other }));
      assert.equal(manifest.encryption?.recipients.length, 2);
      await assertRestores(await openBackup(made, withKey()));
      await assertRestores(await openBackup(made, { identityFile: undefined, passphrase: other }));
      await assert.rejects(openBackup(made, withPassphrase), /The passphrase does not open/);
    });

  it('has its receipts once for all backups of one key, and counts one that is not what it was', async () => {
    await makeBackup(parts(forKey()));
    const file = join(folder, receiptsNameFor([key.recipient]), 'receipt-1.age');
    const before = statSync(file, { bigint: true });
    const { manifest } = await makeBackup(parts(forKey()));
    assert.deepEqual([manifest.receipt_files, manifest.receipts_missing], [1, 0]);
    assert.equal(statSync(file, { bigint: true }).mtimeNs, before.mtimeNs);
    const other = await makeIdentity();
    writeFileSync(join(receiptFolder, 'receipt-1'), Buffer.alloc(content.length, 7));
    const damaged = await makeBackup(parts({ recipients: [other.recipient], passphrase: undefined }));
    writeFileSync(join(receiptFolder, 'receipt-1'), content);
    assert.equal(damaged.manifest.receipts_missing, 1);
    assert.deepEqual(readdirSync(join(folder, receiptsNameFor([other.recipient]))), []);
  });

  it('is not opened by another key or by none, which is said in a sentence, and nothing is restored', async () => {
    const made = await makeBackup(parts(forKey()));
    await assert.rejects(openBackup(made.folder, withPassphrase), (error: Error) => {
      assert.equal(
        error.message,
        `The backup "${made.folder}" is encrypted. Name the file with the identity of ${key.recipient} (--identity FILE).`,
      );
      return true;
    });
    const { identity } = await makeIdentity();
    const opened = await openBackup(made.folder, { identityFile: identityFile(identity), passphrase: undefined });
    await using target = await newDatabase(engine);
    await assert.rejects(restore(opened, target.url, { now, receiptFolder: undefined }), /The key that was given does not open/);
    if (engine === 'sqlite') assert.ok(!existsSync(target.url.slice('sqlite:'.length)));
    const noKey = { identityFile: join(made.folder, 'manifest.json'), passphrase: undefined };
    await assert.rejects(openBackup(made.folder, noKey), /has no identity in it/);
    const missing = { identityFile: join(folder, 'nowhere'), passphrase: undefined };
    await assert.rejects(openBackup(made.folder, missing), /cannot be read/);
  });

  it('that was changed or cut short is refused, also by whoever changes what it says of itself', async () => {
    for (const change of [
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]),
      (bytes: Buffer) => bytes.subarray(0, -65_552),
      (bytes: Buffer) => Buffer.concat([Buffer.from('x'), bytes]),
    ]) {
      const made = await makeBackup(parts(forKey()));
      const changed = change(readFileSync(made.file));
      writeFileSync(made.file, changed);
      await assert.rejects(openBackup(made.folder, withKey()), /was changed since it was made, or is damaged/);
      const manifest = { ...made.manifest, sha256: sha256(changed) };
      writeFileSync(join(made.folder, 'manifest.json'), JSON.stringify(manifest));
      const opened = await openBackup(made.folder, withKey());
      await using target = await newDatabase(engine);
      await assert.rejects(
        restore(opened, target.url, { now, receiptFolder: undefined }),
        /was changed since it was encrypted|is not encrypted by age/,
      );
      rmSync(made.folder, { recursive: true });
    }
  });

  it('is rehearsed with its receipts, and not where one of them is damaged', async () => {
    const made = await makeBackup(parts(forKey()));
    const opened = await openBackup(made.folder, withKey());
    const rehearsal = await rehearse(opened, database.url, undefined, now);
    assert.deepEqual(rehearsal.receipts, { files: 1, missing: 0 });
    const file = join(folder, receiptsNameFor([key.recipient]), 'receipt-1.age');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(7, bytes.length - 8));
    await assert.rejects(rehearse(opened, database.url, undefined, now), /1 files of receipts are not there any more/);
  });

  it('for a key with a typing mistake is not made at all, and nothing is left', async () => {
    const before = readdirSync(folder);
    const mistyped = `${key.recipient.slice(0, -1)}${key.recipient.endsWith('q') ? 'p' : 'q'}`;
    const keys = { recipients: [mistyped], passphrase: undefined };
    await assert.rejects(makeBackup(parts(keys)), /is no public key of age/);
    assert.deepEqual(readdirSync(folder), before);
  });

  it('is made by the hour, too, and the last ones are kept', async () => {
    const place = mkdtempSync(join(tmpdir(), 'outlay-scheduled-'));
    for (let times = 0; times < 3; times += 1) await backUpWhenDue({ ...parts(forKey()), folder: place, every: 1, keep: 2 });
    const backups = await listBackups(place);
    assert.equal(backups.length, 2);
    for (const name of backups) assert.ok(existsSync(join(place, name, 'database.sqlite.age')));
    assertNothingInClear(place);
    rmSync(place, { recursive: true });
  });
});
