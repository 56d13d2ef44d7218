import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newDatabase, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { makeIdentity } from './age.ts';
import { makeBackup, openBackup } from './backup.ts';
import { receiptsNameFor } from './encryption.ts';
import { readBackupState } from './kept-backups.ts';
import { restore } from './restore.ts';
import { backUpWhenDue } from './schedule.ts';

const content = Buffer.from('%PDF-1.7 a receipt');
const sha256 = createHash('sha256').update(content).digest('hex');
const plain = { identityFile: undefined, passphrase: undefined };

describe('somebody who may write where backups lie', () => {
  let folder: string;
  let receiptFolder: string;
  let database: TestDatabase;
  let db: Database;
  let clock = Date.UTC(2026, 2, 10, 9);
  const now = () => new Date((clock += 1_000));
  const named = async (id: string) => db.updateTable('receipt').set({ id }).execute();
  const parts = () => ({ db, databaseUrl: database.url, receiptFolder, folder: join(folder, 'backups'), keys: undefined, now });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-forged-'));
    receiptFolder = join(folder, 'receipts-here');
    mkdirSync(receiptFolder);
    mkdirSync(join(folder, 'backups'));
    database = await newMigratedDatabase('sqlite');
    db = await openDatabase(database.url);
    await addEverything(db);
    await db.updateTable('receipt').set({ stored_in: 'folder', size: content.length, sha256 }).execute();
    writeFileSync(join(receiptFolder, 'receipt-1'), content);
  });
  after(async () => {
    await db.destroy();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has no file written elsewhere by the id of a receipt', async () => {
    const made = await makeBackup(parts());
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'as it was');
    await using target = await newDatabase('sqlite');
    // As whoever forges one would: the id leads out of the folder, and the content lies where it leads from the backup's.
    const forged = await openDatabase(`sqlite:${made.file}`);
    await sql`pragma foreign_keys = off`.execute(forged);
    await forged.updateTable('receipt').set({ id: '../victim' }).execute();
    await forged.destroy();
    writeFileSync(join(folder, 'backups', 'victim'), content);
    const manifestFile = join(made.folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { sha256: string; tables: Record<string, unknown> };
    manifest.sha256 = createHash('sha256').update(readFileSync(made.file)).digest('hex');
    delete manifest.tables['receipt'];
    writeFileSync(manifestFile, JSON.stringify(manifest));
    const into = { now, receiptFolder: join(folder, 'restored') };
    await assert.rejects(restore(await openBackup(made.folder, plain), target.url, into), /an id that is none/);
    assert.equal(readFileSync(victim, 'utf8'), 'as it was');
  });

  it('passes none in clear off as one that is encrypted', async () => {
    await named('receipt-1');
    const made = await makeBackup(parts());
    await assert.rejects(openBackup(made.folder, { ...plain, mustBeEncrypted: true }), /is in clear, although there is a key/);
    assert.equal((await openBackup(made.folder, plain)).folder, made.folder);
  });

  it('has no link of theirs followed when a receipt is kept', async () => {
    const victim = join(folder, 'secret');
    writeFileSync(victim, 'as it was');
    const { recipient } = await makeIdentity();
    for (const keys of [undefined, { recipients: [recipient], passphrase: undefined }]) {
      const made = await makeBackup({ ...parts(), keys });
      const there = keys === undefined ? ['receipts', 'receipt-1'] : [receiptsFolder(made.folder), 'receipt-1.age'];
      const file = join(folder, 'backups', ...there);
      rmSync(file);
      symlinkSync(victim, `${file}.part`);
      const { manifest } = await makeBackup({ ...parts(), keys });
      assert.equal(manifest.receipts_missing, 0);
      assert.equal(readFileSync(victim, 'utf8'), 'as it was');
    }
  });

  it('keeps none from being made by one of the future, or of no day at all', async () => {
    for (const name of ['outlay-2036-01-01T00-00-00Z', 'outlay-2026-13-45T99-99-99Z']) {
      mkdirSync(join(folder, 'backups', name));
      writeFileSync(join(folder, 'backups', name, 'manifest.json'), '{}');
    }
    clock += 7 * 60 * 60_000;
    const made = await backUpWhenDue({ ...parts(), every: 6 * 60 * 60_000, keep: 5 });
    assert.ok(made !== undefined);
    const state = await readBackupState(join(folder, 'backups'), now());
    assert.equal(state.made?.toISOString().slice(0, 10), '2026-03-10');
  });

  function receiptsFolder(made: string): string {
    const { encryption } = JSON.parse(readFileSync(join(made, 'manifest.json'), 'utf8')) as {
      encryption: { recipients: string[] };
    };
    return receiptsNameFor(encryption.recipients);
  }
});
