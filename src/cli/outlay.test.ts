import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { sql } from 'kysely';
import { describeOnBothEngines, newDatabase, type TestDatabase } from '../../test/databases.ts';
import { freePort } from '../../test/free-port.ts';
import { HttpBrowser } from '../../test/http-browser.ts';
import { outlay, program } from '../../test/outlay-command.ts';
import { spawnOutlay } from '../../test/spawned.ts';
import { own } from '../../test/settings.ts';
import { TestClock } from '../../test/told.ts';
import { linkPending } from '../audit/linking.ts';
import { recordAudit } from '../audit/record.ts';
import { migrations } from '../database/migrations/index.ts';
import { openDatabase } from '../database/open.ts';
import { startDemoProvider } from '../demo/identity-provider.ts';
import type { Database } from '../database/schema.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-cli-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npx outlay', () => {
  it('is a file that a shell can run, named in package.json', async () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
    assert.deepEqual(bin, { outlay: 'src/cli/outlay.ts' });
    const path = `${resolve('node_modules/.bin')}:${process.env['PATH']}`;
    const said = await new Promise<string>((done, fail) => {
      execFile(program, ['--help'], { env: { PATH: path } }, (error, out) => (error === null ? done(out) : fail(error)));
    });
    assert.match(said, /outlay audit verify/);
  });

  it('says what there is, and of each command how it is used', async () => {
    const { code, out } = await outlay(folder, {}, '--help');
    assert.equal(code, 0);
    const commands = [
      'start',
      'demo',
      'migrate',
      'doctor',
      'transfer',
      'backup',
      'restore',
      'import',
      'audit verify',
      'client-keys',
    ];
    assert.deepEqual(
      [...out.matchAll(/^ {2}outlay ([a-z -]+?) {2}/gm)].map(([, command]) => command),
      commands,
    );
    for (const command of commands) {
      const asked = await outlay(folder, {}, ...command.split(' '), '--help');
      assert.equal(asked.code, 0);
      assert.ok(asked.out.startsWith(`outlay ${command}`), asked.out);
    }
  });

  it('does nothing with what it does not know, and says how it is used', async () => {
    const misused = [
      [],
      ['nonsense'],
      ['audit'],
      ['audit', 'nonsense'],
      ['audit', 'verify', '--nonsense'],
      ['start', 'now'],
      ['demo', 'now'],
      ['demo', '--port', 'abc'],
      ['demo', '--port', '4000', '--provider-port', '4000'],
      ['demo', '--keep', ''],
      ['doctor', '--nonsense'],
      ['doctor', 'now'],
    ];
    for (const args of [...misused, ['audit', 'verify', '--head', '1:abc'], ['migrate', 'now']]) {
      const { code, out, err } = await outlay(folder, {}, ...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(out, '');
      assert.match(err, /outlay /);
      assert.doesNotMatch(err, /^ {4}at /m, 'a sentence, not a stack');
    }
    assert.ok(!existsSync(join(folder, 'data')));
  });

  it('says which settings are wrong, as the start does', async () => {
    assert.deepEqual((await outlay(folder, { PORT: 'abc' }, 'migrate')).code, 1);
    const { code, err } = await outlay(folder, { PORT: 'abc' }, 'audit', 'verify');
    assert.equal(code, 2);
    assert.match(err, /PORT must be a port number/);
  });

  it('verifies no database that is not there, and makes none', async () => {
    const { code, err } = await outlay(folder, {}, 'audit', 'verify');
    assert.equal(code, 2);
    assert.match(err, /There is no database "data\/demonstration\.sqlite"/);
    assert.ok(!existsSync(join(folder, 'data')));
  });

  it('has a doctor who names the mistakes in the settings, and what to paste', async () => {
    const issuer = `http://localhost:${await freePort()}`;
    const env = {
      ...own,
      OIDC_ISSUER: `${issuer}/.well-known/openid-configuration`,
      PORT: 'abc',
      ADMIN_EMAIL: 'dana@example.com',
    };
    const { code, out, err } = await outlay(folder, env, 'doctor');
    assert.deepEqual([code, err], [1, '']);
    assert.match(out, /^WRONG PORT must be a port number\.$/m);
    assert.ok(out.includes(`\n          OIDC_ISSUER=${issuer}\n`), out);
    assert.match(out, /3 things are wrong\.\n$/);
    const json = JSON.parse((await outlay(folder, env, 'doctor', '--json')).out) as { kind: string; check: string }[];
    const wrong = json.filter(({ kind }) => kind === 'wrong').map(({ check }) => check);
    assert.deepEqual(new Set(wrong), new Set(['setting-port', 'issuer-well-known', 'connect']));
    assert.ok(!existsSync(join(folder, 'data')));
  });

  it('has a doctor who finds nothing wrong with a right set-up before its first start, and makes nothing', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'test' };
    const baseUrl = 'http://localhost:3000';
    await using demo = await startDemoProvider({ port: 0, appBaseUrl: baseUrl, postLogoutUrl: baseUrl, signingKey, people: [] });
    const client = { OIDC_CLIENT_ID: demo.config.clientId, OIDC_CLIENT_SECRET: demo.clientSecret };
    const env = { OIDC_ISSUER: demo.config.issuer, ...client, ADMIN_EMAIL: 'dana@example.com' };
    const { code, out } = await outlay(folder, env, 'doctor');
    assert.equal(code, 0, out);
    assert.match(out, /takes the client’s credentials[^]*There is no database yet/);
    assert.ok(!out.includes(demo.clientSecret));
    const wrong = await outlay(folder, { ...env, OIDC_CLIENT_SECRET: 'another' }, 'doctor');
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /^WRONG The provider does not take the client’s credentials/);
    assert.ok(!existsSync(join(folder, 'data')));
  });

  it('starts what npm start does, whose record is whole when it has stopped', async () => {
    const port = await freePort();
    const env = { PORT: String(port), DEMO_PROVIDER_PORT: String(await freePort()) };
    const { stop } = await spawnOutlay(folder, env, 'Ctrl+C stops it.', [program, 'start']);
    const browser = new HttpBrowser();
    const choose = await browser.follow(`http://localhost:${port}/login`);
    await browser.follow(choose.url, { method: 'POST', form: { person: 'demo-4' } });
    await stop();
    const { code, out } = await outlay(folder, env, 'audit', 'verify', '--json');
    assert.equal(code, 0);
    const { holds, linked, pending } = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual({ holds, linked, pending }, { holds: true, linked: 2, pending: 0 }, 'admitted, and signed in');
  });
});

