import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { newMigratedDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import { openDatabase } from '../database/open.ts';
import { makeBackup } from './backup.ts';
import { restore } from './restore.ts';

const content = Buffer.alloc(256, 7);
const now = () => new Date(Date.UTC(2026, 2, 10, 9));

describe('a file that a backup is to replace', () => {
  /** A backup with one receipt that lay in a folder, in a folder in which there is room for what is restored. */
  async function open() {
    await using opened = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'outlay-replaced-'));
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    const source = opened.use(await newMigratedDatabase('sqlite'));
    const db = await openDatabase(source.url);
    opened.defer(() => db.destroy());
    await addEverything(db);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await db.updateTable('receipt').set({ stored_in: 'folder', sha256 }).execute();
    const receiptFolder = mkdtempSync(join(folder, 'receipts-'));
    writeFileSync(join(receiptFolder, 'receipt-1'), content);
    const backup = await makeBackup({ db, databaseUrl: source.url, receiptFolder, folder, keys: undefined, now });
    const into = mkdtempSync(join(folder, 'restored-'));
    const kept = opened.move();
    return {
      backup,
      folder,
      into,
      url: `sqlite:${join(folder, 'outlay.sqlite')}`,
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  it('is put aside, as it was', async () => {
    await using opened = await open();
    const { backup, folder, into, url } = opened;
    assert.equal((await restore(backup, url, { now, receiptFolder: into })).aside, undefined);
    const changed = await openDatabase(url);
    await changed.updateTable('team').set({ label: 'After the backup' }).execute();
    await changed.destroy();
    const { aside } = await restore(backup, url, { now, receiptFolder: into, replace: true });
    assert.equal(aside, `${join(folder, 'outlay.sqlite')}.before-2026-03-10T09-00-00Z`);
    const before = await openDatabase(`sqlite:${aside}`);
    assert.equal((await before.selectFrom('team').select('label').executeTakeFirst())?.label, 'After the backup');
    await before.destroy();
    assert.deepEqual(readdirSync(into), ['receipt-1']);
  });

  it('is left alone while another program has it open, and nothing is put beside it', async () => {
    await using opened = await open();
    const { backup, into, url } = opened;
    await restore(backup, url, { now, receiptFolder: undefined });
    const other = await openDatabase(url);
    await other.updateTable('team').set({ label: 'In use' }).execute();
    await assert.rejects(restore(backup, url, { now, receiptFolder: into, replace: true }), {
      kind: 'conflict',
      message: /^Another program has the database ".*" open\. Stop Outlay/,
    });
    assert.deepEqual(readdirSync(into), []);
    assert.equal((await other.selectFrom('team').select('label').executeTakeFirst())?.label, 'In use');
    await other.destroy();
  });

  it('is put aside as well where it is broken', async () => {
    await using opened = await open();
    const { backup, folder, into, url } = opened;
    const junk = 'no database at all'.repeat(500);
    writeFileSync(join(folder, 'outlay.sqlite'), junk);
    writeFileSync(join(folder, 'outlay.sqlite-wal'), 'of the broken one');
    const { aside = '' } = await restore(backup, url, { now, receiptFolder: into, replace: true });
    assert.equal(readFileSync(aside, 'utf8'), junk);
    assert.equal(readFileSync(`${aside}-wal`, 'utf8'), 'of the broken one', 'or it would be read into what is restored');
    assert.ok(!existsSync(join(folder, 'outlay.sqlite-wal')));
  });

  it('and has left something beside it, though it is gone itself, is asked about first', async () => {
    await using opened = await open();
    const { backup, folder, into, url } = opened;
    const left = join(folder, 'outlay.sqlite-wal');
    writeFileSync(left, 'of another database');
    await assert.rejects(restore(backup, url, { now, receiptFolder: into }), {
      kind: 'conflict',
      message: `"${left}" belongs to a database that was there before. Put it where that lies now, or remove it, and restore then. Nothing was changed.`,
    });
    assert.deepEqual(readdirSync(into), []);
  });
});
