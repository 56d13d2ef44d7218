import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '../src/database/open.ts';
import { newDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { HttpBrowser } from './http-browser.ts';
import { startHostileProvider } from './hostile-provider/provider.ts';
import { compiled } from './spawned.ts';
import { startTraceReceiver } from './trace-receiver.ts';

const main = resolve('src/main.ts');

/** Disposing of it ends the program at once, whatever became of the test. */
interface Started extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Waits until the output contains this, or the program ends. */
  until(text: string): Promise<void>;
  stop(): Promise<number | null>;
}

/** Runs the program as `npm start` does, in a folder of its own, with these settings and none of the surroundings'. */
function start(cwd: string, env: Record<string, string>): Started {
  const child = spawn(process.execPath, [main], { cwd, env: { ...compiled(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('said');
    });
  }
  const ended = once(child, 'close');
  return {
    process: child,
    output: () => output,
    async until(text) {
      while (!output.includes(text) && child.exitCode === null) await Promise.race([once(child, 'said'), ended]);
      assert.ok(output.includes(text), `"${text}" is not in:\n${output}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('starting', { timeout: 240_000 }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-start-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function demoEnv(): Promise<Record<string, string>> {
    return { PORT: String(await freePort()), DEMO_PROVIDER_PORT: String(await freePort()) };
  }

  async function assertStops(env: Record<string, string>, ...reasons: RegExp[]): Promise<void> {
    await using started = start(folder, env);
    await once(started.process, 'close');
    assert.equal(started.process.exitCode, 1);
    for (const reason of reasons) assert.match(started.output(), reason);
    assert.doesNotMatch(started.output(), /^ {4}at /m, 'a sentence, not a stack');
  }

  it('without any settings brings up the demonstration, says where and who, and finds its data again', async () => {
    const env = await demoEnv();
    const address = `http://localhost:${env['PORT']}`;
    await using first = start(folder, env);
    await first.until('Ctrl+C stops it.');
    for (const text of [
      address,
      'Hannah Smith',
      'Sarah Morgan',
      'data/demonstration.sqlite',
      'OIDC_ISSUER',
      `localhost:${env['DEMO_PROVIDER_PORT']}/people`,
    ]) {
      assert.ok(first.output().includes(text), text);
    }
    const browser = new HttpBrowser();
    const choose = await browser.follow(`${address}/login?return_to=/team/finance`);
    assert.match(choose.body, /carol\.lee@task-vantage\.com/);
    const page = await browser.follow(choose.url, { method: 'POST', form: { person: 'demo-4' } });
    assert.match(page.body, /\$2,780\.00/);
    assert.match(page.body, /Demonstration\./);
    assert.equal(await first.stop(), 0);

    await using second = start(folder, env);
    await second.until('Ctrl+C stops it.');
    assert.match((await browser.ask(`${address}/team/finance`)).body, /\$2,780\.00/, 'the session and the data are still there');
    const loggedOut = await browser.follow(`${address}/logout`, { method: 'POST' });
    assert.equal(loggedOut.status, 200, 'the provider recognises the ID Token of the first start');
    assert.equal(await second.stop(), 0);
  });

  it('keeps what is secret readable by its owner only', () => {
    for (const file of ['session-secret', 'demonstration-signing-key.json', 'demonstration.sqlite']) {
      assert.equal(statSync(join(folder, 'data', file)).mode & 0o077, 0, file);
    }
    assert.ok(readFileSync(join(folder, 'data', 'session-secret'), 'utf8').length >= 43);
  });

  it('stops at a port that is taken, and names PORT', async () => {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    await assertStops({ PORT: port, DEMO_PROVIDER_PORT: String(await freePort()) }, /Set PORT to one that is free/);
    await assertStops({ PORT: String(await freePort()), DEMO_PROVIDER_PORT: port }, /Set DEMO_PROVIDER_PORT to one that is free/);
    server.close();
  });

  it('stops where the data folder cannot be written, and names DATA_DIR', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    await assertStops({ DATA_DIR: join(folder, 'a-file', 'data') }, /DATA_DIR/);
  });

  it('stops at a session secret that was cut short, instead of sealing with nothing', async () => {
    const cut = mkdtempSync(join(folder, 'cut-'));
    writeFileSync(join(cut, 'session-secret'), '');
    await assertStops({ ...(await demoEnv()), DATA_DIR: cut }, /"session-secret".*has been cut short/);
  });

  it('stops with every mistake in the settings at once', async () => {
    await assertStops(
      { PORT: 'abc', LOG_LEVEL: 'loud', SESSION_SECRET: 'short' },
      /PORT must/,
      /LOG_LEVEL must/,
      /SESSION_SECRET must/,
    );
    await assertStops({ OIDC_ISSUER: 'https://example.okta.com' }, /OIDC_CLIENT_ID is missing/, /OIDC_CLIENT_SECRET is missing/);
  });

  it('stops at a public key for backups that has a typing mistake, and not at night when the first one is due', async () => {
    const key = 'age1eed7u6cyr26582eu8yd5wqexn0uxp7duf7meygclaqsdxcyvcvfqwmdvj1';
    await assertStops(
      { ...(await demoEnv()), BACKUP_RECIPIENT: key },
      /BACKUP_RECIPIENT has "age1.*" in it, which is no public key/,
    );
  });

  it('logs for programs where it is piped, and for people where that is asked for', async () => {
    for (const [format, expected] of [
      ['', /^\{"level":30,[^\n]*"path":"\/nowhere/m],
      ['text', /^\d\d:\d\d:\d\d INFO {2}GET \/nowhere 303 \d/m],
    ] as const) {
      const env: Record<string, string> = { ...(await demoEnv()), LOG_LEVEL: 'info', LOG_FORMAT: format };
      await using started = start(folder, env);
      await started.until('Ctrl+C stops it.');
      assert.equal((await new HttpBrowser().ask(`http://localhost:${env['PORT']}/nowhere`)).status, 303);
      assert.equal(await started.stop(), 0);
      assert.match(started.output(), expected);
    }
  });

  it('sends traces where it is told to, the last ones when it stops, and stops also where nobody takes them', async () => {
    await using receiver = await startTraceReceiver();
    for (const url of [receiver.url, `http://localhost:${await freePort()}`]) {
      const env: Record<string, string> = { ...(await demoEnv()), OTEL_EXPORTER_OTLP_ENDPOINT: url };
      await using started = start(folder, env);
      await started.until('Ctrl+C stops it.');
      assert.equal((await new HttpBrowser().ask(`http://localhost:${env['PORT']}/`)).status, 200);
      assert.equal(await started.stop(), 0);
    }
    assert.deepEqual(
      receiver.spans().flatMap(({ name, kind }) => (kind === 2 ? [name] : [])),
      ['GET /'],
    );
  });

  it('does not run the demonstration where others could reach it', async () => {
    await assertStops({ NODE_ENV: 'production', SESSION_SECRET: 'x'.repeat(32) }, /NODE_ENV is production: the demonstration/);
    await assertStops({ APP_BASE_URL: 'https://outlay.example.com' }, /APP_BASE_URL is not on this machine: the demonstration/);
  });

  it('stops at a database that a newer Outlay has used, and changes nothing', async () => {
    await using database = await newDatabase('sqlite');
    const env = {
      DATABASE_URL: database.url,
      OIDC_ISSUER: 'http://localhost:1',
      OIDC_CLIENT_ID: 'a',
      OIDC_CLIENT_SECRET: 'b',
      PORT: String(await freePort()),
    };
    await using started = start(folder, env);
    await started.until('Outlay is ready');
    await started.stop();
    const db = await openDatabase(database.url);
    await db
      .insertInto('kysely_migration' as never)
      .values({ name: '9999-from-the-future', timestamp: 'x' })
      .execute();
    await db.destroy();
    await assertStops(env, /newer than this program/, /9999-from-the-future/);
  });

  it('with a provider of one’s own begins empty, from .env, and does not wait for the provider', async () => {
    await using database = await newDatabase('postgres');
    const own = mkdtempSync(join(folder, 'own-'));
    const port = await freePort();
    const settings = `PORT=${port}\nOKTA_ISSUER=http://localhost:1\nOKTA_CLIENT_ID=outlay\nOKTA_CLIENT_SECRET=secret-of-the-client\n`;
    writeFileSync(join(own, '.env'), `${settings}DATABASE_URL=${database.url}\n`);
    await using started = start(own, {});
    await started.until('provider-unavailable');
    const { status, body } = await new HttpBrowser().ask(`http://localhost:${port}/login`);
    assert.equal(status, 503);
    assert.doesNotMatch(body, /Demonstration/);
    await started.stop();
    assert.doesNotMatch(started.output(), /secret-of-the-client/);
    const db = await openDatabase(database.url);
    assert.deepEqual(await db.selectFrom('team').selectAll().execute(), []);
    await db.destroy();
  });

  it('loads the sample organisation with any provider and in production, but not beside data of one’s own', async () => {
    await using provider = await startHostileProvider();
    provider.behaviour = { userInfo: (claims) => ({ ...claims, groups: ['finance'] }) };
    await using database = await newDatabase('sqlite');
    const port = await freePort();
    const env = {
      NODE_ENV: 'production',
      SESSION_SECRET: 'x'.repeat(32),
      SAMPLE_ORGANISATION: '1',
      DATABASE_URL: database.url,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: 'outlay',
      OIDC_CLIENT_SECRET: 'secret',
      PORT: String(port),
    };
    await using started = start(folder, env);
    await started.until('Outlay is ready');
    await started.until('plain http on this machine only');
    assert.match((await new HttpBrowser().follow(`http://localhost:${port}/login?return_to=/team/finance`)).body, /\$2,780\.00/);
    await started.stop();

    const db = await openDatabase(database.url);
    await db.deleteFrom('sample_organisation').execute();
    await db.destroy();
    await assertStops(env, /this database has data of its own/);
  });
});
