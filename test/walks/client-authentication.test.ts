import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

const dashboardOf = async ({ world }: HostileWorld) => (await new HttpBrowser().follow(world.url('/login'))).url;

async function makeKey(alg: 'ES256' | 'PS256' | 'RS256' | 'EdDSA', kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid };
}

describe('Outlay proves to the provider that it is Outlay', () => {
  it('TOK-1 in exactly the way that was agreed on, and in no other', async () => {
    const ways = ['client_secret_basic', 'client_secret_post'] as const;
    // With what a form has to encode (RFC 6749 §2.3.1).
    const clientSecret = 'se cret:%/+ü';
    for (const method of ways) {
      for (const authentication of ways) {
        await using opened = await openHostileWorld(
          { provider: { authentication: { method, clientSecret } } },
          { authentication, clientSecret },
        );
        const landed = await dashboardOf(opened);
        assert.equal(landed === opened.world.url('/dashboard'), method === authentication, `${method} for ${authentication}`);
        const [token] = opened.provider.requests.filter(({ path }) => path === '/token');
        assert.equal(token?.headers.authorization !== undefined, method === 'client_secret_basic');
        assert.equal(new URLSearchParams(token?.body).has('client_secret'), method === 'client_secret_post');
      }
    }
  });

  it('TOK-2 by a key of its own: for this provider, for a minute, and once', async () => {
    for (const alg of ['ES256', 'PS256', 'EdDSA', 'RS256'] as const) {
      const keys = [await makeKey(alg, `key-${alg}`)];
      await using opened = await openHostileWorld(
        { provider: { authentication: { method: 'private_key_jwt', keys } } },
        { authentication: 'private_key_jwt', par: 'required' },
      );
      assert.equal(await dashboardOf(opened), opened.world.url('/dashboard'), alg);
      const { issuer, requests } = opened.provider;
      const assertions = requests.flatMap(({ body }) => new URLSearchParams(body).getAll('client_assertion'));
      assert.equal(assertions.length, 2, 'pushed request and code');
      for (const assertion of assertions) {
        const { aud, iss, sub, exp = 0, iat = 0, jti } = decodeJwt(assertion);
        assert.deepEqual({ aud, iss, sub }, { aud: issuer, iss: 'outlay', sub: 'outlay' });
        assert.ok(exp - iat <= 60 && Math.abs(iat - Date.now() / 1_000) < 30);
        assert.match(jti ?? '', /^[\w-]{20,}$/);
        assert.equal(decodeProtectedHeader(assertion).kid, `key-${alg}`);
      }
      assert.equal(new Set(assertions.map((assertion) => decodeJwt(assertion).jti)).size, 2);
      assert.ok(
        requests.every(
          ({ body, headers }) => !body.includes('client_secret') && !(headers.authorization ?? '').startsWith('Basic'),
        ),
      );
    }
  });

  it('TOK-3 with keys of which only what is public can be fetched, both while one takes over from the other', async () => {
    const keys = [await makeKey('ES256', 'old'), await makeKey('RS256', 'new')];
    await using opened = await openHostileWorld(
      { provider: { authentication: { method: 'private_key_jwt', keys } } },
      { authentication: 'private_key_jwt' },
    );
    const { body, headers } = await new HttpBrowser().ask(opened.world.url('/oidc/client-keys.json'));
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(headers.get('cache-control'), 'public, max-age=300');
    const published = (JSON.parse(body) as { keys: JWK[] }).keys;
    assert.deepEqual(
      published.map(({ alg, kid, use }) => ({ alg, kid, use })),
      [
        { alg: 'ES256', kid: 'old', use: 'sig' },
        { alg: 'RS256', kid: 'new', use: 'sig' },
      ],
    );
    for (const key of published) for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) assert.ok(!(member in key));
    assert.equal(await dashboardOf(opened), opened.world.url('/dashboard'), 'the old one signs');
  });

  it('TOK-3 and has no keys to fetch where it authenticates by a secret', async () => {
    await using opened = await openHostileWorld();
    assert.equal((await new HttpBrowser().ask(opened.world.url('/oidc/client-keys.json'))).status, 404);
  });
});

describe('npm run client-keys', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-keys-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const command = new URL('../../src/cli/outlay.ts', import.meta.url).pathname;
  const run = async (...args: string[]) => promisify(execFile)(process.execPath, [command, 'client-keys', ...args]);
  const kidsIn = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { keys: JWK[] }).keys.map(({ kid }) => kid);

  it('TOK-3 makes a key, adds one, and drops the older one, so that one is always known to the provider', async () => {
    const file = join(folder, 'keys.json');
    assert.match((await run(file)).stdout, /has a new key/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const [first] = kidsIn(file);
    assert.match((await run(file)).stdout, /has a second key/);
    const both = kidsIn(file);
    assert.equal(both[0], first, 'the first still signs');
    assert.match((await run(file)).stdout, /has lost its older key/);
    assert.deepEqual(kidsIn(file), both.slice(1));
  });

  it('changes nothing that is no file of keys, and says how it is used', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"name":"not keys"}');
    await assert.rejects(run(file), { code: 1, stderr: /Nothing was changed/ });
    assert.equal(readFileSync(file, 'utf8'), '{"name":"not keys"}');
    await assert.rejects(run(), { code: 2, stderr: /npm run client-keys -- FILE/ });
  });
});
