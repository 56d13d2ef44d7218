import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { assertRefused, own } from '../test/settings.ts';
import { loadConfig } from './config.ts';

describe('the provider in the settings', () => {
  const okta = { OKTA_ISSUER: own.OIDC_ISSUER, OKTA_CLIENT_ID: own.OIDC_CLIENT_ID, OKTA_CLIENT_SECRET: own.OIDC_CLIENT_SECRET };

  it('may be named with OIDC_, with OKTA_, with both alike or mixed', () => {
    const { provider } = loadConfig(own);
    assert.deepEqual(loadConfig(okta).provider, provider);
    assert.deepEqual(loadConfig({ ...own, ...okta }).provider, provider);
    const { OIDC_ISSUER: _, ...rest } = own;
    assert.deepEqual(loadConfig({ ...rest, OKTA_ISSUER: okta.OKTA_ISSUER }).provider, provider);
  });

  it('may not be named twice and differently', () => {
    for (const name of ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET']) {
      const message = new RegExp(`^OIDC_${name} and OKTA_${name} are both set and differ; keep one of them\\.$`);
      assertRefused({ ...own, [`OKTA_${name}`]: 'https://other.example.com' }, message);
    }
  });

  it('is whole: what is missing is named, whichever part that is', () => {
    const missing = [/^OIDC_ISSUER is missing/, /^OIDC_CLIENT_ID is missing/, /^OIDC_CLIENT_SECRET is missing/];
    const names = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
    for (const [index, name] of names.entries()) {
      assertRefused({ [name]: own[name] }, ...missing.toSpliced(index, 1));
      assertRefused({ ...own, [name]: undefined }, ...missing.slice(index, index + 1));
      assertRefused({ ...own, [name]: '' }, ...missing.slice(index, index + 1));
    }
  });

  it('is kept to the letter', () => {
    for (const issuer of ['https://id.example.com/', 'https://example.com/oauth2/default', 'https://example.com/tenant/']) {
      assert.equal(loadConfig({ ...own, OIDC_ISSUER: issuer }).provider?.issuer, issuer);
    }
  });

  it('CFG-1 speaks plain http on this machine only', () => {
    for (const issuer of ['http://localhost:3001', 'http://127.0.0.1:9000/realm', 'http://[::1]:9000']) {
      assert.equal(loadConfig({ ...own, OIDC_ISSUER: issuer }).provider?.issuer, issuer);
    }
    for (const issuer of [
      'http://id.example.com',
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
    ]) {
      assertRefused({ ...own, OIDC_ISSUER: issuer }, /^OIDC_ISSUER must begin with https:/);
    }
  });

  it('CFG-3 is the issuer and not the address of its metadata', () => {
    const metadata = 'https://id.example.com/.well-known/openid-configuration';
    assertRefused({ ...own, OIDC_ISSUER: metadata }, /^OIDC_ISSUER must be the issuer itself; leave out "\/\.well-known\/"/);
    assertRefused({ ...okta, OKTA_ISSUER: metadata }, /^OKTA_ISSUER must be the issuer itself/);
  });

  it('is an address without user, query or fragment', () => {
    for (const issuer of ['id.example.com', 'ftp://id.example.com', 'https://', 'my provider']) {
      assertRefused({ ...own, OIDC_ISSUER: issuer }, /^OIDC_ISSUER must be an address/);
    }
    for (const issuer of ['https://id.example.com?x=1', 'https://id.example.com/#x', 'https://user@id.example.com']) {
      assertRefused({ ...own, OIDC_ISSUER: issuer }, /^OIDC_ISSUER must have no user, "\?" or "#"/);
    }
  });
});

describe('an issuer that leaves its tenant open', () => {
  it('CFG-7 is refused: anybody’s tenant would be believed', () => {
    for (const issuer of [
      'https://login.microsoftonline.com/common/v2.0',
      'https://login.microsoftonline.com/organizations/v2.0',
      'https://login.microsoftonline.com/consumers/v2.0',
      'https://login.microsoftonline.com/{tenantid}/v2.0',
      'https://id.example.com/{tenant}',
    ]) {
      assertRefused({ ...own, OIDC_ISSUER: issuer }, /^OIDC_ISSUER must name one tenant/);
    }
    const one = 'https://login.microsoftonline.com/5d2a6d3e-6e54-4a39-a5c5-8a1c1e4f5a10/v2.0';
    assert.equal(loadConfig({ ...own, OIDC_ISSUER: one }).provider?.issuer, one);
  });
});

describe('which flow is used', () => {
  it('AUR-1 is no setting: what asks for another one is warned of and changes nothing', () => {
    for (const [name, value] of [
      ['OIDC_RESPONSE_TYPE', 'token'],
      ['OIDC_RESPONSE_TYPE', 'code id_token'],
      ['OIDC_RESPONSE_MODE', 'fragment'],
      ['OIDC_GRANT_TYPE', 'password'],
      ['OIDC_USE_PKCE', '0'],
      ['OIDC_CODE_CHALLENGE_METHOD', 'plain'],
      ['OIDC_CHECK_NONCE', '0'],
      ['OIDC_VERIFY_SIGNATURE', 'false'],
    ] as const) {
      const { warnings, ...config } = loadConfig({ ...own, [name]: value });
      assert.deepEqual(warnings, [`${name} is no setting of Outlay's and is not read.`]);
      assert.deepEqual({ ...config, warnings: [] }, loadConfig(own));
    }
  });
});

