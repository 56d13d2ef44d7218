import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { assertOnly, baseUrl, complaints, usual } from '../../test/findings.ts';
import type { Behaviour } from '../../test/hostile-provider/behaviour.ts';
import { type HostileOptions, startHostileProvider } from '../../test/hostile-provider/provider.ts';
import type { ProviderConfig } from '../config-provider.ts';
import { type DemoProvider, startDemoProvider } from '../demo/identity-provider.ts';
import { samplePeople } from '../demo/organisation.ts';
import { examineProvider, type ProviderToExamine } from './provider.ts';

const now = () => new Date();

describe('the doctor at a provider that is one', () => {
  let demo: DemoProvider;
  before(async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'test' };
    demo = await startDemoProvider({ port: 0, appBaseUrl: baseUrl, postLogoutUrl: baseUrl, signingKey, people: samplePeople });
  });
  after(() => demo[Symbol.asyncDispose]());

  const examine = (provider: Partial<ProviderConfig> = {}, about: Partial<ProviderToExamine> = {}, clock = now) =>
    examineProvider({ ...usual, ...about, provider: { ...demo.config, ...provider } }, clock);

  it('has nothing to say against a right set-up', async () => {
    const findings = await examine();
    assert.deepEqual(complaints(findings), [], JSON.stringify(findings, null, 1));
    const checked = ['issuer', 'reach', 'clock', 'pkce', 'signing', 'authentication', 'credentials', 'redirect-uri'];
    for (const check of [...checked, 'post-logout-uri', 'end-session', 'userinfo', 'revalidation'])
      assert.ok(
        findings.some((finding) => finding.check === check),
        check,
      );
  });

  it('finds a slash too many, and goes on looking all the same', async () => {
    const findings = await examine({ issuer: `${demo.config.issuer}/` });
    assertOnly(findings, 'wrong issuer-slash', `OIDC_ISSUER=${demo.config.issuer}`, /Auth0: .*with the slash/);
    assert.ok(findings.some(({ check, kind }) => check === 'credentials' && kind === 'good'));
  });

  it('finds a wrong secret, and that the client is the right one', async () => {
    const findings = await examine({ authentication: { method: 'client_secret_basic', clientSecret: 'wrong-secret' } });
    const found = assertOnly(findings, 'wrong client-secret', 'OIDC_CLIENT_SECRET=…', /Entra ID: .*Value.*not its Secret ID/);
    assert.doesNotMatch(JSON.stringify(found), /wrong-secret/);
  });

  it('finds a client that the provider does not know', async () => {
    const findings = await examine({ clientId: 'another' });
    assert.deepEqual(complaints(findings), ['wrong client-id', 'wrong redirect-uri']);
    const [found] = findings.filter(({ check }) => check === 'client-id');
    assert.match(found?.remedy.where.join() ?? '', /Okta: Applications .* Client ID/);
  });

  for (const [what, other] of [
    ['another port', 'http://localhost:3001'],
    ['another host', 'https://outlay.example.com'],
  ] as const) {
    it(`finds a redirect URI that is not registered: ${what}`, async () => {
      const findings = await examine({}, { baseUrl: other });
      const paste = `${other}/authorization-code/callback`;
      assertOnly(
        findings,
        'wrong redirect-uri',
        paste,
        /Okta: .*Sign-in redirect URIs\n.*Entra ID.*\n.*Keycloak.*\n.*Auth0.*\n.*Google/,
      );
    });
  }

  it('finds an address for after logging out that differs by a slash', async () => {
    const postLogoutUrl = `${baseUrl}/`;
    assertOnly(await examine({}, { postLogoutUrl }), 'weak post-logout-uri', postLogoutUrl, /Auth0: .*Allowed Logout URLs/);
  });

  it('finds a clock that is off, and one that will soon be', async () => {
    const ahead = (seconds: number) => examine({}, {}, () => new Date(Date.now() + seconds * 1_000));
    const found = assertOnly(await ahead(90), 'wrong clock', 'timedatectl set-ntp true');
    assert.match(found.what, /(89|90|91) s behind this machine’s/);
    assertOnly(await ahead(-20), 'weak clock', 'timedatectl set-ntp true');
  });

  it('finds that nobody asks again whether people are still there', async () => {
    assertOnly(await examine({}, { revalidation: 0 }), 'weak revalidation', 'OIDC_OFFLINE_ACCESS=1', /Okta: .*Refresh Token/);
  });
});

