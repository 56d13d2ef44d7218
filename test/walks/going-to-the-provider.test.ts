import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { openWorld, type World } from '../world.ts';

type Parameters = Readonly<Record<string, string>>;

/** What the browser is asked to carry to the provider. */
async function requestFrom(world: World, path = '/login', headers: Readonly<Record<string, string>> = {}): Promise<Parameters> {
  const { location = '' } = await new HttpBrowser().ask(world.url(path), { headers });
  return Object.fromEntries(new URL(location).searchParams);
}

describe('going to the provider', () => {
  let opened: HostileWorld;
  let world: World;
  before(async () => {
    opened = await openHostileWorld();
    world = opened.world;
  });
  after(() => opened[Symbol.asyncDispose]());

  it('AUR-1 AUR-7 asks for a code, with what proves that the answer is ours, and for no more than is needed', async () => {
    const { state, nonce, code_challenge: challenge, ...rest } = await requestFrom(world);
    assert.deepEqual(rest, {
      client_id: 'outlay',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${world.baseUrl}/authorization-code/callback`,
      code_challenge_method: 'S256',
    });
    for (const value of [state, nonce, challenge]) assert.match(value ?? '', /^[\w-]{43}$/);
  });

  it('AUR-2 AUR-3 AUR-4 takes fresh secrets of 256 bits each time, a thousand times, and shows none in a cookie', async () => {
    const answers = [];
    for (let round = 0; round < 20; round += 1) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, () => new HttpBrowser().ask(world.url('/login?return_to=/team/finance'))),
        )),
      );
    }
    const seen = new Set<string>();
    for (const { headers, location } of answers) {
      const { state = '', nonce = '', code_challenge: challenge = '' } = Object.fromEntries(new URL(location ?? '').searchParams);
      const cookies = headers.getSetCookie().join();
      for (const secret of [state, nonce, challenge]) {
        assert.equal(Buffer.from(secret, 'base64url').byteLength, 32);
        assert.ok(!cookies.includes(secret));
        seen.add(secret);
      }
      assert.doesNotMatch(Buffer.from(state, 'base64url').toString('latin1'), /team|finance/, 'the path is nowhere in the state');
    }
    assert.equal(seen.size, 3_000);
  });

  it('AUR-5 names the callback as it was registered, whatever the headers say', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      forwarded: 'host=evil.example;proto=https',
    };
    const { redirect_uri: redirectUri } = await requestFrom(world, '/login', headers);
    assert.equal(redirectUri, `${world.baseUrl}/authorization-code/callback`);
  });

  it('AUR-8 writes nothing for a stranger, neither a row nor a session’s cookie', async () => {
    const browser = new HttpBrowser();
    for (const path of ['/', '/login', '/dashboard', '/team/finance', '/nowhere']) await browser.ask(world.url(path));
    for (const table of ['session', 'used_nonce', 'person', 'audit_entry', 'audit_pending'] as const) {
      assert.deepEqual(await world.db.selectFrom(table).selectAll().execute(), []);
    }
    const names = (await browser.cookies.getCookies(world.url('/'))).map(({ key }) => key);
    assert.ok(
      names.every((name) => name.startsWith('outlay-attempt-')),
      names.join(),
    );
    assert.equal((await new HttpBrowser().ask(world.url('/'))).headers.get('set-cookie'), null);
  });

  it('AUR-9 is a 303 that no cache keeps and that the next site is not told of', async () => {
    const { headers, status } = await new HttpBrowser().ask(world.url('/login'));
    assert.equal(status, 303);
    assert.equal(headers.get('cache-control'), 'private, no-store');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  });

  it('AUR-10 carries nothing that somebody put into the address', async () => {
    const injected =
      'prompt=none&max_age=0&acr_values=low&login_hint=mallory&domain_hint=x&scope=admin&response_type=token&client_id=other';
    const more = 'response_mode=fragment&request_uri=x&redirect_uri=https://evil.example&ticket=x&state=x&nonce=x&claims={}';
    const {
      state: _state,
      nonce: _nonce,
      code_challenge: _challenge,
      ...rest
    } = await requestFrom(world, `/login?${injected}&${more}`);
    assert.deepEqual(Object.keys(rest).toSorted(), [
      'client_id',
      'code_challenge_method',
      'redirect_uri',
      'response_type',
      'scope',
    ]);
    assert.equal(rest['scope'], 'openid profile email');
    assert.equal(rest['response_type'], 'code');
  });
});

describe('going to the provider, as the operator wants it', () => {
  it('AUR-10 IDT-9 asks for how strongly and how recently somebody must have signed in', async () => {
    await using opened = await openHostileWorld({ provider: { acrValues: ['phr', 'mfa'], maxAge: 3_600 } });
    const { acr_values: acrValues, max_age: maxAge } = await requestFrom(opened.world);
    assert.deepEqual({ acrValues, maxAge }, { acrValues: 'phr mfa', maxAge: '3600' });
  });

  it('FAP-1 pushes the request where the provider takes it: the browser carries a reference and nothing else', async () => {
    await using opened = await openHostileWorld({}, { par: 'required' });
    const { client_id: clientId, request_uri: requestUri, ...rest } = await requestFrom(opened.world);
    assert.equal(clientId, 'outlay');
    assert.match(requestUri ?? '', /^urn:/);
    assert.deepEqual(rest, {});
    const browser = new HttpBrowser();
    assert.equal((await browser.follow(opened.world.url('/login'))).url, opened.world.url('/dashboard'));
    assert.equal(opened.provider.requests.filter(({ path }) => path === '/par').length, 2, 'one per attempt');
  });

  it('FAP-1 pushes it to a certified provider as well', async () => {
    await using world = await openWorld();
    assert.deepEqual(Object.keys(await requestFrom(world)).toSorted(), ['client_id', 'request_uri']);
    assert.equal((await world.signIn('alice')).landed.status, 200);
  });
});
