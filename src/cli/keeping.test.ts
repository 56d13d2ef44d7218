import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newDatabase, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { addEverything } from '../../test/everything.ts';
import { outlay } from '../../test/outlay-command.ts';
import { own } from '../../test/settings.ts';
import { openDatabase } from '../database/open.ts';

describe('outlay backup, restore and transfer', () => {
  let folder: string;
  let database: TestDatabase;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-keeping-'));
    database = await newMigratedDatabase('sqlite');
    const db = await openDatabase(database.url);
    await addEverything(db);
    await db.destroy();
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (url: string) => ({ ...own, DATABASE_URL: url });

  it('keep everything, rehearse, put it back, and move it to the other engine', async () => {
    const made = await outlay(folder, at(database.url), 'backup', '--to', join(folder, 'backups'), '--json');
    assert.equal(made.code, 0, made.err);
    const { folder: backup, rows } = JSON.parse(made.out) as { folder: string; rows: number };
    const rehearsed = await outlay(folder, at(database.url), 'restore', '--from', backup, '--rehearse');
    assert.equal(rehearsed.code, 0, rehearsed.err);
    assert.match(rehearsed.out, /can be restored, and says what it said. It takes [\d.]+ s/);
    await using other = await newDatabase('postgres');
    const restored = await outlay(folder, at(other.url), 'restore', '--from', backup);
    assert.equal(restored.code, 0, restored.err);
    await using third = await newDatabase('sqlite');
    const moved = await outlay(folder, at(other.url), 'transfer', '--to', third.url);
    assert.equal(moved.code, 0, moved.err);
    assert.ok(moved.out.startsWith(`Everything is there: ${rows - 1} rows in `), moved.out);
    assert.match(moved.err, /^person: 1 rows$/m, 'plain lines where nobody sits at a terminal');
    const again = await outlay(folder, at(other.url), 'transfer', '--to', third.url);
    assert.equal(again.code, 1);
    assert.match(again.err, /in use/);
    assert.doesNotMatch(again.err, /^ {4}at /m);
  });

  it('encrypt by passphrase from a file, and put that back', async () => {
    const secret = join(folder, 'passphrase');
    writeFileSync(secret, 'correct horse battery staple\n');
    const env = { ...at(database.url), BACKUP_PASSPHRASE_FILE: secret };
    const made = await outlay(folder, env, 'backup', '--to', join(folder, 'encrypted'));
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /It is encrypted for age1\w+\. It was decrypted again, and is what it was\./);
    assert.doesNotMatch(made.out + made.err, /correct horse/);
    const [backup = ''] = readdirSync(join(folder, 'encrypted')).filter((name) => name.startsWith('outlay-'));
    await using target = await newDatabase('sqlite');
    const from = ['restore', '--from', join(folder, 'encrypted', backup)];
    const locked = await outlay(folder, at(target.url), ...from);
    assert.equal(locked.code, 1);
    assert.match(locked.err, /is encrypted\. Set BACKUP_PASSPHRASE_FILE, or name the file with the identity/);
    const restored = await outlay(folder, { ...env, DATABASE_URL: target.url }, ...from);
    assert.equal(restored.code, 0, restored.err);
  });

  it('say in a sentence what they cannot do', async () => {
    for (const [args, code, sentence] of [
      [['backup'], 2, /--to must name a folder/],
      [['restore', '--from', folder], 1, /is no backup/],
      [['restore', '--from', folder, '--replace', '--rehearse'], 2, /leave out one of the two/],
      [['transfer', '--to', 'mysql://x'], 2, /--to must be/],
      [['transfer', '--to', database.url], 2, /the very database/],
    ] as const) {
      const { code: exit, err } = await outlay(folder, at(database.url), ...args);
      assert.equal(exit, code, args.join(' '));
      assert.match(err, sentence);
    }
    const missing = await outlay(folder, at(`sqlite:${join(folder, 'none.sqlite')}`), 'backup', '--to', folder);
    assert.equal(missing.code, 1);
    assert.ok(!existsSync(join(folder, 'none.sqlite')));
  });
});
