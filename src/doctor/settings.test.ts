import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Env, mistakesOf, own } from '../../test/settings.ts';
import { loadConfig } from '../config.ts';
import { judgeCapabilities } from './capabilities.ts';
import { judgeDiscovery } from './discovery.ts';
import type { Finding } from './finding.ts';
import { judgeSpelling } from './issuer-spelling.ts';
import { recogniseProvider } from './providers.ts';
import { judgeMistakes, judgeSettings } from './settings.ts';
import { describeFindings } from './text.ts';

const tenant = '0f3e7c1a-1111-2222-3333-444455556666';
const right = `https://login.microsoftonline.com/${tenant}/v2.0`;

describe('how an issuer is spelt', () => {
  for (const [given, check, paste, where] of [
    [`https://id.example.com/.well-known/openid-configuration`, 'issuer-well-known', 'https://id.example.com', /Okta:/],
    [
      `https://acme.okta.com/oauth2/default/.well-known/oauth-authorization-server`,
      'issuer-well-known',
      'https://acme.okta.com/oauth2/default',
      /^Okta:/,
    ],
    [`https://acme.eu.auth0.com/.well-known/openid-configuration`, 'issuer-well-known', 'https://acme.eu.auth0.com/', /^Auth0:/],
    [`https://acme-admin.okta.com`, 'issuer-okta-admin', 'https://acme.okta.com', /^Okta:/],
    [`https://acme.okta.com/oauth2/default/v1/authorize`, 'issuer-endpoint', 'https://acme.okta.com/oauth2/default', /^Okta:/],
    [
      `https://id.example.com/realms/acme/protocol/openid-connect/auth`,
      'issuer-endpoint',
      'https://id.example.com/realms/acme',
      /^Keycloak:/,
    ],
    [`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`, 'issuer-endpoint', right, /^Entra ID:/],
    [
      `https://login.microsoftonline.com/common/v2.0`,
      'issuer-entra-any',
      'https://login.microsoftonline.com/{Directory (tenant) ID}/v2.0',
      /^Entra ID:/,
    ],
    [`https://sts.windows.net/${tenant}/`, 'issuer-entra-version', right, /^Entra ID:/],
    [`https://login.microsoftonline.com/${tenant}`, 'issuer-entra-version', right, /^Entra ID:/],
    [`${right}/`, 'issuer-entra-version', right, /^Entra ID:/],
    [`https://accounts.google.com/`, 'issuer-google', 'https://accounts.google.com', /^Google:/],
    [`https://acme.auth0.com`, 'issuer-slash', 'https://acme.auth0.com/', /^Auth0:/],
  ] as const) {
    it(`is seen to be wrong in ${given.replace(tenant, '{tenant}')}`, () => {
      const found = judgeSpelling(given) ?? assert.fail('nothing was found');
      assert.equal(found.kind, 'wrong');
      assert.equal(found.check, check);
      assert.equal(found.remedy.paste, `OIDC_ISSUER=${paste}`);
      assert.match(found.remedy.where.join('\n'), where);
    });
  }

  it('is nothing to speak of where it may be right', () => {
    for (const issuer of [
      right,
      'https://acme.okta.com',
      'https://acme.okta.com/oauth2/default',
      'https://acme.okta.com/oauth2/aus1example',
      'https://accounts.google.com',
      'https://acme.auth0.com/',
      'https://id.example.com/realms/token',
      'https://id.example.com/auth/realms/acme',
      'http://localhost:3001',
    ])
      assert.equal(judgeSpelling(issuer), undefined, issuer);
  });

  it('is that of Microsoft’s first version also where that answers and calls itself so', async () => {
    const issuer = `https://sts.windows.net/${tenant}/`;
    const found = { status: 200, document: { issuer }, text: '' };
    const finding = await judgeDiscovery(issuer, found, async () => assert.fail('nothing more is asked'));
    assert.deepEqual([finding.check, finding.remedy.paste], ['issuer-entra-version', `OIDC_ISSUER=${right}`]);
  });

  it('tells who the provider is by its host alone, and not by what somebody put before it', () => {
    assert.equal(recogniseProvider('https://okta.com.evil.example'), undefined);
    assert.equal(recogniseProvider('https://notokta.com'), undefined);
    assert.equal(recogniseProvider('https://id.example.com'), undefined);
    assert.equal(recogniseProvider('https://acme.oktapreview.com'), 'okta');
  });
});

describe('the two kinds of servers that Okta has', () => {
  const judge = (issuer: string, more: { extraScopes?: readonly string[]; groupsWanted?: boolean }) => {
    const authentication = { method: 'client_secret_basic', clientSecret: 'x' } as const;
    const provider = { issuer, clientId: 'outlay', authentication, extraScopes: more.extraScopes ?? [] };
    const wanted = { provider, baseUrl: 'https://outlay.example.com', revalidation: 0, groupsWanted: more.groupsWanted ?? true };
    return judgeCapabilities({ issuer }, wanted).filter(({ check }) => check === 'okta-server');
  };

  it('bring groups in two ways: by a scope, or by a claim of their own', () => {
    const own = 'https://acme.okta.com';
    const [found] = judge(own, { extraScopes: ['phone'] });
    assert.deepEqual([found?.kind, found?.remedy.paste], ['weak', 'OIDC_EXTRA_SCOPES=phone groups']);
    assert.equal(judge(own, { extraScopes: ['groups'] })[0]?.kind, 'good');
    assert.equal(judge(own, { groupsWanted: false })[0]?.kind, 'good');
    assert.match(judge(`${own}/oauth2/default`, {})[0]?.what ?? '', /custom authorization server.*without a scope/);
    assert.deepEqual(judge('https://id.example.com', {}), []);
  });
});

