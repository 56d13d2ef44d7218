import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../test/free-port.ts';
import { HttpBrowser } from '../../test/http-browser.ts';
import { outlay, program } from '../../test/outlay-command.ts';
import { type Spawned, spawnOutlay } from '../../test/spawned.ts';

const READY = 'Ctrl+C stops it.';

describe('npx outlay demo', { timeout: 240_000 }, () => {
  let folder: string;
  let temporary: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-demo-test-'));
    temporary = mkdtempSync(join(tmpdir(), 'outlay-demo-tmp-'));
  });
  after(() => {
    for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true });
  });

  /** What a company has set, none of which the demonstration could start with, or should touch. */
  const companys = () => ({
    NODE_ENV: 'production',
    APP_BASE_URL: 'https://outlay.example.com',
    OIDC_ISSUER: 'https://id.example.com',
    OIDC_CLIENT_ID: 'outlay',
    DATABASE_URL: `sqlite:${join(folder, 'companys.sqlite')}`,
    DATA_DIR: join(folder, 'companys-data'),
    WORKERS: '4',
    BACKUP_FOLDER: join(folder, 'companys-backups'),
    LOG_LEVEL: 'loud',
    TMPDIR: temporary,
  });

  async function demo(...more: string[]): Promise<Spawned & { readonly address: string }> {
    const port = String(await freePort());
    const args = ['--port', port, '--provider-port', String(await freePort()), ...more];
    const spawned = await spawnOutlay(folder, companys(), READY, [program, 'demo', ...args]);
    return { ...spawned, address: `http://localhost:${port}` };
  }

  /** Somebody signs in and opens a page. */
  async function teamAt(address: string): Promise<string> {
    const browser = new HttpBrowser();
    const choose = await browser.follow(`${address}/login?return_to=/team/finance`);
    return (await browser.follow(choose.url, { method: 'POST', form: { person: 'demo-4' } })).body;
  }

  it('runs whatever is set, begins anew each time, and leaves nothing behind', async () => {
    writeFileSync(join(folder, '.env'), 'OIDC_CLIENT_SECRET=of-the-company\nSESSION_SECRET=short\n');
    const { address, output, child, stop } = await demo();
    assert.match(output(), /it goes when this stops/);
    assert.match(await teamAt(address), /\$2,780\.00/);
    const [own = ''] = readdirSync(temporary);
    assert.ok(existsSync(join(temporary, own, 'demonstration.sqlite')), own);
    await stop();
    assert.equal(child.exitCode, 0);
    assert.deepEqual(readdirSync(temporary), []);
    assert.deepEqual(readdirSync(folder), ['.env'], 'nothing that the settings name');
  });

  it('keeps its data where it is told to, and finds it again', async () => {
    const kept = join(folder, 'kept');
    for (const start of ['the first', 'the second']) {
      const { output, stop, address } = await demo('--keep', kept);
      assert.match(output(), /kept\/demonstration\.sqlite; the next start finds it again/, start);
      assert.match(await teamAt(address), /\$2,780\.00/);
      await stop();
    }
    assert.ok(existsSync(join(kept, 'demonstration.sqlite')));
    assert.deepEqual(readdirSync(temporary), []);
  });

  it('says by its options what keeps it from running, and leaves nothing behind', async () => {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    const taken = String((server.address() as AddressInfo).port);
    const free = String(await freePort());
    const first = await outlay(folder, companys(), 'demo', '--port', taken, '--provider-port', free);
    assert.equal(first.code, 1);
    assert.match(first.err, /cannot listen on port \d+: another program is using it\. Set --port to one that is free/);
    const second = await outlay(folder, companys(), 'demo', '--port', free, '--provider-port', taken);
    assert.match(second.err, /Set --provider-port to one that is free/);
    server.close();
    const third = await outlay(folder, companys(), 'demo', '--keep', join(folder, '.env', 'data'));
    assert.match(third.err, /name another one with --keep/);
    assert.deepEqual([second.code, third.code], [1, 1]);
    assert.deepEqual(readdirSync(temporary), []);
    const { code, err } = await outlay(folder, companys(), 'demo', '--port', '70000');
    assert.equal(code, 2);
    assert.match(err, /^--port is at most 65535/);
  });
});
