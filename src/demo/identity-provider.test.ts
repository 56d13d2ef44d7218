import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as client from 'openid-client';
import { cast } from '../../test/cast.ts';
import { type Asking, HttpBrowser } from '../../test/http-browser.ts';
import { type DemoProvider, startDemoProvider } from './identity-provider.ts';
import { organisation, samplePeople } from './organisation.ts';

const appBaseUrl = 'https://outlay.example';
const scope = 'openid profile email';

type Form = NonNullable<Asking['form']>;

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
      people: [...samplePeople, ...Object.values(cast)],
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
  const change = (subject: string, form: Form, headers: Readonly<Record<string, string>> = {}) =>
    new HttpBrowser().ask(`${provider.config.issuer}/people/${subject}`, { method: 'POST', form, headers });

  it('says of each of the sample people which groups they are in', async () => {
    for (const [index, { name, groups }] of organisation.people.entries()) {
      const subject = `demo-${index + 1}`;
      const claims = await userInfo(await signIn(subject), subject);
      assert.equal(claims.name, name);
      assert.deepEqual(claims['groups'], groups);
      assert.equal(groups.length, 1);
    }
  });

  it('says whatever else it is told to, and of one person only', async () => {
    const odd = { groups: { finance: true }, department: 'Finance', realm_access: { roles: ['auditor'] }, roles: 5 };
    provider.directory.tell('sub-bob', odd);
    const bob = await userInfo(await signIn('sub-bob'), 'sub-bob');
    assert.deepEqual({ ...bob, ...odd }, { ...bob });
    assert.equal(bob.email, 'bob@example.com');
    assert.equal('department' in (await userInfo(await signIn('sub-charlie'), 'sub-charlie')), false);
  });

  it('gives a refresh token without asking for consent, and answers with what it says by then', async () => {
    const tokens = await signIn('sub-alice');
    provider.directory.tell('sub-alice', { name: 'Alice Baker', groups: ['finance'] });
    const claims = await userInfo(await refresh(tokens), 'sub-alice');
    assert.equal(claims.name, 'Alice Baker');
    assert.deepEqual(claims['groups'], ['finance']);
  });

  it('goes on refreshing for whoever signed in a second time in the same browser, asked again or not', async () => {
    const browser = new HttpBrowser();
    const first = await signIn('sub-kelvin', browser);
    const second = await signIn('sub-kelvin', browser, { prompt: 'login' });
    const third = await signIn('sub-kelvin', browser);
    for (const tokens of [first, second, third]) assert.equal((await refresh(tokens)).claims()?.sub, 'sub-kelvin');
  });

  it('takes no refresh token that was given back', async () => {
    const tokens = await signIn('sub-nobody');
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    await assert.rejects(refresh(tokens), { error: 'invalid_grant' });
  });

  it('neither refreshes nor signs in somebody who has left, also where they were signed in there; others still can be', async () => {
    const browser = new HttpBrowser();
    const tokens = await signIn('sub-mallory', browser);
    provider.directory.leave('sub-mallory');
    await assert.rejects(refresh(tokens), { error: 'invalid_grant' });
    await assert.rejects(userInfo(tokens, 'sub-mallory'));
    await assert.rejects(signIn('sub-mallory', browser), { error: 'access_denied' });
    assert.equal((await signIn('sub-trudy', browser)).claims()?.sub, 'sub-trudy');
    provider.directory.leave('sub-mallory', false);
    assert.equal((await signIn('sub-mallory')).claims()?.sub, 'sub-mallory');
  });

  it('keeps its changes to itself and forgets them when it stops', async () => {
    provider.directory.tell('demo-1', { name: 'Somebody Else', groups: [] });
    await using other = await start();
    assert.equal(other.directory.find('demo-1')?.claims.name, 'Hannah Smith');
    assert.deepEqual(other.directory.find('demo-1')?.claims.groups, ['outlay-admins']);
    assert.equal(samplePeople[0]?.claims.name, 'Hannah Smith');
  });

  describe('has a page about its people, which', () => {
    const form = (more: Form): Form => ({ name: 'Grace Lee', another: '', way: 'list', ...more });

    it('changes what it says: a name, groups that there are, and one more, which then is there for all', async () => {
      const { status, location } = await change('demo-2', form({ groups: ['legal', 'hr'], another: ' auditors ' }));
      assert.equal(status, 303);
      const claims = await userInfo(await signIn('demo-2'), 'demo-2');
      assert.equal(claims.name, 'Grace Lee');
      assert.deepEqual(claims['groups'], ['auditors', 'hr', 'legal']);
      const { body, headers } = await new HttpBrowser().ask(location ?? '');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.match(body, /Saved\./);
      assert.equal(body.split('value="auditors"').length - 1, provider.directory.list().length);
      assert.equal(body.split('value="auditors" checked').length - 1, 1);
    });

    it('sends groups as a list, also an empty one, not at all, or says that they are too many to send', async () => {
      const sent = async (more: Form) => {
        assert.equal((await change('demo-2', form(more))).status, 303);
        const { groups, _claim_names: names, _claim_sources: sources } = await userInfo(await signIn('demo-2'), 'demo-2');
        return { groups, names, sources };
      };
      assert.deepEqual(await sent({}), { groups: [], names: undefined, sources: undefined });
      assert.deepEqual(await sent({ groups: 'legal', way: 'nothing' }), {
        groups: undefined,
        names: undefined,
        sources: undefined,
      });
      assert.deepEqual(await sent({ groups: 'legal', way: 'elsewhere' }), {
        groups: undefined,
        names: { groups: 'src1' },
        sources: { src1: { endpoint: 'https://directory.example/groups' } },
      });
      assert.match((await new HttpBrowser().ask(`${provider.config.issuer}/people`)).body, /value="legal" checked/);
      assert.deepEqual(await sent({ groups: 'legal' }), { groups: ['legal'], names: undefined, sources: undefined });
    });

    it('lets somebody leave and come back', async () => {
      await change('demo-6', form({ left: 'yes' }));
      await assert.rejects(signIn('demo-6'), { error: 'access_denied' });
      await change('demo-6', form({}));
      assert.equal((await signIn('demo-6')).claims()?.sub, 'demo-6');
    });

    it('changes nothing for another site, nobody that there is, or a form that is not its own', async () => {
      const before = JSON.stringify(provider.directory.list());
      const good = form({ left: 'yes' });
      assert.equal((await change('demo-2', good, { origin: appBaseUrl })).status, 403, 'also not Outlay’s');
      assert.equal((await change('demo-2', good, { 'sec-fetch-site': 'same-site' })).status, 403);
      for (const subject of ['unknown', '__proto__', '%00']) assert.equal((await change(subject, good)).status, 404, subject);
      assert.equal((await change('%E0%A4%A', good)).status, 400);
      assert.equal((await change('demo-2', form({ way: 'other' }))).status, 422);
      assert.equal((await change('demo-2', form({ groups: 'x'.repeat(101) }))).status, 422);
      const { status, body } = await change('demo-2', form({ groups: 'x'.repeat(20_000) }));
      assert.equal(status, 413);
      assert.match(body, /could not be read\. Nothing was changed/);
      assert.equal(JSON.stringify(provider.directory.list()), before);
    });
  });
});
