import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { startHostileProvider } from '../hostile-provider/provider.ts';
import { openWorld, type World } from '../world.ts';

/** Nobody is signed in, the page says so without a detail of the protocol, and the log has the reason. */
async function assertRefused(world: World, browser: HttpBrowser, callback: string, reason: string): Promise<string> {
  const { status, body } = await browser.ask(callback);
  assert.equal(status, 400);
  assert.match(body, /Signing in did not work/);
  assert.match(body, /Reference <code>[2-9A-Z]{8}<\/code>/);
  assert.match(body, /href="\/login"/);
  assert.doesNotMatch(body.replace(/<code>\w+<\/code>/, ''), /nonce|state|token|JWT|iss\b/i);
  assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  assert.equal(world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], reason);
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
    await assertRefused(world, thief, callback, 'attempt-used');
    const { status, body } = await browser.ask(callback);
    assert.equal(status, 400);
    assert.match(body, /Go to my dashboard/, 'whoever is signed in is shown the way on');
  });

  it('AUR-6 took longer than ten minutes', async () => {
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
});