describe('how Outlay authenticates', () => {
  const made = (pair: { privateKey: KeyObject }) => pair.privateKey.export({ format: 'jwk' });
  const key = { ...made(generateKeyPairSync('ec', { namedCurve: 'P-256' })), alg: 'ES256', kid: 'a' };
  const small = { ...made(generateKeyPairSync('rsa', { modulusLength: 1_024 })), alg: 'RS256', kid: 'a' };
  const other = { ...made(generateKeyPairSync('ec', { namedCurve: 'P-384' })), alg: 'ES256', kid: 'a' };
  const jwks = (...keys: readonly object[]) => JSON.stringify({ keys });
  const byKey = { ...own, OIDC_CLIENT_SECRET: undefined, OIDC_TOKEN_ENDPOINT_AUTH_METHOD: 'private_key_jwt' };

  it('TOK-1 is client_secret_basic unless it is said otherwise', () => {
    assert.equal(loadConfig(own).provider?.authentication.method, 'client_secret_basic');
    for (const method of ['client_secret_basic', 'client_secret_post']) {
      assert.equal(loadConfig({ ...own, OIDC_TOKEN_ENDPOINT_AUTH_METHOD: method }).provider?.authentication.method, method);
    }
    assertRefused(
      { ...own, OIDC_TOKEN_ENDPOINT_AUTH_METHOD: 'none' },
      /^OIDC_TOKEN_ENDPOINT_AUTH_METHOD must be one of client_secret_basic, client_secret_post, private_key_jwt\.$/,
    );
  });

  it('TOK-3 by key takes one or two private keys, each with a name', () => {
    for (const keys of [[key], [key, { ...key, kid: 'b' }]]) {
      const { provider } = loadConfig({ ...byKey, OIDC_CLIENT_JWKS: jwks(...keys) });
      assert.deepEqual(provider?.authentication, { method: 'private_key_jwt', keys });
    }
    const { d: _, ...publicKey } = key;
    for (const wrong of [
      'not json',
      '[]',
      jwks(),
      jwks(key, { ...key, kid: 'b' }, { ...key, kid: 'c' }),
      jwks(key, key),
      jwks(publicKey),
      jwks({ ...key, kid: undefined }),
      jwks({ ...key, alg: 'HS256' }),
      jwks({ ...key, alg: undefined }),
      jwks({ kty: 'oct', alg: 'HS256', kid: 'a', k: 'x' }),
      jwks(small),
      jwks(other),
      jwks({ ...key, d: 'AA' }),
    ]) {
      assertRefused({ ...byKey, OIDC_CLIENT_JWKS: wrong }, /^OIDC_CLIENT_JWKS must be a JSON Web Key Set/);
    }
  });

  it('TOK-1 by key and by secret is not both', () => {
    assertRefused(byKey, /^OIDC_CLIENT_JWKS is missing/);
    assertRefused(
      { ...byKey, OIDC_CLIENT_SECRET: 'x', OIDC_CLIENT_JWKS: jwks(key) },
      /^OIDC_CLIENT_SECRET is set, but private_key_jwt/,
    );
    assertRefused({ ...own, OIDC_CLIENT_JWKS: jwks(key) }, /^OIDC_CLIENT_JWKS is set, but OIDC_TOKEN_ENDPOINT_AUTH_METHOD/);
  });
});

describe('how strongly somebody signs in', () => {
  it('STU-5 may be asked for more strongly where it is sensitive, never more weakly', () => {
    const stepUp = (values: string) => ({ ...own, OIDC_ACR_VALUES: 'mfa phr', STEP_UP_ACR_VALUES: values });
    assert.deepEqual(loadConfig(stepUp('phr')).stepUp.acrValues, ['phr']);
    assertRefused(stepUp('pwd'), /^STEP_UP_ACR_VALUES must have a value that OIDC_ACR_VALUES has, too\.$/);
  });
});

describe('the two clocks in the settings', () => {
  it('KEY-6 may differ by up to five minutes', () => {
    assert.equal(loadConfig({ ...own, CLOCK_TOLERANCE: '300' }).clockTolerance, 300);
    assertRefused({ ...own, CLOCK_TOLERANCE: '301' }, /^CLOCK_TOLERANCE is at most 300\.$/);
  });
});

describe('the demonstration', () => {
  it('runs on every name of this machine', () => {
    for (const url of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'https://localhost']) {
      assert.equal(loadConfig({ APP_BASE_URL: url }).provider, undefined);
    }
  });

  it('does not run in production, and says why and what to do', () => {
    assertRefused(
      { NODE_ENV: 'production', SESSION_SECRET: 'x'.repeat(32) },
      /^NODE_ENV is production: the demonstration, in which anyone can sign in as anyone, does not run there\. Set OIDC_ISSUER,/,
    );
  });

  it('does not run where others can reach it, and says why', () => {
    const why = /^APP_BASE_URL is not on this machine: the demonstration, in which anyone can sign in as anyone,/;
    assertRefused({ APP_BASE_URL: 'https://outlay.example.com' }, why);
    assertRefused({ APP_BASE_URL: 'https://localhost.example.com' }, why);
    assertRefused({ APP_BASE_URL: 'http://192.168.1.5:3000' }, /^APP_BASE_URL must begin with https:/, why);
  });
});
