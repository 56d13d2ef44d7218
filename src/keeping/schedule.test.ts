import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { newMigratedDatabase } from '../../test/databases.ts';
import { openDatabase } from '../database/open.ts';
import { listBackups } from './kept-backups.ts';
import { backUpWhenDue } from './schedule.ts';

const HOUR = 60 * 60_000;

describe('backups by the hour', () => {
  it('are made when the newest is old enough, by one of several processes, and so many are kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outlay-schedule-'));
    await using database = await newMigratedDatabase('sqlite');
    const db = await openDatabase(database.url);
    let at = Date.UTC(2026, 2, 10, 9);
    const parts = {
      db,
      databaseUrl: database.url,
      receiptFolder: undefined,
      keys: undefined,
      folder,
      every: 6 * HOUR,
      keep: 2,
      now: () => new Date(at),
    };
    const made = await Promise.all([backUpWhenDue(parts), backUpWhenDue(parts), backUpWhenDue(parts)]);
    assert.deepEqual(
      made.flatMap((one) => one?.folder ?? []),
      [join(folder, 'outlay-2026-03-10T09-00-00Z')],
    );
    at += 5 * HOUR;
    assert.equal(await backUpWhenDue(parts), undefined);
    for (let times = 0; times < 3; times += 1) {
      at += 6 * HOUR;
      assert.ok((await backUpWhenDue(parts)) !== undefined);
    }
    assert.deepEqual(await listBackups(folder), ['outlay-2026-03-11T08-00-00Z', 'outlay-2026-03-11T02-00-00Z']);
    assert.deepEqual(readdirSync(folder).length, 2, 'nothing else is left');
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it('that fail remove none of those that are there, and none is made while another process is at it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outlay-schedule-'));
    await using database = await newMigratedDatabase('sqlite');
    const db = await openDatabase(database.url);
    let at = Date.now();
    const parts = {
      db,
      databaseUrl: database.url,
      receiptFolder: undefined,
      keys: undefined,
      folder,
      every: HOUR,
      keep: 1,
      now: () => new Date(at),
    };
    await backUpWhenDue(parts);
    at += 2 * HOUR;
    const missing = { ...parts, databaseUrl: 'sqlite:/nowhere/at/all.sqlite' };
    await assert.rejects(backUpWhenDue(missing), /could not be written/);
    assert.equal((await listBackups(folder)).length, 1);
    mkdirSync(join(folder, 'making.lock'));
    assert.equal(await backUpWhenDue(parts), undefined, 'another process is at it');
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });
});
