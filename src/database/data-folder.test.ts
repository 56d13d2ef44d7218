import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Problem } from '../problems.ts';
import { keepInDataFolder, openDataFolder } from './data-folder.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-data-folder-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the data folder', () => {
  it('is made with the folders above it, for its owner only', () => {
    const path = join(folder, 'made', 'data');
    openDataFolder(path);
    assert.ok(statSync(path).isDirectory());
    assert.equal(modeOf(path), 0o700);
  });

  it('that is there already stays as it is', () => {
    const path = join(folder, 'there');
    mkdirSync(path, { mode: 0o750 });
    writeFileSync(join(path, 'file'), 'content');
    openDataFolder(path);
    assert.equal(modeOf(path), 0o750);
    assert.deepEqual(readdirSync(path), ['file']);
  });

  it('that cannot be made is a problem that names it and DATA_DIR', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'data')]) {
      assert.throws(
        () => openDataFolder(path),
        (error) => {
          assert.ok(error instanceof Problem);
          assert.equal(error.kind, 'unavailable');
          assert.ok(error.message.includes(`"${path}"`));
          assert.match(error.message, /DATA_DIR/);
          return true;
        },
      );
    }
  });
});

describe('a secret of the data folder', () => {
  it('is made once and then found again', async () => {
    let made = 0;
    const make = () => `secret ${(made += 1)}`;
    assert.equal(await keepInDataFolder(folder, 'found-again', make), 'secret 1');
    assert.equal(await keepInDataFolder(folder, 'found-again', make), 'secret 1');
    assert.equal(made, 1);
    assert.equal(await keepInDataFolder(folder, 'another', make), 'secret 2');
  });

  it('is the same for all who make it at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => keepInDataFolder(folder, 'at-once', () => `secret-${index}`)),
    );
    assert.equal(new Set(made).size, 1);
  });

  it('may take its time to be made', async () => {
    assert.equal(await keepInDataFolder(folder, 'slow', async () => 'in the end'), 'in the end');
    assert.equal(readFileSync(join(folder, 'slow'), 'utf8'), 'in the end');
  });

  it('is readable by its owner only', async () => {
    await keepInDataFolder(folder, 'mode', () => 'x');
    assert.equal(modeOf(join(folder, 'mode')), 0o600);
  });

  it('that cannot be read is not made anew', async () => {
    mkdirSync(join(folder, 'unreadable'));
    await assert.rejects(
      keepInDataFolder(folder, 'unreadable', () => assert.fail('made anew')),
      { code: 'EISDIR' },
    );
  });

  it('that could not be made leaves no file behind', async () => {
    const making = keepInDataFolder(folder, 'not-made', () => {
      throw new Error('on purpose');
    });
    await assert.rejects(making, /on purpose/);
    assert.ok(!readdirSync(folder).includes('not-made'));
  });
});
