import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import type { Behaviour } from '../hostile-provider/behaviour.ts';
import { type HostileProvider, startHostileProvider } from '../hostile-provider/provider.ts';
import { openWorld, type World } from '../world.ts';

/** Nobody is signed in, the page says so without a detail of the protocol, and the log has the reason. */
async function assertRefused(world: World, browser: HttpBrowser, callback: string, reason: string): Promise<string> {
  const { status, body } = await browser.ask(callback);
  assert.equal(status, 400);
  assert.match(body, /Signing in did not work/);
  assert.match(body, /Reference <code>[2-9A-Z]{8}<\/code>/);
  assert.match(body, /href="\/login"/);
  assert.doesNotMatch(body, /nonce|state|token|JWT|iss\b/i);
  assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  assert.equal(world.log.findLast(({ event }) => event === 'problem')?.['reason'], reason);
  return body;
}

describe('a sign-in that is refused', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  it('has no attempt in this browser', async () => {
    await assertRefused(world, new HttpBrowser(), world.url('/authorization-code/callback?code=a&state=b'), 'attempt-missing');
    await assertRefused(world, new HttpBrowser(), world.url('/authorization-code/callback'), 'attempt-missing');
  });

  it('was begun in another browser', async () => {
    const callback = await world.walkToCallback('alice', new HttpBrowser());
    await assertRefused(world, new HttpBrowser(), callback, 'attempt-missing');
  });

  it('is opened a second time', async () => {
    const browser = new HttpBrowser();
    const callback = await world.walkToCallback('alice', browser);
    const thief = browser.copy();
    await browser.follow(callback);
    await assertRefused(world, thief, callback, 'token-request-refused');
    const { status, body } = await browser.ask(callback);
    assert.equal(status, 400);
    assert.match(body, /Go to my dashboard/, 'whoever is signed in is shown the way on');
  });

  it('took longer than ten minutes', async () => {
    const browser = new HttpBrowser();
    const callback = await world.walkToCallback('alice', browser);
    world.advance(10 * 60_000 + 1_000);
    await assertRefused(world, browser, callback, 'attempt-missing');
  });

  it('has its state changed or doubled on the way', async () => {
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'other'),
      (url: URL) => url.searchParams.append('state', 'other'),
    ]) {
      const browser = new HttpBrowser();
      const callback = new URL(await world.walkToCallback('alice', browser));
      change(callback);
      await assertRefused(world, browser, callback.href, 'attempt-missing');
    }
  });

  it('was cancelled at the provider, and the page says so', async () => {
    const browser = new HttpBrowser();
    const choose = await browser.follow(world.url('/login'));
    let answer = await browser.ask(`${choose.url}/cancel`, { method: 'POST' });
    while (answer.location !== undefined && !answer.location.startsWith(world.baseUrl))
      answer = await browser.ask(answer.location);
    const body = await assertRefused(world, browser, answer.location ?? '', 'provider-refused');
    assert.match(body, /You stopped signing in/);
    assert.doesNotMatch(body, /Cancelled by the person|access_denied/, 'the provider’s words never reach the page');
  });
});

