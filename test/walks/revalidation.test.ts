import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../databases.ts';
import { freePort } from '../free-port.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type Behaviour, changeJson, type JsonObject, jsonAnswer, without } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { type HostileOptions, startHostileProvider } from '../hostile-provider/provider.ts';
import type { WorldOptions } from '../world-options.ts';

const minute = 60_000;

/** An Outlay that asks the provider again every minute, and somebody who has signed in there. */
async function open(
  options: WorldOptions = {},
  hostile: HostileOptions = {},
): Promise<HostileWorld & { readonly browser: HttpBrowser }> {
  const opened = await openHostileWorld({ provider: { offlineAccess: true }, revalidation: minute, ...options }, hostile);
  const browser = new HttpBrowser();
  opened.provider.behaviour = { claims: (claims) => ({ ...claims, acr: 'mfa', sid: 'sid-1' }) };
  assert.equal((await browser.follow(opened.world.url('/login'))).url, opened.world.url('/dashboard'));
  return { ...opened, browser };
}

const refreshesOf = ({ provider }: HostileWorld) =>
  provider.requests.filter(({ body, path }) => path === '/token' && body.includes('grant_type=refresh_token')).length;

/** A minute later, with a provider that does this. */
async function later(opened: HostileWorld & { readonly browser: HttpBrowser }, behaviour: Behaviour, path = '/dashboard') {
  opened.provider.behaviour = behaviour;
  opened.world.advance(minute + 1_000);
  return opened.browser.ask(opened.world.url(path));
}

