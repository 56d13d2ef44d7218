import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import type { World } from '../world.ts';

const callbackPath = '/authorization-code/callback';

describe('coming back from the provider', () => {
  let opened: HostileWorld;
  let world: World;
  before(async () => {
    opened = await openHostileWorld();
    world = opened.world;
  });
  after(() => opened[Symbol.asyncDispose]());

  /** As far as the callback, which nobody has opened yet. */
  async function walkToCallback(browser: HttpBrowser, path = '/login', from: World = world): Promise<string> {
    const { location = '' } = await browser.ask(from.url(path));
    const { location: callback = '' } = await browser.ask(location);
    return callback;
  }

  const isSignedIn = async (browser: HttpBrowser) => (await browser.ask(world.url('/dashboard'))).status === 200;

  function assertHelps({ status, body }: Answer): void {
    assert.equal(status, 400);
    assert.match(body, /Reference <code>[2-9A-Z]{8}<\/code>/);
    assert.match(body, /href="\/(login|dashboard)"/);
  }

  it('AUR-6 works in two tabs and in five, in whichever order they finish', async () => {
    for (const tabs of [2, 5]) {
      const browser = new HttpBrowser();
      const paths = Array.from({ length: tabs }, (_, tab) => `/team/finance?tab=${tab}`);
      const callbacks: string[] = [];
      for (const path of paths) callbacks.push(await walkToCallback(browser, `/login?return_to=${encodeURIComponent(path)}`));
      for (const [tab, callback] of [...callbacks.entries()].toReversed()) {
        assert.equal((await browser.ask(callback)).location, world.url(paths[tab] ?? ''));
      }
      assert.ok(await isSignedIn(browser));
    }
  });

  it('AUR-6 in the last five of fifty tabs works, and in the others says what to do', async () => {
    const browser = new HttpBrowser();
    const callbacks: string[] = [];
    for (let tab = 0; tab < 50; tab += 1) callbacks.push(await walkToCallback(browser));
    assert.equal((await browser.cookies.getCookies(world.url('/'))).length, 5);
    const outcomes: Answer[] = [];
    for (const callback of callbacks) outcomes.push(await browser.ask(callback));
    for (const answer of outcomes.slice(0, 45)) assertHelps(answer);
    for (const { status } of outcomes.slice(45)) assert.equal(status, 303);
    assert.ok(await isSignedIn(browser));
  });

  it('CBK-1 a second time asks the provider for nothing, whoever has the cookie', async () => {
    const browser = new HttpBrowser();
    const callback = await walkToCallback(browser);
    const thief = browser.copy();
    await browser.ask(callback);
    const asked = opened.provider.requests.length;
    assertHelps(await thief.ask(callback));
    assert.equal(world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'attempt-used');
    const reloaded = await browser.ask(callback);
    assertHelps(reloaded);
    assert.match(reloaded.body, /You are signed in already/);
    assert.match(reloaded.body, /You are signed in as Alice Archer/);
    assert.equal(opened.provider.requests.length, asked);
    assert.ok(!(await isSignedIn(thief)));
    assert.ok(await isSignedIn(browser));
  });

  it('CBK-10 twice at once redeems the code once: one is signed in, the other reads what happened', async () => {
    const browser = new HttpBrowser();
    const callback = await walkToCallback(browser);
    const asked = opened.provider.requests.length;
    const answers = await Promise.all([browser.ask(callback), browser.copy().ask(callback)]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303, 400]));
    for (const answer of answers.filter(({ status }) => status === 400)) assertHelps(answer);
    assert.equal(opened.provider.requests.slice(asked).filter(({ path }) => path === '/token').length, 1);
  });

  it('CBK-1 in another browser, or after the cookies were deleted, is refused before anybody is asked', async () => {
    const browser = new HttpBrowser();
    const callback = await walkToCallback(browser);
    const asked = opened.provider.requests.length;
    assertHelps(await new HttpBrowser().ask(callback));
    await browser.forget('outlay-attempt-');
    assertHelps(await browser.ask(callback));
    assert.equal(opened.provider.requests.length, asked);
  });

  it('AUR-6 goes on whatever cookies somebody has by names like ours', async () => {
    const cookie = Array.from({ length: 8 }, (_, index) => `outlay-attempt-(${index})=x; outlay-attempt-${index}=x`).join('; ');
    const { headers, status } = await new HttpBrowser().ask(world.url('/login'), { headers: { cookie } });
    assert.equal(status, 303);
    assert.equal(headers.getSetCookie().length, 1);
  });

  it('TPI-2 without ever having left is refused before anybody is asked', async () => {
    const asked = opened.provider.requests.length;
    for (const query of [
      '',
      '?code=x',
      '?code=x&state=y',
      '?error=access_denied',
      `?code=x&state=y&iss=${opened.provider.issuer}`,
    ]) {
      assertHelps(await new HttpBrowser().ask(world.url(callbackPath + query)));
    }
    assert.equal(opened.provider.requests.length, asked);
  });

  it('CBK-7 leads on to an address without the code, and tells no other site of it', async () => {
    const browser = new HttpBrowser();
    const good = await browser.ask(await walkToCallback(browser));
    assert.equal(good.location, world.url('/dashboard'));
    const bad = await browser.ask(await walkToCallback(new HttpBrowser()));
    for (const { headers } of [good, bad]) {
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cache-control'), 'private, no-store');
    }
    const resources = [...bad.body.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, address = '']) => address);
    assert.ok(resources.length > 0);
    for (const address of resources) assert.match(address, /^(\/(?!\/)|#)/, address);
  });

  it('CBK-8 is a GET and nothing else: what redeems no code is answered with 405', async () => {
    const browser = new HttpBrowser();
    const callback = await walkToCallback(browser);
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE'] as const) {
      const { headers, status } = await browser.ask(callback, { method, headers: { origin: world.baseUrl } });
      assert.equal(status, 405, method);
      assert.equal(headers.get('allow'), 'GET');
    }
    assert.equal((await browser.ask(callback)).status, 303, 'the attempt is still there');
  });

  it('CBK-3 CFG-6 with another provider’s answer is refused, and neither provider is asked for a token', async () => {
    const sessionSecret = 'one secret for two Outlays, as of two processes';
    await using one = await openHostileWorld({ sessionSecret });
    await using two = await openHostileWorld({ sessionSecret });
    const browser = new HttpBrowser();
    const callback = new URL(await walkToCallback(browser, '/login', one.world));
    const elsewhere = new URL(callback.search, two.world.url(callbackPath));
    for (const iss of [one.provider.issuer, two.provider.issuer]) {
      elsewhere.searchParams.set('iss', iss);
      assertHelps(await browser.copy().ask(elsewhere));
    }
    for (const { provider } of [one, two]) assert.ok(!provider.requests.some(({ path }) => path === '/token'));
    assert.equal((await browser.ask(callback)).status, 303, 'where it belongs it counts');
  });
});