describeOnBothEngines('a database that outlay is told of', (engine) => {
  let database: TestDatabase;
  let env: Record<string, string>;
  before(async () => {
    database = await newDatabase(engine);
    env = { ...own, DATABASE_URL: database.url };
  });
  after(() => database[Symbol.asyncDispose]());

  async function withDatabase<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
    const db = await openDatabase(database.url);
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  }

  it('is brought up to date once, with the names of what ran', async () => {
    if (engine === 'postgres') {
      const early = await outlay(folder, env, 'audit', 'verify');
      assert.equal(early.code, 2);
      assert.match(early.err, /npx outlay migrate/);
    }
    const first = await outlay(folder, env, 'migrate');
    assert.equal(first.code, 0, first.err);
    for (const name of Object.keys(migrations)) assert.ok(first.out.includes(`Ran ${name}.`), name);
    assert.deepEqual(await outlay(folder, env, 'migrate'), { code: 0, out: 'The database is up to date.\n', err: '' });
  });

  it('is verified: 0 where its record holds, 1 with the first entry where it does not', async () => {
    await withDatabase(async (db) => {
      const clock = new TestClock();
      for (let count = 0; count < 3; count += 1) await recordAudit(db, { action: 'team-added' }, clock.now);
      await linkPending(db);
      await recordAudit(db, { action: 'team-added' }, clock.now);
    });
    const { code, out } = await outlay(folder, env, 'audit', 'verify');
    assert.equal(code, 0);
    assert.match(out, /holds: 3 entries.*1 more wait/);
    const [, head = ''] = /^Head: (3:[0-9a-f]{64})$/m.exec(out) ?? [];
    assert.equal((await outlay(folder, env, 'audit', 'verify', '--head', head)).code, 0);
    const other = await outlay(folder, env, 'audit', 'verify', '--head', `3:${'0'.repeat(64)}`);
    assert.equal(other.code, 1);
    assert.match(other.out, /does NOT hold\.\nThe chain's link at place 3/);

    const changed = await withDatabase(async (db) => {
      await (engine === 'postgres'
        ? sql`alter table audit_entry disable trigger all`.execute(db)
        : sql`drop trigger audit_entry_no_update`.execute(db));
      const { entry_id: id } = await db
        .selectFrom('audit_link')
        .select('entry_id')
        .where('seq', '=', 2)
        .executeTakeFirstOrThrow();
      await db.updateTable('audit_entry').set({ action: 'team-removed' }).where('id', '=', id).execute();
      return id;
    });
    const told = await outlay(folder, env, 'audit', 'verify');
    assert.equal(told.code, 1);
    assert.match(told.out, new RegExp(`Entry ${changed}, at place 2, is not what was linked there`));
    const json = JSON.parse((await outlay(folder, env, 'audit', 'verify', '--json')).out) as Record<string, unknown>;
    assert.equal(json['holds'], false);
    assert.deepEqual((json['fault'] as Record<string, unknown>)['entryId'], changed);
  });
});
