import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { LOGOUT_EVENT, type LogoutTokenParts } from '../hostile-provider/logout-tokens.ts';
import { by, byNobody, compact, heldKey } from '../hostile-provider/signing.ts';

/*
 * The OpenID Foundation's modules for relying parties that are told of logouts, one test each under the module's own name.
 * Its suite does not type its logout tokens, so Outlay is told to take those, too.
 */

let opened: HostileWorld;
let browser: HttpBrowser;

async function open(): Promise<void> {
  opened = await openHostileWorld({ provider: { logoutTokenType: 'absent', signingAlgorithm: 'RS256' } }, { endSession: true });
  opened.provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-1' }) };
  browser = new HttpBrowser();
  await browser.follow(opened.world.url('/login'));
}

const isIn = async () => (await browser.ask(opened.world.url('/dashboard'))).status === 200;

describe('the RP-Initiated Logout RP profile', () => {
  before(open);
  after(() => opened[Symbol.asyncDispose]());

  it('oidcc-client-test-rp-init-logout: the provider gets a hint that it issued, and an address that it knows', async () => {
    const { provider, world } = opened;
    const { location = '' } = await browser.ask(world.url('/logout'), { method: 'POST' });
    const asked = new URL(location);
    assert.equal(asked.origin + asked.pathname, `${provider.issuer}/end-session`);
    const [, payload = ''] = (asked.searchParams.get('id_token_hint') ?? '').split('.');
    assert.equal((JSON.parse(Buffer.from(payload, 'base64url').toString()) as JsonObject)['sid'], 'sid-1');
    assert.equal(asked.searchParams.get('post_logout_redirect_uri'), world.baseUrl);
    assert.equal(asked.searchParams.get('client_id'), 'outlay');
    const home = await browser.follow(location);
    assert.equal(home.status, 200);
    assert.match(home.body, /Log in/);
  });

  for (const [module, query] of [
    ['oidcc-client-test-rp-init-logout-other-state', '?state=another'],
    ['oidcc-client-test-rp-init-logout-no-state', ''],
  ] as const) {
    it(`${module}: a neutral page, and nothing happens`, async () => {
      await browser.follow(opened.world.url('/login'));
      const { body, headers, status } = await browser.ask(opened.world.url(`/${query}`));
      assert.equal(status, 200);
      assert.match(body, /Welcome/);
      assert.equal(headers.get('set-cookie'), null);
      assert.ok(await isIn(), 'coming back is no logout');
    });
  }
});

describe('the Back-Channel Logout RP profile', () => {
  before(open);
  after(() => opened[Symbol.asyncDispose]());

  async function tell(parts: LogoutTokenParts): Promise<number> {
    const logoutToken = opened.provider.makeLogoutToken({
      ...parts,
      header: { typ: undefined, ...parts.header },
      claims: { sub: 'sub-alice', sid: 'sid-1', ...parts.claims },
    });
    const { headers, status } = await fetch(opened.world.url('/logout/backchannel'), {
      method: 'POST',
      body: new URLSearchParams({ logout_token: logoutToken }),
    });
    assert.equal(headers.get('cache-control'), 'no-store');
    return status;
  }

  const refused: readonly (readonly [string, () => LogoutTokenParts | Promise<LogoutTokenParts>])[] = [
    [
      'oidcc-client-test-rp-backchannel-rpinitlogout-alg-none',
      () => ({ header: { alg: 'none' }, sign: (header, claims) => compact(header, claims, byNobody) }),
    ],
    [
      'oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg',
      async () => {
        // Announced and published, as the Foundation's provider does; only not what was registered.
        const other = await heldKey('ES256', 'other');
        opened.provider.behaviour = { ...opened.provider.behaviour, jwks: (keys) => [...keys, other.jwk] };
        return { header: { alg: 'ES256', kid: 'other' }, sign: (header, claims) => compact(header, claims, by(other)) };
      },
    ],
    ['oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss', () => ({ claims: { iss: `${opened.provider.issuer}1` } })],
    ['oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud', () => ({ claims: { aud: 'outlay1' } })],
    ['oidcc-client-test-rp-backchannel-rpinitlogout-no-event', () => ({ claims: { events: {} } })],
    ['oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event', () => ({ claims: { events: { [`${LOGOUT_EVENT}1`]: {} } } })],
    ['oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce', () => ({ claims: { nonce: 'x' } })],
  ];
  for (const [module, make] of refused) {
    it(`${module}: 400, and nobody is signed out`, async () => {
      assert.equal(await tell(await make()), 400);
      assert.ok(await isIn());
    });
  }

  it('oidcc-client-test-rp-backchannel-rpinitlogout: 200, and the session is over', async () => {
    assert.equal(await tell({}), 200);
    assert.ok(!(await isIn()));
  });
});

describe('the Front-Channel Logout RP profile', () => {
  before(open);
  after(() => opened[Symbol.asyncDispose]());

  it('oidcc-client-test-rp-frontchannel-rpinitlogout: may be framed, and the session is over', async () => {
    const { provider, world } = opened;
    const query = new URLSearchParams({ iss: provider.issuer, sid: 'sid-1' }).toString();
    const { headers, status } = await new HttpBrowser().ask(world.url(`/logout/frontchannel?${query}`));
    assert.equal(status, 200);
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors http:\/\/localhost:\d+$/);
    assert.ok(!(await isIn()));
  });
});
