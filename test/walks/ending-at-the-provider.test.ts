import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { british, launchBrowser } from '../browser/launch.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { openWorld } from '../world.ts';

const signOut = ({ world }: HostileWorld, browser: HttpBrowser) => browser.ask(world.url('/logout'), { method: 'POST' });

async function signIn({ world }: HostileWorld): Promise<HttpBrowser> {
  const browser = new HttpBrowser();
  assert.equal((await browser.follow(world.url('/login'))).url, world.url('/dashboard'));
  return browser;
}

/** What the provider will have been told; a failure where nothing comes. */
function telling(): PromiseWithResolvers<string> {
  const told = Promise.withResolvers<string>();
  AbortSignal.timeout(10_000).addEventListener('abort', () => told.reject(new Error('The provider was told nothing')));
  return told;
}

describe('ending the provider’s session', () => {
  it('RPL-2 says whose, for which application, and where to come back, to the letter', async () => {
    await using opened = await openHostileWorld({}, { endSession: true });
    const { location = '' } = await signOut(opened, await signIn(opened));
    const asked = new URL(location);
    const { id_token_hint: hint, state, ...rest } = Object.fromEntries(asked.searchParams);
    assert.equal(hint, opened.provider.issued[0]);
    assert.match(state ?? '', /^[\w-]{43}$/);
    assert.deepEqual(rest, { client_id: 'outlay', post_logout_redirect_uri: opened.world.baseUrl });
  });

  it('RPL-1 RPL-4 is left where the provider is away: ours is over all the same, and the page says what may remain', async () => {
    await using world = await openWorld();
    const { browser } = await world.signIn('alice');
    await world.stopProvider();
    world.advance(2 * 60_000);
    const { body, status } = await browser.ask(world.url('/logout'), { method: 'POST' });
    assert.equal(status, 200);
    assert.match(body, /sign-in may still be open in this browser/);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  });

  it('RPL-1 a request that is under way does not write the session back', async () => {
    await using opened = await openHostileWorld();
    const browser = await signIn(opened);
    opened.world.advance(2 * 60_000);
    const twins = Array.from({ length: 10 }, () => browser.copy());
    await Promise.all([signOut(opened, browser), ...twins.map((twin) => twin.ask(opened.world.url('/dashboard')))]);
    assert.deepEqual(await opened.world.db.selectFrom('session').selectAll().execute(), []);
    for (const twin of twins) assert.equal((await twin.ask(opened.world.url('/dashboard'))).status, 303);
  });

  it('RPL-6 takes the refresh token back, and waits for nobody to do so', async () => {
    await using opened = await openHostileWorld({ provider: { offlineAccess: true } }, { revocation: true, endSession: true });
    const { provider } = opened;
    const revoked = telling();
    provider.behaviour = {
      revokeAnswer: (_honest, { body }) => (revoked.resolve(body), 'hang'),
    };
    const browser = await signIn(opened);
    const { status } = await signOut(opened, browser);
    assert.equal(status, 303);
    const asked = new URLSearchParams(await revoked.promise);
    assert.match(asked.get('token') ?? '', /^planted-refresh-/);
    assert.equal(asked.get('token_type_hint'), 'refresh_token');
  });

  it('RPL-6 takes the refresh token back also in a process that has just begun', async () => {
    await using opened = await openHostileWorld({ provider: { offlineAccess: true } }, { revocation: true });
    const { provider, world } = opened;
    const revoked = telling();
    provider.behaviour = { revokeAnswer: (honest, { body }) => (revoked.resolve(body), honest) };
    const browser = await signIn(opened);
    await using second = await world.openBeside();
    await browser.ask(second.url('/logout'), { method: 'POST', headers: { origin: world.baseUrl } });
    assert.match(new URLSearchParams(await revoked.promise).get('token') ?? '', /^planted-refresh-/);
  });

  it('RPL-4 is left where the session’s ID Token cannot be opened any more, and the page says what may remain', async () => {
    await using opened = await openHostileWorld({}, { endSession: true });
    const browser = await signIn(opened);
    await opened.world.db.updateTable('session').set({ sealed_id_token: 'not sealed here' }).execute();
    const { body, location, status } = await signOut(opened, browser);
    assert.deepEqual([status, location], [200, undefined]);
    assert.match(body, /sign-in may still be open in this browser/);
    assert.equal((await browser.ask(opened.world.url('/dashboard'))).status, 303);
  });

  it('RPL-5 goes by a form where an address would be too long', async () => {
    await using opened = await openHostileWorld({}, { endSession: true });
    const { provider } = opened;
    provider.behaviour = {
      claims: (claims) => ({ ...claims, groups: Array.from({ length: 1_000 }, (_, index) => `group-${index}`) }),
    };
    const { body, headers, status } = await signOut(opened, await signIn(opened));
    assert.equal(status, 200);
    assert.match(body, new RegExp(`<form[^>]+method="post" action="${provider.issuer}/end-session"`));
    for (const name of ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'])
      assert.ok(body.includes(`name="${name}"`));
    assert.ok(headers.get('content-security-policy')?.includes(`form-action 'self' ${provider.issuer}`));
    assert.equal(headers.get('cache-control'), 'private, no-store');
  });
});

describe('ending the provider’s session, in a process that has just begun', () => {
  it('RPL-5 the page of the form allows where it leads, which only the metadata says', async () => {
    await using opened = await openHostileWorld({}, { endSession: true });
    const { provider, world } = opened;
    const end = 'http://127.0.0.1:9/end-session';
    provider.behaviour = {
      claims: (claims) => ({ ...claims, groups: Array.from({ length: 1_000 }, (_, index) => `group-${index}`) }),
      metadata: (metadata) => ({ ...metadata, end_session_endpoint: end }),
    };
    const browser = await signIn(opened);
    await using second = await world.openBeside();
    const { body, headers } = await browser.ask(second.url('/logout'), { method: 'POST', headers: { origin: world.baseUrl } });
    assert.ok(body.includes(`action="${end}"`));
    assert.match(headers.get('content-security-policy') ?? '', /form-action [^;]*http:\/\/127\.0\.0\.1:9[ ;]/);
  });
});

describe('ending the provider’s session, in a real browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it('RPL-5 the form leads to the provider and back', async () => {
    await using opened = await openHostileWorld({}, { endSession: true });
    const { provider, world } = opened;
    provider.behaviour = {
      claims: (claims) => ({ ...claims, groups: Array.from({ length: 1_000 }, (_, index) => `group-${index}`) }),
    };
    const page = await browser.newPage(british);
    await page.goto(world.url('/login'));
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log out there' }).click();
    await page.waitForURL(`${world.baseUrl}/?state=*`);
    const asked = provider.requests.find(({ path }) => path === '/end-session');
    assert.equal(asked?.method, 'POST');
    assert.equal(new URLSearchParams(asked?.body).get('client_id'), 'outlay');
  });

  it('SES-8 afterwards Back shows nothing of what was there', async () => {
    await using opened = await openHostileWorld();
    const { world } = opened;
    const page = await browser.newPage(british);
    await page.goto(world.url('/login?return_to=/team/finance'));
    assert.match(await page.content(), /finance-marker-0/);
    await page.goto(world.url('/profile'));
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'You are logged out of Outlay' }).waitFor();
    // The provider lets everybody in at once; so that Back is not a new sign-in, it is refused now.
    opened.provider.behaviour = { response: (parameters) => parameters.set('error', 'access_denied') };
    for (let back = 0; back < 2; back += 1) {
      await page.goBack();
      assert.doesNotMatch(await page.content(), /finance-marker|alice@example\.com/);
    }
  });
});
