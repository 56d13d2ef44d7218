import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as client from 'openid-client';
import { HttpBrowser } from '../../test/http-browser.ts';
import { type DemoProvider, startDemoProvider } from './identity-provider.ts';
import { organisation, samplePeople } from './organisation.ts';

const appBaseUrl = 'https://outlay.example';
const scope = 'openid profile email';

describe('the demonstration provider', () => {
  let signingKey: JWK;
  let provider: DemoProvider;
  let config: client.Configuration;
  before(async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'test' };
    provider = await start();
    const { issuer, clientId } = provider.config;
    const execute = [client.allowInsecureRequests];
    config = await client.discovery(new URL(issuer), clientId, {}, client.ClientSecretBasic(provider.clientSecret), { execute });
  });
  after(() => provider[Symbol.asyncDispose]());

  const start = () =>
    startDemoProvider({
      port: 0,
      appBaseUrl,
      postLogoutUrl: appBaseUrl,
      signingKey,
      people: samplePeople,
    });

  /** Signs somebody in as any client would, choosing who to be and nothing else. */
  async function signIn(subject: string, browser = new HttpBrowser(), more: Readonly<Record<string, string>> = {}) {
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${appBaseUrl}/authorization-code/callback`,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    });
    let answer = await browser.ask(url);
    while (answer.location?.startsWith(appBaseUrl) === false) {
      answer = await browser.ask(answer.location);
      if (answer.status === 200) answer = await browser.ask(answer.url, { method: 'POST', form: { person: subject } });
    }
    const callback = new URL(answer.location ?? assert.fail(answer.body));
    return client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier, idTokenExpected: true });
  }

  const userInfo = ({ access_token: token }: client.TokenEndpointResponse, subject: string) =>
    client.fetchUserInfo(config, token, subject);
  const refresh = ({ refresh_token: token }: client.TokenEndpointResponse) =>
    client.refreshTokenGrant(config, token ?? assert.fail('there is no refresh token'));

  it('says of each of the sample people which groups they are in', async () => {
    for (const [index, { name, groups }] of organisation.people.entries()) {
      const subject = `demo-${index + 1}`;
      const claims = await userInfo(await signIn(subject), subject);
      assert.equal(claims.name, name);
      assert.deepEqual(claims['groups'], groups);
      assert.equal(groups.length, 1);
    }
  });

  it('gives a refresh token without asking for consent', async () => {
    const claims = await userInfo(await refresh(await signIn('demo-4')), 'demo-4');
    assert.equal(claims.name, 'Carol Lee');
  });

  it('goes on refreshing for whoever signed in a second time in the same browser, asked again or not', async () => {
    const browser = new HttpBrowser();
    const first = await signIn('demo-1', browser);
    const second = await signIn('demo-1', browser, { prompt: 'login' });
    const third = await signIn('demo-1', browser);
    for (const tokens of [first, second, third]) assert.equal((await refresh(tokens)).claims()?.sub, 'demo-1');
  });

  it('takes no refresh token that was given back', async () => {
    const tokens = await signIn('demo-2');
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    await assert.rejects(refresh(tokens), { error: 'invalid_grant' });
  });
});
