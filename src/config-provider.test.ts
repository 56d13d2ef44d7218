import assert from 'node:assert/strict';
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

  it('speaks plain http on this machine only', () => {
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

  it('is the issuer and not the address of its metadata', () => {
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