describe('the doctor at a provider that is set up in another way', () => {
  async function examineHostile(behaviour: Behaviour, options: HostileOptions = {}, provider: Partial<ProviderConfig> = {}) {
    await using hostile = await startHostileProvider({ endSession: true, ...options });
    hostile.behaviour = behaviour;
    const authentication = { method: 'client_secret_basic', clientSecret: 'any' } as const;
    const { issuer, clientId } = hostile;
    const findings = await examineProvider({ ...usual, provider: { issuer, clientId, authentication, ...provider } }, now);
    return { findings, issuer };
  }
  const metadata = (change: object): Behaviour => ({ metadata: (honest) => ({ ...honest, ...change }) });

  it('finds a slash too few', async () => {
    await using hostile = await startHostileProvider({ endSession: true, issuerPath: '/tenant/' });
    const issuer = hostile.issuer.replace(/\/$/, '');
    const provider = {
      issuer,
      clientId: 'outlay',
      authentication: { method: 'client_secret_basic', clientSecret: 'x' },
    } as const;
    assertOnly(await examineProvider({ ...usual, provider }, now), 'wrong issuer-slash', `OIDC_ISSUER=${issuer}/`);
  });

  it('finds that the provider calls itself something else, and shows it no secret', async () => {
    await using hostile = await startHostileProvider({ endSession: true });
    hostile.behaviour = metadata({ issuer: 'https://login.example.com' });
    const { issuer, clientId } = hostile;
    const provider = { issuer, clientId, authentication: { method: 'client_secret_post', clientSecret: 'x' } } as const;
    const findings = await examineProvider({ ...usual, provider }, now);
    const [first] = findings;
    assert.equal(first?.check, 'issuer-differs');
    assert.equal(first.remedy.paste, 'OIDC_ISSUER=https://login.example.com');
    assert.deepEqual(
      hostile.requests.filter(({ method }) => method === 'POST'),
      [],
    );
  });

  for (const [what, behaviour, provider, complaint, paste] of [
    ['no PKCE with S256', metadata({ code_challenge_methods_supported: ['plain'] }), {}, 'wrong pkce', ''],
    ['PKCE of which nothing is said', metadata({ code_challenge_methods_supported: undefined }), {}, 'weak pkce', ''],
    [
      'signatures by a shared secret',
      metadata({ id_token_signing_alg_values_supported: ['HS256'] }),
      {},
      'wrong signing',
      'RS256',
    ],
    ['another algorithm than the one set', {}, { signingAlgorithm: 'ES512' }, 'wrong signing', 'OIDC_SIGNING_ALGORITHM=RS256'],
    [
      'a scope that is not known',
      {
        ...metadata({ scopes_supported: ['openid', 'profile', 'email'] }),
        response: (answer: URLSearchParams) => {
          answer.delete('code');
          answer.set('error', 'invalid_scope');
        },
      },
      { extraScopes: ['groups'] },
      'weak scopes, wrong scope',
      'OIDC_EXTRA_SCOPES=',
    ],
    [
      'an application that may not sign anybody in',
      {
        response: (answer: URLSearchParams) => {
          answer.delete('code');
          answer.set('error', 'unauthorized_client');
        },
      },
      {},
      'wrong application',
      '',
    ],
    ['no UserInfo', metadata({ userinfo_endpoint: undefined }), {}, 'weak userinfo', ''],
    ['no place to log out', metadata({ end_session_endpoint: undefined }), {}, 'weak end-session', ''],
    ['an endpoint that is plain http', metadata({ token_endpoint: 'http://login.example.com/token' }), {}, 'wrong metadata', ''],
    [
      'neither back-channel logout nor refresh tokens',
      metadata({ grant_types_supported: ['authorization_code'] }),
      {},
      'weak revalidation',
      'SESSION_ABSOLUTE_LIMIT=8',
    ],
  ] as const satisfies readonly (readonly [string, Behaviour, Partial<ProviderConfig>, string, string])[]) {
    it(`finds ${what}`, async () => {
      const { findings } = await examineHostile(behaviour, {}, provider);
      assert.deepEqual(complaints(findings).join(', '), complaint, JSON.stringify(findings, null, 1));
      assert.equal(findings.find(({ kind }) => kind !== 'good')?.remedy.paste, paste);
    });
  }

  it('finds that the client is to authenticate in another way', async () => {
    const { findings } = await examineHostile({}, { authentication: 'client_secret_post' });
    const [found] = findings.filter(({ check }) => check === 'authentication');
    assert.equal(found?.kind, 'wrong');
    assert.equal(found.remedy.paste, 'OIDC_TOKEN_ENDPOINT_AUTH_METHOD=client_secret_post');
  });

  it('says to which address back-channel logout goes, where the provider has it', async () => {
    const { findings } = await examineHostile(metadata({ backchannel_logout_supported: true }));
    const [found] = findings.filter(({ check }) => check === 'revalidation');
    assert.match(found?.why ?? '', /http:\/\/localhost:3000\/logout\/backchannel/);
  });

  it('tries pushed requests as well', async () => {
    const { findings } = await examineHostile({}, { par: 'required' });
    assert.deepEqual(complaints(findings), []);
  });

  it('takes nothing for granted of what the provider says, and shows none of what steers a terminal', async () => {
    const { findings } = await examineHostile(metadata({ issuer: '\u001b[2Jhttps://evil\u202e.example', scopes_supported: 7 }));
    assert.doesNotMatch(JSON.stringify(findings), /\\u001b|\u202e/);
    assert.equal(findings[0]?.kind, 'wrong');
  });
});
