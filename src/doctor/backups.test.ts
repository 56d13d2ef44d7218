import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { assertOnly, complaints } from '../../test/findings.ts';
import { examineBackups } from './backups.ts';

const HOUR = 60 * 60_000;
const now = () => new Date(Date.UTC(2026, 2, 10, 9));

describe('the doctor at backups', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-doctor-backups-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const examine = (where = folder) => examineBackups({ folder: where, every: 24 * HOUR, keep: 14 }, now);
  function addBackup(time: string, content: 'whole' | 'broken off' = 'whole'): void {
    const place = join(folder, `outlay-${time}Z${content === 'whole' ? '' : '.partial'}`);
    mkdirSync(place);
    if (content === 'whole') writeFileSync(join(place, 'manifest.json'), '{}');
  }
  const noteRehearsal = (at: string) => writeFileSync(join(folder, 'rehearsal.json'), JSON.stringify({ at, seconds: 1 }));

  it('says nothing where Outlay makes none', async () => {
    assert.deepEqual(await examineBackups(undefined, now), []);
  });

  it('has nothing to say against one of today that was rehearsed', async () => {
    addBackup('2026-03-10T02-00-00');
    noteRehearsal('2026-01-10T08:00:00.000Z');
    const findings = await examine();
    assert.deepEqual(complaints(findings), []);
    assert.match(findings[0]?.what ?? '', /of 2026-03-10 02:00 UTC/);
  });

  it('finds that there is none, also where one was begun or its folder is empty', async () => {
    assertOnly(await examine(join(folder, 'nowhere')), 'weak backup', /^npx outlay backup --to /);
    addBackup('2026-03-10T02-00-00', 'broken off');
    mkdirSync(join(folder, 'outlay-2026-03-09T02-00-00Z'));
    assertOnly(await examine(), 'weak backup', `npx outlay backup --to ${folder}`);
  });

  it('finds that the last one is older than twice the time between two', async () => {
    noteRehearsal('2026-03-01T08:00:00.000Z');
    addBackup('2026-03-08T09-00-00');
    assert.deepEqual(complaints(await examine()), []);
    rmSync(join(folder, 'outlay-2026-03-08T09-00-00Z'), { recursive: true });
    addBackup('2026-03-08T08-59-59');
    const found = assertOnly(await examine(), 'weak backup', `npx outlay backup --to ${folder}`);
    assert.match(found.what, /is 48 hours old, and there should be one every 24/);
  });

  it('finds that none was ever rehearsed, or not for 90 days', async () => {
    addBackup('2026-03-10T02-00-00');
    const paste = `npx outlay restore --from ${folder}/outlay-2026-03-10T02-00-00Z --rehearse`;
    assertOnly(await examine(), 'weak backup-rehearsal', paste);
    noteRehearsal('2025-12-01T08:00:00.000Z');
    assert.match(assertOnly(await examine(), 'weak backup-rehearsal', paste).what, /2025-12-01/);
    writeFileSync(join(folder, 'rehearsal.json'), 'nonsense');
    assertOnly(await examine(), 'weak backup-rehearsal', paste);
  });

  it('finds that the folder is none', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    assertOnly(await examine(file), 'weak backup', 'BACKUP_FOLDER=/var/backups/outlay');
  });
});