describe('the settings', () => {
  const good = {
    ...own,
    NODE_ENV: 'production',
    APP_BASE_URL: 'https://outlay.example.com',
    SESSION_SECRET: 'q9Zt0LrVb3XkW7nYp2HsUe8GmJc4RfDa6KiTo1BvNwE=',
    TRUST_PROXY: '1',
  };
  const judge = (env: Env): Finding[] => {
    const mistakes = mistakesOf(env);
    return mistakes.length > 0 ? judgeMistakes(mistakes, env) : judgeSettings(loadConfig(env), env);
  };

  it('are in order where they are', () => {
    assert.deepEqual(
      judge(good).map(({ kind }) => kind),
      ['good'],
    );
  });

  for (const [what, change, kind, check, paste] of [
    [
      'a base URL with a path',
      { APP_BASE_URL: 'https://outlay.example.com/outlay/' },
      'wrong',
      'setting-app_base_url',
      'APP_BASE_URL=https://outlay.example.com',
    ],
    [
      'a base URL of plain http',
      { APP_BASE_URL: 'http://outlay.example.com:8080' },
      'wrong',
      'setting-app_base_url',
      'APP_BASE_URL=https://outlay.example.com:8080',
    ],
    [
      'a base URL that ends with a slash',
      { APP_BASE_URL: 'https://outlay.example.com/' },
      'weak',
      'base-url-slash',
      'APP_BASE_URL=https://outlay.example.com',
    ],
    ['a base URL of this machine in production', { APP_BASE_URL: 'http://localhost:3000' }, 'weak', 'setting-warning', ''],
    [
      'a session secret that is too short',
      { SESSION_SECRET: 'short' },
      'wrong',
      'setting-session_secret',
      'openssl rand -base64 32',
    ],
    ['a session secret of one letter', { SESSION_SECRET: 'x'.repeat(40) }, 'weak', 'session-secret', 'openssl rand -base64 32'],
    [
      'a session secret of words',
      { SESSION_SECRET: 'please-change-this-to-something-long' },
      'weak',
      'session-secret',
      'openssl rand -base64 32',
    ],
    ['no session secret in production', { SESSION_SECRET: '' }, 'wrong', 'setting-session_secret', 'openssl rand -base64 32'],
    [
      'the demonstration in production',
      { OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_CLIENT_SECRET: '' },
      'wrong',
      'setting-node_env',
      '',
    ],
    [
      'the metadata’s address as the issuer',
      { OIDC_ISSUER: 'https://accounts.google.com/.well-known/openid-configuration' },
      'wrong',
      'issuer-well-known',
      'OIDC_ISSUER=https://accounts.google.com',
    ],
    [
      'an issuer of plain http',
      { OIDC_ISSUER: 'http://id.example.com' },
      'wrong',
      'setting-oidc_issuer',
      'OIDC_ISSUER=https://id.example.com',
    ],
    [
      'an issuer of Okta’s older name, of plain http',
      { OIDC_ISSUER: '', OKTA_ISSUER: 'http://id.example.com' },
      'wrong',
      'setting-okta_issuer',
      'OKTA_ISSUER=https://id.example.com',
    ],
    [
      'an issuer with a user in it',
      { OIDC_ISSUER: 'https://me:hush@id.example.com/tenant?key=hush' },
      'wrong',
      'setting-oidc_issuer',
      'OIDC_ISSUER=https://id.example.com/tenant',
    ],
    ['no word of production', { NODE_ENV: '' }, 'weak', 'not-production', 'NODE_ENV=production'],
    ['a proxy of which nothing is said', { TRUST_PROXY: '' }, 'weak', 'trust-proxy', 'TRUST_PROXY=1'],
    ['a setting that is misspelt', { OIDC_ISSUER_URL: 'https://id.example.com' }, 'weak', 'setting-warning', ''],
  ] as const) {
    it(`are seen to have ${what}`, () => {
      const [found, ...more] = judge({ ...good, ...change }).filter((finding) => finding.kind !== 'good');
      assert.deepEqual([found?.kind, found?.check, found?.remedy.paste], [kind, check, paste]);
      // The demonstration in production is two mistakes: where it runs, and under which address.
      assert.deepEqual(
        more.map(({ check }) => check),
        what === 'the demonstration in production' ? ['setting-app_base_url'] : [],
      );
    });
  }

  it('are spoken of once where two mistakes have one remedy', () => {
    const issuer = 'https://me:hush@id.example.com/.well-known/openid-configuration';
    assert.deepEqual(
      judge({ ...good, OIDC_ISSUER: issuer }).map(({ check, remedy }) => [check, remedy.paste]),
      [['issuer-well-known', 'OIDC_ISSUER=https://id.example.com']],
    );
  });

  it('are never quoted where they are secret', () => {
    const secrets = { SESSION_SECRET: 'please-change-this-to-something-long', OIDC_CLIENT_SECRET: 'hush-hush' };
    for (const env of [
      { ...good, ...secrets },
      { ...good, ...secrets, APP_BASE_URL: 'nonsense' },
      { ...good, ...secrets, APP_BASE_URL: 'https://me:hush-hush@outlay.example.com' },
      { ...good, OIDC_ISSUER: 'https://me:hush-hush@id.example.com/.well-known/openid-configuration' },
      { ...good, OIDC_ISSUER: 'http://me:hush-hush@id.example.com' },
      { ...good, OIDC_ISSUER: 'https://acme.auth0.com?token=hush-hush' },
      { ...good, DATABASE_URL: 'postgres//outlay:hush-hush@db.example.com' },
    ])
      assert.doesNotMatch(describeFindings(judge(env)), /please-change|hush-hush/);
  });
});
