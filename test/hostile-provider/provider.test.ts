import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { JsonObject } from './behaviour.ts';
import { listen, stop } from './sending.ts';
import { type HostileOptions, type HostileProvider, startHostileProvider } from './provider.ts';
import { by, compact, heldKey } from './signing.ts';

const REDIRECT = 'http://localhost:1/callback';
const verifier = randomBytes(32).toString('base64url');
const asked = {
  client_id: 'outlay',
  response_type: 'code',
  redirect_uri: REDIRECT,
  scope: 'openid email',
  state: 'state',
  nonce: 'nonce',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

type Members = Readonly<Record<string, string>>;

async function authorize({ issuer }: HostileProvider, members: Members): Promise<URLSearchParams> {
  const response = await fetch(`${issuer}/authorize?${new URLSearchParams(members).toString()}`, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'http://nowhere').searchParams;
}

function post(url: string, members: Members, headers: Members = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(members), headers });
}

/** One code, and the token endpoint's answer to it. */
async function redeem(provider: HostileProvider, members: Members, headers: Members = {}, code?: string): Promise<JsonObject> {
  const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT, code_verifier: verifier };
  const fresh = code ?? (await authorize(provider, asked)).get('code') ?? '';
  const response = await post(`${provider.issuer}/token`, { ...form, code: fresh, ...members }, headers);
  return (await response.json()) as JsonObject;
}

function basic(id: string, secret: string): Members {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

describe('the hostile provider, while it is honest', () => {
  it('redeems a code once, for the verifier and the address that it was given for', async () => {
    await using provider = await startHostileProvider();
    const client = basic('outlay', 'any');
    const code = (await authorize(provider, asked)).get('code') ?? '';
    assert.match(String((await redeem(provider, {}, client, code))['id_token']), /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.equal((await redeem(provider, {}, client, code))['error'], 'invalid_grant');
    assert.equal((await redeem(provider, { code_verifier: 'x'.repeat(43) }, client))['error'], 'invalid_grant');
    assert.equal((await redeem(provider, { redirect_uri: `${REDIRECT}/` }, client))['error'], 'invalid_grant');
  });

  it('refuses what it was not asked for properly', async () => {
    await using provider = await startHostileProvider();
    for (const [change, error] of [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'openid payments' }, 'invalid_scope'],
      [{ scope: 'email' }, 'invalid_scope'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
    ] as const) {
      assert.equal((await authorize(provider, { ...asked, ...change })).get('error'), error);
    }
    assert.deepEqual([...(await authorize(provider, { ...asked, client_id: 'another' }))], []);
  });

  it('knows a secret in the header by its form-encoding, and takes no other way than the one agreed on', async () => {
    const secret = 'a%2B+:é&="\\';
    const encoded = new URLSearchParams({ secret }).toString().slice('secret='.length);
    await using provider = await startHostileProvider({ clientSecret: secret });
    assert.ok('id_token' in (await redeem(provider, {}, basic('outlay', encoded))));
    for (const [members, headers] of [
      [{}, basic('outlay', 'another')],
      [{}, {}],
      [{ client_id: 'outlay', client_secret: secret }, {}],
      [{ client_id: 'outlay', client_secret: secret }, basic('outlay', encoded)],
    ] as const) {
      assert.equal((await redeem(provider, members, headers))['error'], 'invalid_client');
    }
    await using posted = await startHostileProvider({ clientSecret: secret, authentication: 'client_secret_post' });
    assert.ok('id_token' in (await redeem(posted, { client_id: 'outlay', client_secret: secret })));
    assert.deepEqual(posted.authentications, [{ method: 'client_secret_post' }]);
  });

  it('takes an assertion that is as it should be, once, and no other', async () => {
    const key = await heldKey('ES256', 'client');
    const stranger = await heldKey('ES256', 'stranger');
    const { server, origin } = await listen('localhost', 0, (_req, res) => {
      res.end(JSON.stringify({ keys: [key.jwk] }));
    });
    const options: HostileOptions = { authentication: 'private_key_jwt', clientJwksUrl: `${origin}/jwks` };
    await using provider = await startHostileProvider(options);
    const now = Math.floor(Date.now() / 1_000);
    const honest = () => ({
      iss: 'outlay',
      sub: 'outlay',
      aud: provider.issuer as unknown,
      iat: now,
      exp: now + 60,
      jti: crypto.randomUUID(),
    });
    const type = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };
    const answerTo = (claims: JsonObject, header: JsonObject = { alg: 'ES256', kid: 'client' }, signer = key) =>
      redeem(provider, { ...type, client_id: 'outlay', client_assertion: compact(header, claims, by(signer)) });

    const claims = honest();
    assert.ok('id_token' in (await answerTo(claims)));
    for (const [answer, why] of [
      [await answerTo(claims), 'jti was seen'],
      [await answerTo({ ...honest(), aud: [provider.issuer] }), 'aud is a list'],
      [await answerTo({ ...honest(), aud: `${provider.issuer}/token` }), 'aud is the endpoint'],
      [await answerTo({ ...honest(), exp: now + 600 }), 'it lasts too long'],
      [await answerTo({ ...honest(), exp: now - 1 }), 'it is over'],
      [await answerTo({ ...honest(), sub: 'another' }), 'sub is another'],
      [await answerTo(honest(), { alg: 'ES256' }), 'kid is missing'],
      [await answerTo(honest(), { alg: 'ES256', kid: 'client' }, stranger), 'another key signed'],
      [await answerTo(honest(), { alg: 'none', kid: 'client' }), 'it says that nobody signed'],
    ] as const) {
      assert.equal(answer['error'], 'invalid_client', why);
    }
    await stop(server);
  });

  it('takes a pushed request once, and no other where it insists on that', async () => {
    await using provider = await startHostileProvider({ par: 'required' });
    const response = await post(`${provider.issuer}/par`, asked, basic('outlay', 'any'));
    assert.equal(response.status, 201);
    const { request_uri: uri } = (await response.json()) as { request_uri: string };
    assert.deepEqual([...(await authorize(provider, asked))], []);
    const pushed = { client_id: 'outlay', request_uri: uri };
    assert.match((await authorize(provider, pushed)).get('code') ?? '', /^planted-code-/);
    assert.deepEqual([...(await authorize(provider, pushed))], []);
    assert.equal((await post(`${provider.issuer}/par`, asked)).status, 401);
  });
});
