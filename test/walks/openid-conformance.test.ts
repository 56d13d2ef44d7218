import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { type Behaviour, type JsonObject, without } from '../hostile-provider/behaviour.ts';
import { faults } from '../hostile-provider/catalogue.ts';
import { behaviourOf } from '../hostile-provider/fault.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { variations } from '../hostile-provider/variations.ts';
import { walkThrough } from '../hostile-provider/walk.ts';

/*
 * The OpenID Foundation's modules for relying parties (conformance-suite, openid/client), one test each under the module's own
 * name. Only the Foundation's own run certifies; these hold in every run of ours what it would ask.
 */

type Outcome = 'signed in' | 'nobody signed in';

async function outcome({ provider, world }: HostileWorld, behaviour: Behaviour): Promise<Outcome> {
  const { signedIn } = await walkThrough(world.url(''), provider, behaviour);
  return signedIn ? 'signed in' : 'nobody signed in';
}

/** A behaviour of the catalogue or of the variations, by its name. */
function named(name: string) {
  const found = [...faults, ...variations].find((candidate) => candidate.name === name);
  assert.ok(found !== undefined, name);
  return found.behaviour;
}

const changed = (change: (claims: JsonObject) => JsonObject): Behaviour => ({ claims: change });

/** The module, what the provider does, and what must become of it. */
const basic: readonly (readonly [string, string | Behaviour, Outcome])[] = [
  ['oidcc-client-test', {}, 'signed in'],
  ['oidcc-client-test-invalid-iss', changed((claims) => ({ ...claims, iss: `${String(claims['iss'])}1` })), 'nobody signed in'],
  ['oidcc-client-test-missing-sub', changed((claims) => without(claims, 'sub')), 'nobody signed in'],
  ['oidcc-client-test-invalid-aud', changed((claims) => ({ ...claims, aud: `${String(claims['aud'])}1` })), 'nobody signed in'],
  ['oidcc-client-test-missing-iat', changed((claims) => without(claims, 'iat')), 'nobody signed in'],
  ['oidcc-client-test-kid-absent-single-jwks', 'no-kid', 'signed in'],
  ['oidcc-client-test-kid-absent-multiple-jwks', 'no-kid-several-keys', 'signed in'],
  ['oidcc-client-test-idtoken-sig-rs256', {}, 'signed in'],
  ['oidcc-client-test-idtoken-sig-none', 'id-token-none', 'nobody signed in'],
  ['oidcc-client-test-invalid-sig-rs256', 'id-token-forged', 'nobody signed in'],
  ['oidcc-client-test-userinfo-invalid-sub', { userInfo: (claims) => ({ ...claims, sub: 'sub-dana' }) }, 'nobody signed in'],
  [
    'oidcc-client-test-nonce-invalid',
    changed((claims) => ({ ...claims, nonce: `${String(claims['nonce'])}1` })),
    'nobody signed in',
  ],
];

describe('the Basic RP profile', () => {
  for (const [module, behaviour, expected] of basic) {
    it(`${module}: ${expected}`, async () => {
      await using opened = await openHostileWorld();
      const maker = typeof behaviour === 'string' ? named(behaviour) : behaviour;
      assert.equal(await outcome(opened, await behaviourOf(maker, opened.provider)), expected);
      const [token] = opened.provider.requests.filter(({ path }) => path === '/token');
      assert.ok(token, 'it is the token response that decides');
    });
  }

  it('oidcc-client-test-scope-userinfo-claims: claims that come only at UserInfo are read', async () => {
    await using opened = await openHostileWorld();
    const { body } = await new HttpBrowser().follow(opened.world.url('/login?return_to=/profile'));
    assert.match(body, /Alice Archer/);
    assert.match(body, /alice@example\.com/);
    const [authorize] = opened.provider.requests.filter(({ path }) => path === '/authorize');
    assert.equal(authorize?.query.get('scope'), 'openid profile email');
    assert.ok(opened.provider.requests.every(({ query }) => !query.has('access_token')));
  });

  it('oidcc-client-test-client-secret-basic: signed in by the secret in the header', async () => {
    await using opened = await openHostileWorld({}, { authentication: 'client_secret_basic' });
    assert.equal(await outcome(opened, {}), 'signed in');
    assert.deepEqual(
      opened.provider.authentications.map(({ method }) => method),
      ['client_secret_basic'],
    );
  });
});

describe('the Config RP profile', () => {
  /** Every endpoint elsewhere than it usually is; the provider itself takes both. */
  const moved = {
    metadata: (metadata: JsonObject) => Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, move(value)])),
  };
  const move = (value: unknown) =>
    typeof value === 'string' ? value.replace(/\/(authorize|token|jwks|userinfo)$/, '/$1?moved=1') : value;

  it('oidcc-client-test-discovery-openid-config: the endpoints are those that the metadata names', async () => {
    await using opened = await openHostileWorld({}, { issuerPath: '/tenants/one' });
    assert.equal(await outcome(opened, moved), 'signed in');
    for (const name of ['authorize', 'token', 'userinfo']) {
      const asked = opened.provider.requests.filter(({ path }) => path === `/tenants/one/${name}`);
      assert.ok(asked.length === 1 && asked[0]?.query.get('moved') === '1', name);
    }
  });

  it('oidcc-client-test-discovery-jwks-uri-keys: the keys are those that the metadata’s address gives', async () => {
    await using opened = await openHostileWorld();
    assert.equal(await outcome(opened, moved), 'signed in');
    const asked = opened.provider.requests.filter(({ path }) => path === '/jwks');
    assert.ok(asked.length === 1 && asked[0]?.query.get('moved') === '1');
  });

  it('oidcc-client-test-discovery-issuer-mismatch: nobody is sent away', async () => {
    await using opened = await openHostileWorld();
    const { sentAway } = await walkThrough(opened.world.url(''), opened.provider, {
      metadata: (metadata) => ({ ...metadata, issuer: `${String(metadata['issuer'])}1` }),
    });
    assert.equal(sentAway, false);
  });

  it('oidcc-client-test-idtoken-sig-none: nobody signed in', async () => {
    await using opened = await openHostileWorld();
    assert.equal(await outcome(opened, await behaviourOf(named('id-token-none'), opened.provider)), 'nobody signed in');
  });

  it('oidcc-client-test-signing-key-rotation: two sign-ins with other keys, and both are signed in', async () => {
    await using opened = await openHostileWorld();
    assert.equal(await outcome(opened, {}), 'signed in');
    await opened.provider.rotateKeys();
    assert.equal(await outcome(opened, {}), 'signed in');
  });

  it('oidcc-client-test-signing-key-rotation-just-before-signing: signed in', async () => {
    await using opened = await openHostileWorld();
    assert.equal(await outcome(opened, {}), 'signed in');
    const browser = new HttpBrowser();
    const { location = '' } = await browser.ask(opened.world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    await opened.provider.rotateKeys();
    assert.equal((await browser.follow(callback)).url, opened.world.url('/dashboard'));
  });
});

describe('the Third-Party-Initiated RP profile', () => {
  it('oidcc-client-test-3rd-party-init-login: the initiation address starts the flow', async () => {
    await using opened = await openHostileWorld({ provider: { trustedTile: true } });
    const { provider, world } = opened;
    const target = encodeURIComponent(world.url('/profile'));
    const landed = await new HttpBrowser().follow(
      world.url(`/initiate-login?iss=${encodeURIComponent(provider.issuer)}&target_link_uri=${target}`),
    );
    assert.equal(landed.url, world.url('/profile'));
    assert.match(landed.body, /Alice Archer/);
  });
});
