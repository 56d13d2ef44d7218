import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '../src/database/open.ts';
import { migrations } from '../src/database/migrations/index.ts';
import { newDatabase, type TestDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { type Spawned, spawnOutlay } from './spawned.ts';

const READY = 'Outlay is ready';
const plainWorkers = [join(import.meta.dirname, 'plain-workers.ts')];

describe('several processes of Outlay', { timeout: 240_000 }, () => {
  let folder: string;
  let database: TestDatabase;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-workers-'));
    database = await newDatabase('postgres');
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function settings(workers = 1): Promise<Record<string, string> & { PORT: string }> {
    return {
      PORT: String(await freePort()),
      WORKERS: String(workers),
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, 'data'),
      SAMPLE_ORGANISATION: '1',
      OIDC_ISSUER: 'http://localhost:1',
      OIDC_CLIENT_ID: 'outlay',
      OIDC_CLIENT_SECRET: 'any secret',
    };
  }

  /** The processes that listen, as their log says it. */
  function workersOf({ output }: Spawned): number[] {
    const lines = output().split('\n');
    const started = lines.filter((line) => line.includes('"event":"started"'));
    return started.map((line) => (JSON.parse(line) as { pid: number }).pid);
  }

  /** Waits until it has said something of which this holds. */
  async function until(outlay: Spawned, holds: () => boolean): Promise<void> {
    while (!holds()) await once(outlay.child, 'said');
  }

  /** A form of which one half has arrived. @param finish sends the other one. @returns the status of its answer. */
  async function halfSent(port: string): Promise<{ finish: () => Promise<number | undefined> }> {
    const [half, rest] = ['theme=', 'dark'];
    const origin = `http://localhost:${port}`;
    const headers = { origin, 'content-type': 'application/x-www-form-urlencoded', 'content-length': half.length + rest.length };
    const sending = request(`${origin}/theme`, { method: 'POST', headers, agent: false });
    const answered = once(sending, 'response');
    answered.catch(() => {});
    await new Promise((resolve) => sending.write(half, resolve));
    return {
      async finish() {
        sending.end(rest);
        const [answer] = (await answered) as [IncomingMessage];
        answer.resume();
        await once(answer, 'close');
        return answer.statusCode;
      },
    };
  }

  /** Over a connection of its own: one that is kept would not show whether new ones are taken. */
  const listens = async (port: string) =>
    fetch(`http://localhost:${port}/`, { headers: { connection: 'close' } }).then(
      ({ ok }) => ok,
      () => false,
    );

  it('that start at once on an empty database all come up, with everything in it once', async () => {
    const all = await Promise.all([1, 2, 3].map(async () => spawnOutlay(folder, await settings(), READY)));
    await Promise.all(all.map(({ stop }) => stop()));
    assert.deepEqual(
      all.map(({ child }) => child.exitCode),
      [0, 0, 0],
    );
    const db = await openDatabase(database.url);
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    const { length: teams } = await db.selectFrom('team').select('id').execute();
    await db.destroy();
    assert.deepEqual(
      rows.map(({ name }) => name),
      Object.keys(migrations),
    );
    assert.equal(teams, 5);
  });

  it('share a port, say once that they are ready, and one that dies is started again', async () => {
    const env = await settings(2);
    const outlay = await spawnOutlay(folder, env, READY);
    await until(outlay, () => workersOf(outlay).length === 2);
    const [first = 0] = workersOf(outlay);
    process.kill(first, 'SIGKILL');
    await until(outlay, () => workersOf(outlay).length === 3);
    assert.ok(await listens(env.PORT));
    await outlay.stop();
    assert.equal(outlay.child.exitCode, 0);
    assert.equal(outlay.output().split(READY).length, 2, outlay.output());
    const [ended] = outlay.output().match(/.*"event":"worker-ended".*/) ?? [];
    assert.match(ended ?? '', new RegExp(`"pid":${first},"code":null,"signal":"SIGKILL"`));
  });

  it('are watched as one: whichever answers tells of all, each by its place, and of one that is started again', async () => {
    const token = 'a-token-for-whoever-watches';
    const env = { ...(await settings(2)), METRICS_TOKEN: token };
    const outlay = await spawnOutlay(folder, env, READY);
    const origin = `http://localhost:${env.PORT}`;
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    const ask = async () => (await fetch(`${origin}/metrics`, { headers })).text();
    const startsIn = (text: string) =>
      new Map([...text.matchAll(/^outlay_start_time_seconds\{worker="(\d)"\} (\d+)$/gm)].map(([, place, time]) => [place, time]));
    const homes = (text: string) =>
      [...text.matchAll(/^outlay_requests_total\{worker="\d",method="GET",route="\/",status="200"\} (\d+)$/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );

    const before = homes(await ask());
    for (let time = 0; time < 6; time += 1) await (await fetch(origin, { headers: { connection: 'close' } })).text();
    for (let time = 0; time < 4; time += 1) {
      const text = await ask();
      assert.deepEqual([...startsIn(text).keys()], ['1', '2']);
      assert.equal(homes(text) - before, 6, 'whoever is asked, and the sum never falls');
      assert.equal(text.match(/^# TYPE outlay_requests_total /gm)?.length, 1);
      assert.equal(text.match(/^outlay_sessions \d+$/gm)?.length, 1, 'what is of all of them is there once');
    }
    const [first = 0] = workersOf(outlay);
    process.kill(first, 'SIGKILL');
    await until(outlay, () => workersOf(outlay).length === 3);
    let text = await ask();
    while (startsIn(text).size < 2) text = await ask();
    assert.deepEqual([...startsIn(text).keys()], ['1', '2'], 'in the place of the one before');
    await outlay.stop();
    assert.equal(outlay.child.exitCode, 0);
  });

  it('say once what keeps them from starting, and end with its exit code', async () => {
    const env = await settings(3);
    const other = await spawnOutlay(folder, { ...env, WORKERS: '1' }, READY);
    await assert.rejects(spawnOutlay(folder, env, READY), ({ message }: Error) => {
      assert.equal(message.split('Set PORT to one that is free.').length, 2, message);
      return true;
    });
    await other.stop();
  });

  it('are not even begun once the first is told to stop as it starts', async () => {
    const env = { PORT: String(await freePort()), HESITATES: '1' };
    const workers = await spawnOutlay(folder, env, 'begun', plainWorkers);
    await workers.stop();
    assert.equal(workers.child.exitCode, 0, workers.output());
    assert.equal(workers.output().split('begun').length, 2, workers.output());
  });

  it('keep nobody waiting who was on the way to one that stops', async () => {
    // Each time somebody is, or is not; of ten times, somebody was.
    for (let time = 0; time < 10; time += 1) {
      const env = { PORT: String(await freePort()) };
      const workers = await spawnOutlay(folder, env, 'ready', plainWorkers);
      const form = await halfSent(env.PORT);
      assert.ok(await listens(env.PORT));
      workers.child.kill('SIGTERM');
      while (await listens(env.PORT));
      assert.equal(await form.finish(), 200);
      if (workers.child.exitCode === null) await once(workers.child, 'close');
      assert.equal(workers.child.exitCode, 0, workers.output());
    }
  });

  for (const workers of [1, 2]) {
    it(`finish what is under way when told to stop, and take nothing new (${workers})`, async () => {
      const env = await settings(workers);
      const outlay = await spawnOutlay(folder, env, READY);
      const forms = [await halfSent(env.PORT), await halfSent(env.PORT)];
      // An answer to a later request: both halves have arrived, whichever process has them.
      for (const _ of forms) assert.ok(await listens(env.PORT));
      outlay.child.kill('SIGTERM');
      while (await listens(env.PORT));
      for (const { finish } of forms) assert.equal(await finish(), 303);
      if (outlay.child.exitCode === null) await once(outlay.child, 'close');
      assert.equal(outlay.child.exitCode, 0);
    });

    it(`end at once at a second signal, whichever (${workers})`, async () => {
      const env = await settings(workers);
      const outlay = await spawnOutlay(folder, env, READY);
      const form = await halfSent(env.PORT);
      assert.ok(await listens(env.PORT));
      const ended = once(outlay.child, 'close');
      outlay.child.kill('SIGINT');
      while (await listens(env.PORT));
      outlay.child.kill('SIGTERM');
      await ended;
      assert.equal(outlay.child.signalCode, 'SIGTERM');
      await assert.rejects(form.finish());
    });
  }
});