describe('asking the provider again', () => {
  it('RFT-1 AUR-7 is off unless it is wanted: no refresh token is asked for', async () => {
    for (const offlineAccess of [false, true]) {
      await using opened = await openHostileWorld({ provider: { offlineAccess } });
      const { location = '' } = await new HttpBrowser().ask(opened.world.url('/login'));
      const scope = new URL(location).searchParams.get('scope') ?? '';
      assert.equal(scope, `openid profile email${offlineAccess ? ' offline_access' : ''}`);
    }
  });

  it('RFT-1 is not done with a refresh token that came, where it is turned off', async () => {
    await using opened = await open({ revalidation: 0 });
    assert.equal((await later(opened, {})).status, 200);
    assert.equal(refreshesOf(opened), 0);
    const [row] = await opened.world.db.selectFrom('session').select('sealed_refresh_token').execute();
    assert.equal(row?.sealed_refresh_token, null);
  });

  it('RFT-5 changes nothing about how and when somebody proved who they are', async () => {
    await using opened = await open();
    const read = () => opened.world.db.selectFrom('session').select(['acr', 'auth_time', 'started_at', 'ends_at']).execute();
    const before = await read();
    assert.equal((await later(opened, { refreshClaims: (claims) => ({ ...claims, acr: 'pwd' }) })).status, 200);
    assert.equal(refreshesOf(opened), 1);
    assert.deepEqual(await read(), before);
  });

  const ends: Readonly<Record<string, Behaviour>> = {
    'RFT-3 no longer takes the token': { refreshAnswer: () => jsonAnswer({ error: 'invalid_grant' }, 400) },
    'RFT-4 answers for another issuer': { refreshClaims: (claims) => ({ ...claims, iss: 'https://evil.example' }) },
    'RFT-4 answers of another person': { refreshClaims: (claims) => ({ ...claims, sub: 'sub-dana' }) },
    'RFT-4 answers for another client': { refreshClaims: (claims) => ({ ...claims, aud: 'other' }) },
    'RFT-4 says that they signed in at another time': {
      refreshClaims: (claims) => ({ ...claims, auth_time: Number(claims['auth_time']) - 60 }),
    },
    'RFT-4 sends another nonce': { refreshClaims: (claims) => ({ ...claims, nonce: 'other' }) },
    'RFT-4 speaks of another person at UserInfo': { userInfo: (claims) => ({ ...claims, sub: 'sub-dana' }) },
  };
  for (const [what, behaviour] of Object.entries(ends)) {
    it(`${what}: the session ends, and the next page leads to signing in`, async () => {
      await using opened = await open();
      const { headers, location } = await later(opened, behaviour);
      assert.equal(location, opened.world.url('/login?return_to=%2Fdashboard'));
      assert.match(headers.getSetCookie().join(), /^outlay=;/, 'the cookie goes as well');
      assert.deepEqual(await opened.world.db.selectFrom('session').selectAll().execute(), []);
      const ended = opened.world.log.findLast(({ event }) => event === 'access-ended');
      assert.equal(ended?.['channel'], 'revalidation');
      assert.equal((await opened.browser.ask(opened.world.url('/'))).status, 200, 'and home is home');
    });
  }

  it('RFT-3 ends the session whose refresh token cannot be read any more, without asking anybody', async () => {
    await using opened = await open();
    await opened.world.db.updateTable('session').set({ sealed_refresh_token: 'what no secret of ours sealed' }).execute();
    assert.equal((await later(opened, {})).location, opened.world.url('/login?return_to=%2Fdashboard'));
    assert.equal(refreshesOf(opened), 0);
    assert.deepEqual(await opened.world.db.selectFrom('session').selectAll().execute(), []);
  });

  it('RFT-3 ends the session also for a request that signs in or out, which goes on as for anybody else', async () => {
    const refused: Behaviour = { refreshAnswer: () => jsonAnswer({ error: 'invalid_grant' }, 400) };
    await using leaving = await open();
    leaving.provider.behaviour = refused;
    leaving.world.advance(minute + 1_000);
    const out = await leaving.browser.ask(leaving.world.url('/logout'), { method: 'POST' });
    assert.equal(out.status, 200);
    assert.match(out.body, /You are logged out of Outlay/);

    await using again = await open();
    const { location = '' } = await again.browser.ask(again.world.url('/login'));
    const { location: callback = '' } = await again.browser.ask(location);
    again.provider.behaviour = refused;
    again.world.advance(minute + 1_000);
    assert.equal((await again.browser.ask(callback)).location, again.world.url('/dashboard'));
    assert.equal((await again.browser.ask(again.world.url('/dashboard'))).status, 200);
  });

  const goesOn: Readonly<Record<string, Behaviour>> = {
    'RFT-4 sends no ID Token': { refreshClaims: () => undefined },
    'RFT-4 sends no new refresh token': { refreshAnswer: changeJson((body) => without(body, 'refresh_token')) },
    'RFT-3 has a mistake in its settings': { refreshAnswer: () => jsonAnswer({ error: 'invalid_client' }, 401) },
    'RFT-3 sends far too much': { userInfoAnswer: (honest) => ({ ...honest, body: `{"x":"${'x'.repeat(1_100_000)}"}` }) },
    'RFT-3 fails': { refreshAnswer: () => jsonAnswer({}, 500) },
  };
  for (const [what, behaviour] of Object.entries(goesOn)) {
    it(`${what}: the session goes on`, async () => {
      await using opened = await open();
      assert.equal((await later(opened, behaviour)).status, 200);
      assert.equal((await opened.browser.ask(opened.world.url('/profile'))).status, 200);
      assert.equal(refreshesOf(opened), 1, 'and the provider is not asked with every page');
    });
  }

  it('RFT-4 takes the nonce of the sign-in where it is sent again', async () => {
    await using opened = await open();
    const [authorize] = opened.provider.requests.filter(({ path }) => path === '/authorize');
    const nonce = authorize?.query.get('nonce');
    assert.equal((await later(opened, { refreshClaims: (claims) => ({ ...claims, nonce }) })).status, 200);
  });

  it('RFT-3 of a provider that is away lets the session go on, and asks again a minute later', async () => {
    await using opened = await open();
    assert.equal((await later(opened, { refreshAnswer: () => jsonAnswer({}, 503) })).status, 200);
    assert.ok(opened.world.log.some(({ event }) => event === 'not-revalidated'));
    assert.equal((await later(opened, { refreshAnswer: () => jsonAnswer({ error: 'invalid_grant' }, 400) })).status, 303);
  });

  it('RFT-3 of a provider that nobody can reach lets the session go on, until it is back and says otherwise', async () => {
    await using opened = await open({}, { port: await freePort() });
    await opened.provider[Symbol.asyncDispose]();
    assert.equal((await later(opened, {})).status, 200);
    const line = opened.world.log.findLast(({ event }) => event === 'not-revalidated');
    assert.equal(line?.['subject'], 'sub-alice');
    // One at the same address that knows nothing of the sign-in, so that it refuses the token.
    await using back = await startHostileProvider({ port: Number(new URL(opened.provider.issuer).port) });
    assert.equal((await later(opened, {})).status, 303);
    assert.equal(back.requests.filter(({ path }) => path === '/token').length, 1);
  });

  it('RPL-2 keeps the newest ID Token, by which the provider’s session is ended', async () => {
    await using opened = await open({}, { endSession: true });
    await later(opened, { refreshClaims: (claims) => ({ ...claims, sid: 'sid-renewed' }) });
    const { location = '' } = await opened.browser.ask(opened.world.url('/logout'), { method: 'POST' });
    const [, payload = ''] = (new URL(location).searchParams.get('id_token_hint') ?? '').split('.');
    assert.match(Buffer.from(payload, 'base64url').toString(), /"sid":"sid-renewed"/);
  });

  it('RFT-2 keeps the new token before anything else: what fails afterwards does not lose the session', async () => {
    await using opened = await open();
    assert.equal((await later(opened, { userInfoAnswer: () => jsonAnswer({}, 500) })).status, 200);
    for (let round = 0; round < 3; round += 1) assert.equal((await later(opened, {})).status, 200, 'each token counts once');
    assert.equal(refreshesOf(opened), 4);
    assert.equal(opened.world.log.filter(({ event }) => event === 'not-revalidated').length, 1);
  });

  it('RFT-3 does not bring a session back that was signed out while the provider was asked', async () => {
    await using opened = await open();
    const { browser, provider, world } = opened;
    const twin = browser.copy();
    world.advance(minute + 1_000);
    const asked = Promise.withResolvers<void>();
    const signedOut = Promise.withResolvers<void>();
    provider.behaviour = { refreshAnswer: async (honest) => (asked.resolve(), await signedOut.promise, honest) };
    const page = browser.ask(world.url('/dashboard'));
    await asked.promise;
    void twin.ask(world.url('/logout'), { method: 'POST' }).then(() => signedOut.resolve());
    assert.equal((await page).location, world.url('/login?return_to=%2Fdashboard'));
    assert.equal(refreshesOf(opened), 1);
    assert.deepEqual(await world.db.selectFrom('session').selectAll().execute(), []);
    for (const one of [browser, twin]) assert.equal((await one.ask(world.url('/dashboard'))).status, 303);
  });
});

