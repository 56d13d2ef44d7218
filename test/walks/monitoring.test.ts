import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

const token = 'a-token-for-whoever-watches';
const withToken = { headers: { authorization: `Bearer ${token}` } };

describeOnBothEngines('whoever watches over Outlay', (engine) => {
  let world: World;
  before(async () => {
    const backups = async () => ({ made: new Date(Date.UTC(2026, 2, 10)), rehearsed: undefined, every: 86_400_000 });
    world = await openWorld({ engine, metricsToken: token, backups });
  });
  after(() => world[Symbol.asyncDispose]());

  const ask = (path: string, asking = {}) => new HttpBrowser().ask(world.url(path), asking);

  /** The value of a line, 0 where there is none. */
  async function read(line: string): Promise<number> {
    const { body } = await ask('/metrics', withToken);
    const found = body.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length + 1));
  }

  it('learns that it is alive, and that it is ready, without a session', async () => {
    const alive = await ask('/health');
    assert.deepEqual([alive.status, alive.body], [200, 'alive\n']);
    const ready = await ask('/ready');
    assert.equal(ready.status, 200);
    assert.deepEqual(JSON.parse(ready.body), { status: 'ready', database: 'answers', provider: 'answers' });
    assert.match(ready.headers.get('cache-control') ?? '', /no-store/);
  });

  it('does not fill the log', async () => {
    const before = world.log.length;
    for (const path of ['/health', '/ready', '/metrics']) await ask(path, withToken);
    const logged = world.log.slice(before).filter(({ event }) => event === 'request');
    assert.deepEqual([...new Set(logged.map(({ level }) => level))], [20], 'only where everything is logged');
  });

  it('reads metrics with the token alone', async () => {
    for (const authorization of [undefined, 'Bearer', `Bearer ${token}x`, `Basic ${token}`, `Bearer ${token} ${token}`]) {
      const { status, body, headers } = await ask('/metrics', authorization === undefined ? {} : { headers: { authorization } });
      assert.equal(status, 401, authorization);
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer /);
      assert.doesNotMatch(body, /outlay_/);
    }
    const { status, headers } = await ask('/metrics', withToken);
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  });

  it('sees answers by route and status, sign-ins, what was recorded, and how long others took', async () => {
    const lines = {
      team: 'outlay_requests_total{method="GET",route="/team/:id",status="200"}',
      none: 'outlay_requests_total{method="GET",route="none",status="404"}',
      signedIn: 'outlay_sign_ins_total{result="signed-in",reason="none"}',
      refused: 'outlay_sign_ins_total{result="refused",reason="provider-refused"}',
      recorded: 'outlay_audited_total{action="signed-in"}',
      queries: 'outlay_query_duration_seconds_count',
      provider: 'outlay_provider_duration_seconds_count{answered="true"}',
      sessions: 'outlay_sessions',
    };
    const was = await readAll(lines);
    const { browser } = await world.signIn('alice');
    assert.equal((await browser.ask(world.url('/team/finance?q=a-secret-word'))).status, 200);
    assert.equal((await browser.ask(world.url('/no/such/page'))).status, 404);
    const is = await readAll(lines);
    for (const one of ['team', 'none', 'signedIn', 'recorded', 'sessions'] as const) assert.equal(is[one] - was[one], 1, one);
    assert.ok(is.queries > was.queries && is.provider > was.provider);
  });

  async function readAll<Name extends string>(lines: Readonly<Record<Name, string>>): Promise<Record<Name, number>> {
    const found = Object.entries<string>(lines).map(async ([name, line]) => [name, await read(line)] as const);
    return Object.fromEntries(await Promise.all(found)) as Record<Name, number>;
  }

  it('sees when the last backup was made and when one was rehearsed, and 0 for what never was', async () => {
    assert.equal(await read('outlay_backup_time_seconds'), Date.UTC(2026, 2, 10) / 1_000);
    assert.equal(await read('outlay_backup_interval_seconds'), 86_400);
    const { body } = await ask('/metrics', withToken);
    assert.match(body, /^outlay_backup_rehearsal_time_seconds 0$/m);
  });

  it('sees why sign-ins are refused, in Outlay’s own words', async () => {
    const browser = new HttpBrowser();
    const callback = new URL(await world.walkToCallback('bob', browser));
    callback.searchParams.set('iss', 'https://evil.example');
    assert.equal((await browser.ask(callback.href)).status, 400);
    const { body } = await ask('/metrics', withToken);
    const refused = body.split('\n').filter((line) => line.startsWith('outlay_sign_ins_total{result="refused"'));
    assert.equal(refused.length, 1);
    assert.match(refused[0] ?? '', /reason="[a-z-]+"} 1$/);
  });

  it('learns nothing of anybody', async () => {
    const { body } = await ask('/metrics', withToken);
    for (const secret of ['alice', 'Alice', 'example.com', 'finance', 'a-secret-word', token, 'sub-'])
      assert.ok(!body.includes(secret), secret);
  });

  it('has a dashboard and alerts that use metrics that there are, and a manual that names each', async () => {
    const { body } = await ask('/metrics', withToken);
    const there = new Set([...body.matchAll(/^# TYPE (\S+) (\S+)/gm)].map(([, name = '']) => name));
    const read = (file: string) => readFileSync(new URL(`../../docs/monitoring/${file}`, import.meta.url), 'utf8');
    for (const file of ['grafana.json', 'alerts.yml']) {
      const used = new Set(
        [...read(file).matchAll(/\boutlay_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')),
      );
      assert.ok(used.size > 3, file);
      for (const name of used) assert.ok(there.has(name), `${file}: ${name}`);
    }
    JSON.parse(read('grafana.json'));
    const manual = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');
    const named = [...manual.matchAll(/^\| `(outlay_[a-z_]+)`/gm)].map(([, name = '']) => name);
    assert.deepEqual(named.toSorted(), [...there].toSorted());
  });

  it('learns that nobody can sign in while the provider is away, and that all is well again', async () => {
    await world.stopProvider();
    world.advance(61_000);
    const degraded = await ask('/ready');
    assert.equal(degraded.status, 200);
    assert.deepEqual(JSON.parse(degraded.body), { status: 'degraded', database: 'answers', provider: 'does not answer' });
    await world.startProvider();
    world.advance(61_000);
    assert.equal(JSON.parse((await ask('/ready')).body).status, 'ready');
  });

  it('learns that the database is away', async () => {
    await world.db.schema.alterTable('rule_book').renameTo('rule_book_away').execute();
    world.advance(2_000);
    const { status, body } = await ask('/ready');
    assert.equal(status, 503);
    assert.deepEqual(JSON.parse(body), { status: 'unavailable', database: 'does not answer', provider: 'answers' });
    await world.db.schema.alterTable('rule_book_away').renameTo('rule_book').execute();
  });
});

describe('an Outlay without a token for metrics', () => {
  it('has no such page', async () => {
    await using world = await openWorld();
    const { status } = await new HttpBrowser().ask(world.url('/metrics'), withToken);
    assert.equal(status, 404);
  });
});
