import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { complaints } from '../../test/findings.ts';
import { freePort } from '../../test/free-port.ts';
import type { Behaviour } from '../../test/hostile-provider/behaviour.ts';
import type { Env } from '../../test/settings.ts';
import { hostile, keycloak, type StandIn, selfSigned, serving } from '../../test/stand-ins.ts';
import { type DemoProvider, startDemoProvider } from '../demo/identity-provider.ts';
import { examineSettings } from './examine.ts';
import { describeFindings } from './text.ts';

/** One set-up that is wrong, and what the doctor makes of it. */
interface WrongSetup {
  readonly what: string;
  /** The settings that differ from the right ones. */
  readonly env: Env | ((issuer: string) => Env | Promise<Env>);
  readonly at?: StandIn;
  /** By how many seconds our clock is ahead. */
  readonly ahead?: number;
  /** Everything that is not good, in order. */
  readonly complaints: readonly string[];
  /** Of the first of them. */
  readonly paste: string | ((issuer: string) => string);
  readonly where?: RegExp;
}

const baseUrl = 'https://outlay.example.com';

describe('the doctor at a whole set-up', () => {
  let folder: string;
  let demo: DemoProvider;
  let right: Env;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-doctor-'));
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'test' };
    demo = await startDemoProvider({ port: 0, appBaseUrl: baseUrl, postLogoutUrl: baseUrl, signingKey, people: [] });
    right = {
      NODE_ENV: 'production',
      APP_BASE_URL: baseUrl,
      TRUST_PROXY: '1',
      SESSION_SECRET: 'q9Zt0LrVb3XkW7nYp2HsUe8GmJc4RfDa6KiTo1BvNwE=',
      OIDC_ISSUER: demo.config.issuer,
      OIDC_CLIENT_ID: demo.config.clientId,
      OIDC_CLIENT_SECRET: demo.clientSecret,
      ADMIN_EMAIL: 'dana@example.com',
      DATA_DIR: folder,
    };
  });
  after(async () => {
    await demo[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const examine = async (env: Env, ahead = 0) => {
    const findings = await examineSettings({ ...right, ...env }, () => new Date(Date.now() + ahead * 1_000));
    // How much room there is here is none of this test's business.
    return findings.filter(({ check }) => check !== 'disk');
  };

  it('finds nothing wrong and nothing weak in the right one', async () => {
    const findings = await examine({});
    assert.deepEqual(complaints(findings), [], describeFindings(findings));
    for (const check of [
      'settings',
      'issuer',
      'reach',
      'clock',
      'pkce',
      'credentials',
      'redirect-uri',
      'post-logout-uri',
      'database',
    ])
      assert.ok(
        findings.some((finding) => finding.check === check),
        check,
      );
  });

  const metadata = (change: object): Behaviour => ({ metadata: (honest) => ({ ...honest, ...change }) });
  const everywhere = (thing: string) => new RegExp(`Okta: .*${thing}[^]*Entra ID: [^]*Keycloak: [^]*Auth0: [^]*Google: `);
  const wrongSetups: readonly WrongSetup[] = [
    {
      what: 'a slash too many at the issuer’s end',
      env: (issuer) => ({ OIDC_ISSUER: `${issuer}/` }),
      complaints: ['wrong issuer-slash'],
      paste: (issuer) => `OIDC_ISSUER=${issuer}`,
      where: everywhere('okta\\.com'),
    },
    {
      what: 'the same under the older name, and says what to put there',
      env: (issuer) => ({ OIDC_ISSUER: '', OKTA_ISSUER: `${issuer}/` }),
      complaints: ['wrong issuer-slash'],
      paste: (issuer) => `OKTA_ISSUER=${issuer}`,
    },
    {
      what: 'the address of the metadata instead of the issuer',
      env: (issuer) => ({ OIDC_ISSUER: `${issuer}/.well-known/openid-configuration` }),
      complaints: ['wrong issuer-well-known'],
      paste: (issuer) => `OIDC_ISSUER=${issuer}`,
    },
    {
      what: 'a slash too few',
      at: hostile({}, { issuerPath: '/tenant/' }),
      env: (issuer) => ({ OIDC_ISSUER: issuer.replace(/\/$/, '') }),
      complaints: ['wrong issuer-slash'],
      paste: (issuer) => `OIDC_ISSUER=${issuer}`,
    },
    {
      what: 'the address of metadata whose issuer ends with a slash',
      at: hostile({}, { issuerPath: '/tenant/' }),
      env: (issuer) => ({ OIDC_ISSUER: `${issuer}.well-known/openid-configuration` }),
      complaints: ['wrong issuer-well-known'],
      paste: (issuer) => `OIDC_ISSUER=${issuer}`,
    },
    {
      what: 'an issuer with a password in it',
      env: { OIDC_ISSUER: 'https://me:hush-hush@id.example.com' },
      complaints: ['wrong setting-oidc_issuer'],
      paste: 'OIDC_ISSUER=https://id.example.com',
    },
    {
      what: 'an issuer that another provider calls its own',
      at: hostile(metadata({ issuer: 'http://localhost:1/login' })),
      env: {},
      complaints: ['wrong issuer-differs'],
      paste: 'OIDC_ISSUER=http://localhost:1/login',
    },
    {
      what: 'Keycloak’s former "/auth"',
      at: serving('/auth/realms/company', keycloak),
      env: {},
      complaints: ['wrong issuer-keycloak-auth'],
      paste: (issuer) => `OIDC_ISSUER=${issuer.replace('/auth', '')}`,
      where: /^Keycloak: Realm settings/,
    },
    {
      what: 'a realm that there is not',
      at: serving('/realms/elsewhere', keycloak),
      env: {},
      complaints: ['wrong issuer-realm'],
      paste: (issuer) => `OIDC_ISSUER=${issuer.replace('elsewhere', '{realm}')}`,
    },
    {
      what: 'Microsoft’s address for any tenant',
      env: { OIDC_ISSUER: 'https://login.microsoftonline.com/common/v2.0' },
      complaints: ['wrong issuer-entra-any'],
      paste: 'OIDC_ISSUER=https://login.microsoftonline.com/{Directory (tenant) ID}/v2.0',
      where: /^Entra ID: /,
    },
    {
      what: 'a host that nobody knows',
      env: { OIDC_ISSUER: 'https://login.invalid' },
      complaints: ['wrong dns'],
      paste: '',
    },
    {
      what: 'a port at which nobody listens',
      env: async () => ({ OIDC_ISSUER: `http://localhost:${await freePort()}` }),
      complaints: ['wrong connect'],
      paste: '',
    },
    {
      what: 'a certificate that nobody trusts',
      at: selfSigned,
      env: {},
      complaints: ['wrong certificate'],
      paste: 'NODE_EXTRA_CA_CERTS=/etc/outlay/company-ca.pem',
    },
    {
      what: 'https where there is plain http',
      at: serving('', keycloak, 'https:'),
      env: {},
      complaints: ['wrong tls'],
      paste: '',
    },
    {
      what: 'no PKCE with S256',
      at: hostile(metadata({ code_challenge_methods_supported: ['plain'] })),
      env: {},
      complaints: ['wrong pkce'],
      paste: '',
    },
    {
      what: 'signatures by a shared secret only',
      at: hostile(metadata({ id_token_signing_alg_values_supported: ['HS256'] })),
      env: {},
      complaints: ['wrong signing'],
      paste: 'RS256',
    },
    {
      what: 'no place to end the provider’s session',
      at: hostile(metadata({ end_session_endpoint: undefined })),
      env: {},
      complaints: ['weak end-session'],
      paste: '',
    },
    {
      what: 'no UserInfo',
      at: hostile(metadata({ userinfo_endpoint: undefined })),
      env: {},
      complaints: ['weak userinfo'],
      paste: '',
    },
    {
      what: 'a clock that is off by more than Outlay bears',
      env: {},
      ahead: 90,
      complaints: ['wrong clock'],
      paste: 'timedatectl set-ntp true',
    },
    {
      what: 'a clock that goes wrong',
      env: {},
      ahead: 20,
      complaints: ['weak clock'],
      paste: 'timedatectl set-ntp true',
    },
    {
      what: 'a secret that is not the client’s',
      env: { OIDC_CLIENT_SECRET: 'hush-hush' },
      complaints: ['wrong client-secret'],
      paste: 'OIDC_CLIENT_SECRET=…',
      where: everywhere('Client Secrets'),
    },
    {
      what: 'a client that the provider does not know',
      env: { OIDC_CLIENT_ID: 'another' },
      complaints: ['wrong client-id', 'wrong redirect-uri'],
      paste: 'OIDC_CLIENT_ID=…',
      where: everywhere('Client ID'),
    },
    {
      what: 'a base URL under which the callback is not registered',
      env: { APP_BASE_URL: 'https://outlay.example.com:8443', POST_LOGOUT_URL: baseUrl },
      complaints: ['wrong redirect-uri'],
      paste: 'https://outlay.example.com:8443/authorization-code/callback',
      where: everywhere('Sign-in redirect URIs'),
    },
    {
      what: 'an address for after logging out that differs by a slash',
      env: { POST_LOGOUT_URL: `${baseUrl}/` },
      complaints: ['weak post-logout-uri'],
      paste: `${baseUrl}/`,
      where: everywhere('Sign-out redirect URIs'),
    },
    {
      what: 'a base URL of plain http',
      env: { APP_BASE_URL: 'http://outlay.example.com' },
      complaints: ['wrong setting-app_base_url'],
      paste: 'APP_BASE_URL=https://outlay.example.com',
    },
    {
      what: 'nobody who can be an admin',
      env: { ADMIN_EMAIL: '' },
      complaints: ['wrong no-admin'],
      paste: 'ADMIN_EMAIL=you@example.com',
    },
    {
      what: 'a database that does not answer',
      env: async () => ({ DATABASE_URL: `postgres://outlay:hush-hush@localhost:${await freePort()}/outlay` }),
      complaints: ['wrong database'],
      paste: 'DATABASE_URL=postgres://outlay:…@db.example.com:5432/outlay',
    },
    {
      what: 'a mistake in one setting, and behind it a wrong secret and nobody who can be an admin',
      env: { LOG_LEVEL: 'hush', OIDC_CLIENT_SECRET: 'hush-hush', ADMIN_EMAIL: '' },
      complaints: ['wrong setting-log_level', 'wrong client-secret', 'wrong no-admin'],
      paste: '',
    },
  ];

  for (const { what, env, at, ahead, complaints: expected, paste, where } of wrongSetups) {
    it(`finds ${what}`, async () => {
      await using open = new AsyncDisposableStack();
      const provider = await at?.();
      if (provider !== undefined) open.use(provider);
      const { issuer } = provider ?? demo.config;
      // The client is the one that those who stand in know.
      const standIn =
        provider === undefined ? {} : { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'outlay', OIDC_CLIENT_SECRET: 'any' };
      const findings = await examine({ ...standIn, ...(typeof env === 'function' ? await env(issuer) : env) }, ahead);
      assert.deepEqual(complaints(findings), expected, describeFindings(findings));
      const [first] = findings.filter(({ kind }) => kind !== 'good');
      assert.ok(first !== undefined && first.why !== '' && first.remedy.say !== '');
      assert.equal(first.remedy.paste, typeof paste === 'string' ? paste : paste(issuer));
      if (where !== undefined) assert.match(first.remedy.where.join('\n'), where);
      assert.doesNotMatch(JSON.stringify(findings), /hush-hush/);
    });
  }
});