describeOnBothEngines('asking the provider again', (engine) => {
  it('RFT-1 is done by one of twenty requests in two processes', async () => {
    await using opened = await open({ engine });
    const { browser, provider, world } = opened;
    await using second = await world.openBeside();
    provider.behaviour = {};
    world.advance(minute + 1_000);
    const pages = Array.from({ length: 20 }, (_, index) => {
      const twin = browser.copy();
      return twin.ask((index % 2 === 0 ? world : second).url('/dashboard'));
    });
    for (const { status } of await Promise.all(pages)) assert.equal(status, 200);
    assert.equal(refreshesOf(opened), 1);
  });

  it('SES-11 SES-7 applies what has changed at once: a name, and an address that is no longer confirmed', async () => {
    await using opened = await open({ engine });
    assert.match((await opened.browser.ask(opened.world.url('/dashboard'))).body, /Finance/);
    const changed: JsonObject = { name: 'Alice Baker', email_verified: false };
    const { body } = await later(opened, { userInfo: (claims) => ({ ...claims, ...changed }) });
    assert.match(body, /Alice Baker/);
    assert.match(body, /has not confirmed alice@example\.com/);
    assert.equal((await opened.browser.ask(opened.world.url('/team/finance'))).status, 404);
  });

  it('RFT-4 leaves as it was what the provider does not speak of', async () => {
    await using opened = await open({ engine });
    const silent: Behaviour = { refreshClaims: () => undefined, userInfo: ({ sub }) => ({ sub }) };
    assert.match((await later(opened, silent)).body, /Finance/);
    assert.match((await opened.browser.ask(opened.world.url('/profile'))).body, /Alice Archer/);
    assert.equal(refreshesOf(opened), 1);
  });

  it('TOK-6 leaves its tokens in the database sealed, old and new', async () => {
    await using opened = await open({ engine });
    for (let round = 0; round < 2; round += 1) {
      const { rows } = await sql`select * from session`.execute(opened.world.db);
      const text = JSON.stringify(rows);
      assert.ok(text.includes('sealed_refresh_token'));
      assert.doesNotMatch(text, /planted-|eyJhbGciOiJSUzI1NiI/);
      await later(opened, {});
    }
  });
});