describe('a provider that is not to be trusted', () => {
  let provider: HostileProvider;
  let world: World;
  before(async () => {
    provider = await startHostileProvider();
    world = await openWorld({ issuer: provider.issuer });
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  async function callbackWith(behaviour: Behaviour): Promise<{ browser: HttpBrowser; callback: string }> {
    const browser = new HttpBrowser();
    provider.behaviour = behaviour;
    const { location = '' } = await browser.ask(world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    return { browser, callback };
  }

  it('is fine as long as it is honest', async () => {
    const { browser, callback } = await callbackWith({});
    assert.match((await browser.follow(callback)).body, /Alice Archer/);
  });

  const forge = (token: string) => `${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
  const unsigned = (token: string) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
  const faults: Readonly<Record<string, Behaviour>> = {
    'signs the ID Token with another key': { sign: ({ honest }) => forge(honest) },
    'does not sign the ID Token': { sign: ({ honest }) => unsigned(honest) },
    'sends no ID Token': { sign: () => undefined },
    'sends another nonce': { claims: (claims) => ({ ...claims, nonce: 'other' }) },
    'sends no nonce': { claims: ({ nonce: _nonce, ...claims }) => claims },
    'names another issuer in the ID Token': { claims: (claims) => ({ ...claims, iss: 'https://evil.example' }) },
    'issues the ID Token for somebody else': { claims: (claims) => ({ ...claims, aud: 'other' }) },
    'sends an ID Token that has expired': { claims: (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1_000) - 60 }) },
    'names another subject at UserInfo': { userInfo: (claims) => ({ ...claims, sub: 'sub-dana' }) },
    'names another issuer in its answer': { response: (parameters) => parameters.set('iss', 'https://evil.example') },
    'leaves out the issuer it promised to name': { response: (parameters) => parameters.delete('iss') },
  };
  for (const [what, fault] of Object.entries(faults)) {
    it(`${what}: nobody is signed in`, async () => {
      const { browser, callback } = await callbackWith(fault);
      await assertRefused(world, browser, callback, 'response-not-trusted');
    });
  }

  it('is asked once for a token and once for UserInfo per sign-in, and its metadata only once ever', async () => {
    provider.behaviour = {};
    const before = provider.requests.length;
    const { browser, callback } = await callbackWith({});
    await browser.follow(callback);
    assert.deepEqual(
      provider.requests.slice(before).map(({ path }) => path),
      ['/authorize', '/token', '/userinfo'],
    );
  });
});

describe('a provider with strange metadata', () => {
  for (const endpoint of [null, 5, 'not an address', 'javascript:alert(1)', 'data:x', 'https://a;b/x', 'https://*/x']) {
    it(`${JSON.stringify(endpoint)} as its place to end a session: pages stay as strict, and logging out works`, async () => {
      await using provider = await startHostileProvider();
      provider.behaviour = { metadata: (metadata) => ({ ...metadata, end_session_endpoint: endpoint }) };
      await using world = await openWorld({ issuer: provider.issuer });
      const browser = new HttpBrowser();
      const { status, headers } = await browser.follow(world.url('/login'));
      assert.equal(status, 200);
      assert.ok(headers.get('content-security-policy')?.includes(`form-action 'self' ${provider.issuer};`));
      const out = await browser.ask(world.url('/logout'), { method: 'POST' });
      assert.equal(out.status, 200);
      assert.match(out.body, /You are logged out of Outlay/);
    });
  }

  it('that names no usable keys: nobody is signed in', async () => {
    await using provider = await startHostileProvider();
    provider.behaviour = { metadata: (metadata) => ({ ...metadata, jwks_uri: 'ftp://localhost/keys' }) };
    await using world = await openWorld({ issuer: provider.issuer });
    const { status } = await new HttpBrowser().follow(world.url('/login'));
    assert.equal(status, 400);
  });
});

describe('a provider that is away', () => {
  it('does not stop the start; the login page says so, and works once it is back', async () => {
    await using world = await openWorld();
    await world.stopProvider();
    const { status, body } = await new HttpBrowser().ask(world.url('/login'));
    assert.equal(status, 503);
    assert.match(body, /sign-in does not answer just now/);
    await world.startProvider();
    const { landed } = await world.signIn('alice');
    assert.equal(landed.status, 200);
  });

  it('may go midway: the page says so, and nobody is signed in', async () => {
    await using world = await openWorld();
    const browser = new HttpBrowser();
    const callback = await world.walkToCallback('alice', browser);
    await world.stopProvider();
    const { status, body } = await browser.ask(callback);
    assert.equal(status, 503);
    assert.match(body, /stopped answering midway/);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  });

  it('calls itself by another name: nobody is sent there, and the log says which setting is wrong', async () => {
    await using provider = await startHostileProvider();
    provider.behaviour = { metadata: (metadata) => ({ ...metadata, issuer: `${provider.issuer}/` }) };
    await using world = await openWorld({ issuer: provider.issuer });
    const { status, location } = await new HttpBrowser().ask(world.url('/login'));
    assert.equal(status, 503);
    assert.equal(location, undefined);
    assert.match(JSON.stringify(world.log), /OIDC_ISSUER must be exactly that/);
  });
});
