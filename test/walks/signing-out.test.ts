import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { startHostileProvider } from '../hostile-provider/provider.ts';
import { openWorld, type World } from '../world.ts';

describe('signing out', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  it('RPL-1 by following a link only asks, and ends nothing', async () => {
    const { browser } = await world.signIn('alice');
    const { status, body } = await browser.ask(world.url('/logout'));
    assert.equal(status, 200);
    assert.match(body, /<form[^>]+method="post" action="\/logout"/);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 200);
  });

  it('RPL-2 SES-8 ends our session for good and goes on to end the provider’s', async () => {
    const { browser } = await world.signIn('alice');
    const stolen = browser.copy();
    const { status, location, headers } = await browser.ask(world.url('/logout'), { method: 'POST' });
    assert.equal(status, 303);
    assert.equal(headers.get('clear-site-data'), '"cache"');
    const url = new URL(location ?? '');
    assert.equal(url.origin + url.pathname, `${world.issuer}/session/end`);
    assert.match(url.searchParams.get('id_token_hint') ?? '', /^eyJ/);
    assert.equal(url.searchParams.get('post_logout_redirect_uri'), world.baseUrl);
    assert.ok(url.searchParams.get('state'));
    for (const old of [browser, stolen]) {
      const { status: after, location: to } = await old.ask(world.url('/dashboard'));
      assert.equal(after, 303);
      assert.equal(to, world.url('/login?return_to=%2Fdashboard'));
    }
  });

  it('RPL-3 comes back home once the provider has agreed', async () => {
    const { browser } = await world.signIn('alice');
    const asked = await browser.follow(world.url('/logout'), { method: 'POST' });
    assert.match(asked.body, /Log out here as well/);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
    const home = await browser.follow(`${world.issuer}/session/end/confirm`, { method: 'POST', form: { xsrf, logout: 'yes' } });
    assert.ok(home.url.startsWith(`${world.baseUrl}/?state=`));
    assert.match(home.body, /Log in/);
    assert.match((await browser.follow(world.url('/login'))).body, /Who would you like to be/, 'the provider has forgotten, too');
  });

  it('RPL-1 SES-9 from another site is refused', async () => {
    const { browser } = await world.signIn('alice');
    const others: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: world.baseUrl, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of others) {
      const { status, body } = await browser.ask(world.url('/logout'), { method: 'POST', headers });
      assert.equal(status, 403);
      assert.match(body, /came from another website/);
    }
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 200);
  });

  it('RPL-4 without a session ends on a page, not at the provider', async () => {
    const { status, body, location } = await new HttpBrowser().ask(world.url('/logout'), { method: 'POST' });
    assert.equal(status, 200);
    assert.equal(location, undefined);
    assert.match(body, /You are logged out of Outlay/);
  });

  it('RPL-1 twice at once ends once, and neither fails', async () => {
    const { browser } = await world.signIn('alice');
    const twin = browser.copy();
    const answers = await Promise.all([browser, twin].map((one) => one.ask(world.url('/logout'), { method: 'POST' })));
    for (const { status } of answers) assert.ok(status === 200 || status === 303);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  });

  it('RPL-4 at a provider that has no place for it says that its session may remain', async () => {
    await using provider = await startHostileProvider();
    await using other = await openWorld({ issuer: provider.issuer });
    const browser = new HttpBrowser();
    await browser.follow(other.url('/login'));
    const { status, body } = await browser.ask(other.url('/logout'), { method: 'POST' });
    assert.equal(status, 200);
    assert.match(body, /sign-in may still be open in this browser/);
    assert.equal((await browser.ask(other.url('/dashboard'))).status, 303);
  });
});
