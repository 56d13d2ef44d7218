import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadConfig } from '../../src/config.ts';
import type { TracesConfig } from '../../src/config-traces.ts';
import { describeOnBothEngines } from '../databases.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type ReceivedSpan, startTraceReceiver } from '../trace-receiver.ts';
import { openWorld, type World } from '../world.ts';

const SERVER = 2;
const CLIENT = 3;
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = (flags = '01') => `00-${caller.traceId}-${caller.spanId}-${flags}`;

/** As the settings have it. */
function settings(url: string, env: Record<string, string> = {}): TracesConfig {
  return loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env }).traces ?? assert.fail('no traces');
}

describeOnBothEngines('a trace', (engine) => {
  async function open(env: Record<string, string> = {}) {
    await using opened = new AsyncDisposableStack();
    const receiver = opened.use(await startTraceReceiver());
    const world = opened.use(await openWorld({ engine, traces: settings(receiver.url, env) }));
    const kept = opened.move();
    return { receiver, world, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  /** The span of the last request of this name, and those below it. */
  async function traceOf(world: World, spans: () => readonly ReceivedSpan[], name: string) {
    await world.sendTraces();
    const request = spans().findLast((span) => span.name === name && span.kind === SERVER) ?? assert.fail(`no span ${name}`);
    return { request, below: spans().filter(({ parentSpanId }) => parentSpanId === request.spanId) };
  }

  it('tells of a page: its route, its answer, its reference, and each time the database was asked', async () => {
    await using opened = await open({
      OTEL_SERVICE_NAME: 'expenses',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=a%20test',
      OTEL_EXPORTER_OTLP_HEADERS: 'Api-Key=a%3Dsecret',
    });
    const { receiver, world } = opened;
    const { browser } = await world.signIn('alice');
    await browser.ask(world.url('/team/finance?q=a-secret-word'));
    const { request, below } = await traceOf(world, receiver.spans, 'GET /team/:id');
    const line = world.log.findLast(({ event, path }) => event === 'request' && path === '/team/finance');
    assert.deepEqual(request.attributes, {
      'http.request.method': 'GET',
      'http.route': '/team/:id',
      'http.response.status_code': '200',
      'url.scheme': 'http',
      'outlay.reference': line?.['reference'],
      'outlay.complete': true,
    });
    assert.equal(request.parentSpanId, undefined);
    assert.deepEqual(request.status, {});
    assert.ok(below.length > 0);
    for (const { kind, traceId, name, attributes, startTimeUnixNano, endTimeUnixNano } of below) {
      assert.deepEqual([kind, traceId], [CLIENT, request.traceId]);
      assert.match(name, /^(select|with|begin|commit|update)( [a-z_]+)?$/);
      assert.deepEqual(attributes, { 'db.system.name': engine === 'postgres' ? 'postgresql' : 'sqlite' });
      assert.ok(request.startTimeUnixNano <= startTimeUnixNano && startTimeUnixNano <= endTimeUnixNano);
      assert.ok(endTimeUnixNano <= request.endTimeUnixNano);
    }
    const { 'service.instance.id': instance, ...resource } = receiver.resource();
    assert.match(String(instance), /^[\da-f-]{36}$/);
    assert.deepEqual(resource, {
      'telemetry.sdk.language': 'nodejs',
      'deployment.environment': 'a test',
      'service.name': 'expenses',
    });
    const [sent] = receiver.requests;
    assert.equal(sent?.path, '/v1/traces');
    assert.equal(sent?.headers['content-type'], 'application/json');
    assert.equal(sent?.headers['api-key'], 'a=secret');
    assert.ok(!JSON.stringify(world.log).includes('a=secret'));
  });

  it('goes on behind the body of a form, and tells of what is refused', async () => {
    await using opened = await open();
    const { receiver, world } = opened;
    const { browser } = await world.signIn('alice');
    await browser.ask(world.url('/logout'), { method: 'POST' });
    const { below } = await traceOf(world, receiver.spans, 'POST /logout');
    assert.ok(
      below.some(({ name }) => name === 'delete session'),
      below.map(({ name }) => name).join(),
    );
    await browser.ask(world.url('/nowhere-that-is-secret'), { method: 'DELETE' });
    assert.equal((await traceOf(world, receiver.spans, 'other')).request.attributes['http.request.method'], '_OTHER');
    await new HttpBrowser().ask(world.url('/health'));
    await world.sendTraces();
    assert.ok(!JSON.stringify(receiver.requests).includes('nowhere-that-is-secret'));
    assert.ok(!receiver.spans().some(({ name }) => name.includes('health')));
  });

  it('of a sign-in tells of the provider, and of no code, state, token or person; and the provider learns of no trace', async () => {
    await using receiver = await startTraceReceiver();
    const clientSecret = 'planted-client-secret-of-the-test';
    const traces = settings(receiver.url);
    await using opened = await openHostileWorld(
      { engine, traces, provider: { authentication: { method: 'client_secret_basic', clientSecret }, offlineAccess: true } },
      { clientSecret, endSession: true },
    );
    const { provider, world } = opened;
    const browser = new HttpBrowser();
    const headers = { traceparent: traceparent() };
    const begun = await browser.ask(world.url('/login?return_to=/profile'), { headers });
    const asked = new URL(begun.location ?? '').searchParams;
    const { location: callback = '' } = await browser.ask(begun.location ?? '');
    const secrets = [clientSecret, asked.get('state'), asked.get('nonce'), new URL(callback).searchParams.get('code')];
    const landed = await browser.ask(callback, { headers });
    assert.equal(landed.status, 303);
    const { body } = await browser.ask(world.url('/profile'));
    const { request, below } = await traceOf(world, receiver.spans, 'GET /authorization-code/callback');
    assert.equal(request.traceId, caller.traceId);
    const asking = below.filter(({ attributes }) => attributes['server.address'] !== undefined);
    assert.deepEqual(asking.find(({ attributes }) => attributes['url.path'] === '/token')?.attributes, {
      'http.request.method': 'POST',
      'server.address': 'localhost',
      'url.path': '/token',
      'http.response.status_code': '200',
    });
    const people = await world.db.selectFrom('person').select(['name', 'email', 'subject', 'id']).execute();
    for (const person of people) secrets.push(...Object.values(person));
    for (const { value } of await browser.cookies.getCookies(world.url('/'))) secrets.push(value);
    const told = receiver.requests.map((one) => one.body).join();
    assert.match(body, /profile/i);
    for (const secret of [...secrets, ...provider.issued, 'eyJ', '?']) {
      if (typeof secret === 'string' && secret !== '') assert.ok(!told.includes(secret), `${secret.slice(0, 24)} is told`);
    }
    assert.ok(provider.requests.length > 3);
    for (const one of provider.requests) {
      assert.equal(one.headers['traceparent'], undefined, one.path);
      assert.ok(!JSON.stringify(one).includes(caller.traceId));
    }
  });

  it('is part of the caller’s where that says so in the one way there is, and begins anew otherwise', async () => {
    await using opened = await open();
    const { receiver, world } = opened;
    const ask = async (header: string) => {
      await new HttpBrowser().ask(world.url('/'), { headers: { traceparent: header } });
      return (await traceOf(world, receiver.spans, 'GET /')).request;
    };
    const taken = await ask(traceparent());
    assert.deepEqual([taken.traceId, taken.parentSpanId, taken.flags], [caller.traceId, caller.spanId, 0x301]);
    const { traceId, spanId } = caller;
    for (const odd of [
      `00-${traceId}-${spanId}`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${'0'.repeat(32)}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `ff-${traceId}-${spanId}-01`,
      `${traceparent()}-${'x'.repeat(4_000)}`,
      `${traceparent()}, ${traceparent()}`,
      '"><script>',
    ]) {
      const { traceId: made, parentSpanId, flags } = await ask(odd);
      assert.notEqual(made, traceId, odd);
      assert.deepEqual([parentSpanId, flags], [undefined, 0x101], odd);
    }
  });

  it('is kept or not as the caller and the sampler say', async () => {
    const sampled = async (env: Record<string, string>, header?: string) => {
      await using opened = await open(env);
      await new HttpBrowser().ask(opened.world.url('/'), header === undefined ? {} : { headers: { traceparent: header } });
      await opened.world.sendTraces();
      return opened.receiver.spans().length > 0;
    };
    assert.equal(await sampled({}, traceparent('00')), false, 'the caller keeps it not');
    assert.equal(await sampled({ OTEL_TRACES_SAMPLER: 'always_on' }, traceparent('00')), true);
    assert.equal(await sampled({ OTEL_TRACES_SAMPLER: 'always_off' }, traceparent()), false);
    const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    assert.equal(await sampled(ratio), false);
    assert.equal(await sampled(ratio, traceparent()), true);
  });

  it('hurts nobody where the receiver is away or has no room: it is said once, and what waits is sent later', async () => {
    await using opened = await open();
    const { receiver, world } = opened;
    const complaints = () => world.log.filter(({ event }) => event === 'traces-not-sent');
    receiver.status = 503;
    for (let time = 0; time < 3; time += 1) {
      assert.equal((await new HttpBrowser().ask(world.url('/'))).status, 200);
      await world.sendTraces();
    }
    assert.deepEqual(
      complaints().map(({ status }) => status),
      [503],
    );
    receiver.status = 200;
    await world.sendTraces();
    assert.equal(receiver.spans().filter(({ name }) => name === 'GET /').length, 3, 'none is lost, and none is there twice');
    receiver.status = 400;
    await new HttpBrowser().ask(world.url('/theme'));
    await world.sendTraces();
    receiver.status = 200;
    await new HttpBrowser().ask(world.url('/'));
    await world.sendTraces();
    assert.ok(!receiver.spans().some(({ name }) => name.includes('theme')), 'what is refused for good is not sent again');
    assert.equal(complaints().length, 2);
    await receiver[Symbol.asyncDispose]();
    for (let time = 0; time < 2; time += 1) assert.equal((await new HttpBrowser().ask(world.url('/'))).status, 200);
    await world.sendTraces();
    await world.sendTraces();
    assert.equal(complaints().length, 3);
    assert.match(JSON.stringify(complaints()[2]), /ECONNREFUSED/);
  });
});
