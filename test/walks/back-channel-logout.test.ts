import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { LOGOUT_EVENT, type LogoutTokenParts } from '../hostile-provider/logout-tokens.ts';
import { byNobody, bySecret, compact } from '../hostile-provider/signing.ts';

const path = '/logout/backchannel';
const clientSecret = 'the secret that both of them know';

/** As the provider's own server would: no cookie, no origin of ours. */
async function tell(address: string, body: string | URLSearchParams, headers: Record<string, string> = {}) {
  const answer = await fetch(address, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://id.example.com', ...headers },
  });
  return { status: answer.status, cache: answer.headers.get('cache-control'), body: await answer.text() };
}

const refused = { status: 400, cache: 'no-store', body: '{"error":"invalid_request"}' };
const done = { status: 200, cache: 'no-store', body: '' };

async function signIn({ provider, world }: HostileWorld, claims: JsonObject = {}): Promise<HttpBrowser> {
  const browser = new HttpBrowser();
  provider.behaviour = {
    claims: (honest) => ({ ...honest, sid: 'sid-1', ...claims }),
    userInfo: (honest) => ({ ...honest, ...(claims['sub'] !== undefined && { sub: claims['sub'] }) }),
  };
  const { url } = await browser.follow(world.url('/login'));
  assert.equal(url, world.url('/dashboard'));
  return browser;
}

const isIn = async (browser: HttpBrowser, at: { url(path: string): string }) =>
  (await browser.ask(at.url('/dashboard'))).status === 200;

describe('a logout told by the provider', () => {
  let opened: HostileWorld;
  let alice: HttpBrowser;
  before(async () => {
    opened = await openHostileWorld(
      { provider: { authentication: { method: 'client_secret_basic', clientSecret } } },
      { clientSecret },
    );
    alice = await signIn(opened);
  });
  after(() => opened[Symbol.asyncDispose]());

  const token = (parts: LogoutTokenParts = {}) =>
    opened.provider.makeLogoutToken({ ...parts, claims: { sub: 'sub-alice', sid: 'sid-1', ...parts.claims } });
  const tellOf = (logoutToken: string) => tell(opened.world.url(path), new URLSearchParams({ logout_token: logoutToken }));
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  const wrong: readonly (readonly [string, () => string])[] = [
    [
      'BCL-2 is not signed',
      () => token({ header: { alg: 'none' }, sign: (header, claims) => compact(header, claims, byNobody) }),
    ],
    [
      'BCL-2 is signed with the client’s secret',
      () => token({ header: { alg: 'HS256' }, sign: (header, claims) => compact(header, claims, bySecret(clientSecret)) }),
    ],
    [
      'BCL-2 is signed with the public key as a secret',
      () =>
        token({
          header: { alg: 'HS256' },
          sign: (header, claims) => {
            const input = `${encode(header)}.${encode(claims)}`;
            const pem = opened.provider.key.publicKey.export({ type: 'spki', format: 'pem' });
            return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
          },
        }),
    ],
    ['BCL-2 has another signature', () => `${token().slice(0, -8)}AAAAAAAA`],
    ['BCL-3 comes from another issuer', () => token({ claims: { iss: 'https://evil.example' } })],
    ['BCL-3 is for somebody else', () => token({ claims: { aud: 'other' } })],
    ['BCL-3 is for us and somebody else', () => token({ claims: { aud: ['outlay', 'other'] } })],
    ['BCL-3 has expired', () => token({ claims: { exp: Math.floor(Date.now() / 1_000) - 31 } })],
    ['BCL-3 never expires', () => token({ claims: { exp: undefined } })],
    ['BCL-3 does not say when it was issued', () => token({ claims: { iat: undefined } })],
    ['BCL-3 was issued in the future', () => token({ claims: { iat: Math.floor(Date.now() / 1_000) + 60 } })],
    ['BCL-3 was issued yesterday', () => token({ claims: { iat: Math.floor(Date.now() / 1_000) - 86_400 } })],
    ['BCL-4 names nobody', () => token({ claims: { sub: undefined, sid: undefined } })],
    ['BCL-4 names nobody in words', () => token({ claims: { sub: undefined, sid: 5 } })],
    ['BCL-5 has no event', () => token({ claims: { events: undefined } })],
    ['BCL-5 has another event', () => token({ claims: { events: { 'https://evil.example/event': {} } } })],
    ['BCL-5 has an event that is no object', () => token({ claims: { events: { [LOGOUT_EVENT]: true } } })],
    ['BCL-5 has a list of events', () => token({ claims: { events: [LOGOUT_EVENT] } })],
    ['BCL-6 has a nonce, as an ID Token has', () => token({ claims: { nonce: 'x' } })],
    ['BCL-7 has no id', () => token({ claims: { jti: undefined } })],
    ['BCL-8 has no type', () => token({ header: { typ: undefined } })],
    ['BCL-8 calls itself a JWT', () => token({ header: { typ: 'JWT' } })],
    ['BCL-8 calls itself an access token', () => token({ header: { typ: 'at+jwt' } })],
    ['BCL-8 calls itself a security event', () => token({ header: { typ: 'secevent+jwt' } })],
    ['BCL-2 is an ID Token', () => opened.provider.issued[0] ?? 'none was issued'],
    ['BCL-1 is no token', () => 'x'],
  ];
  for (const [what, make] of wrong) {
    it(`${what}: it is refused, and nobody is signed out`, async () => {
      assert.deepEqual(await tellOf(make()), refused);
      assert.ok(await isIn(alice, opened.world));
      assert.ok(opened.world.log.some(({ event }) => event === 'logout-refused'));
    });
  }

  it('BCL-1 is a POST of a form with one token in it, not too large; the rest of the form is nobody’s business', async () => {
    const { world } = opened;
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
      const { headers, status } = await new HttpBrowser().ask(world.url(path), { method, headers: { origin: world.baseUrl } });
      assert.equal(status, 405, method);
      assert.equal(headers.get('allow'), 'POST');
    }
    const good = () => token({ claims: { sub: 'nobody-here', sid: undefined } });
    const address = world.url(path);
    assert.deepEqual(await tell(address, `logout_token=${good()}&logout_token=${good()}`), refused);
    assert.deepEqual(await tell(address, ''), refused);
    assert.deepEqual(await tell(address, 'logout_token='), refused);
    assert.deepEqual(
      await tell(address, JSON.stringify({ logout_token: good() }), { 'content-type': 'application/json' }),
      refused,
    );
    assert.deepEqual(await tell(address, `logout_token=${good()}&x=${'x'.repeat(40_000)}`), refused);
    assert.deepEqual(await tell(address, `logout_token=${good()}&state=x&__proto__=y`), done);
  });

  it('BCL-8 of somebody who is not here is answered like any other: nobody learns who is', async () => {
    assert.deepEqual(await tellOf(token({ claims: { sub: 'somebody', sid: undefined } })), done);
    assert.deepEqual(await tellOf(token({ claims: { sub: undefined, sid: 'another' } })), done);
    assert.deepEqual(await tellOf(token({ claims: { sub: 'sub-charlie', sid: 'sid-1' } })), done, 'nor whose session it is');
    assert.ok(await isIn(alice, opened.world));
  });

  it('BCL-10 that cannot be verified, because the keys cannot be had, is not done and not said to be', async () => {
    await using other = await openHostileWorld();
    other.provider.behaviour = { jwksAnswer: () => ({ status: 503, headers: {}, body: '' }) };
    const logoutToken = other.provider.makeLogoutToken({ claims: { sub: 'sub-alice' } });
    assert.deepEqual(await tell(other.world.url(path), new URLSearchParams({ logout_token: logoutToken })), refused);
  });
});

describe('a logout told by a provider that types its tokens otherwise', () => {
  for (const [mode, accepted] of [
    ['absent', [undefined, 'logout+jwt', 'application/logout+jwt']],
    ['JWT', [undefined, 'JWT', 'jwt', 'logout+jwt']],
  ] as const) {
    it(`BCL-8 is believed where the operator allowed it: ${mode}`, async () => {
      await using opened = await openHostileWorld({ provider: { logoutTokenType: mode } });
      for (const typ of [...accepted, 'at+jwt', 'secevent+jwt', 'JWS']) {
        const logoutToken = opened.provider.makeLogoutToken({ header: { typ }, claims: { sub: 'somebody' } });
        const { status } = await tell(opened.world.url(path), new URLSearchParams({ logout_token: logoutToken }));
        assert.equal(status, (accepted as readonly unknown[]).includes(typ) ? 200 : 400, String(typ));
      }
    });
  }
});

describeOnBothEngines('a logout told by the provider', (engine) => {
  let opened: HostileWorld;
  before(async () => {
    opened = await openHostileWorld({ engine });
  });
  after(() => opened[Symbol.asyncDispose]());

  const tellOf = (logoutToken: string) => tell(opened.world.url(path), new URLSearchParams({ logout_token: logoutToken }));

  it('BCL-9 BCL-10 ends the one session it names, has done so when it answers, and in every process', async () => {
    const { provider, world } = opened;
    await using second = await world.openBeside();
    const [one, two] = [await signIn(opened, { sid: 'sid-one' }), await signIn(opened, { sid: 'sid-two' })];
    assert.deepEqual(await tellOf(provider.makeLogoutToken({ claims: { sub: 'sub-alice', sid: 'sid-one' } })), done);
    const left = await world.db.selectFrom('session').select('sid').execute();
    assert.deepEqual(
      left.map(({ sid }) => sid),
      ['sid-two'],
    );
    for (const process of [world, second]) {
      assert.ok(!(await isIn(one, process)));
      assert.ok(await isIn(two, process));
    }
  });

  it('BCL-9 ends all that somebody has, where it names only them, and nobody else’s', async () => {
    const { provider, world } = opened;
    const mine = [await signIn(opened, { sid: 'a' }), await signIn(opened, { sid: undefined })];
    const other = await signIn(opened, { sub: 'sub-charlie', sid: 'c' });
    assert.deepEqual(await tellOf(provider.makeLogoutToken({ claims: { sub: 'sub-alice' } })), done);
    for (const browser of mine) assert.ok(!(await isIn(browser, world)));
    assert.ok(await isIn(other, world));
  });

  it('BCL-7 counts once: told again, it is refused and ends nothing that began since', async () => {
    const { provider, world } = opened;
    const logoutToken = provider.makeLogoutToken({ claims: { sub: 'sub-alice' } });
    assert.deepEqual(await tellOf(logoutToken), done);
    const browser = await signIn(opened);
    const leaving = new HttpBrowser();
    const { location = '' } = await leaving.ask(world.url('/login'));
    const { location: callback = '' } = await leaving.ask(location);
    await using second = await world.openBeside();
    for (const process of [world, second]) {
      assert.deepEqual(await tell(process.url(path), new URLSearchParams({ logout_token: logoutToken })), refused);
    }
    assert.ok(await isIn(browser, world));
    assert.equal((await leaving.ask(callback)).status, 303, 'nor is a sign-in stopped that was under way');
  });

  it('BCL-7 counts once, also when it is told ten times at once', async () => {
    const logoutToken = opened.provider.makeLogoutToken({ claims: { sub: 'sub-alice' } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => tellOf(logoutToken)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  for (const [what, claims] of [
    ['of the person', { sub: 'sub-alice' }],
    ['of the session', { sid: 'sid-race' }],
  ] as const) {
    it(`BCL-11 ${what}, while they are signing in, wins: no session opens`, async () => {
      const { provider, world } = opened;
      const browser = new HttpBrowser();
      provider.behaviour = { claims: (honest) => ({ ...honest, sid: 'sid-race' }) };
      const { location = '' } = await browser.ask(world.url('/login'));
      const { location: callback = '' } = await browser.ask(location);
      assert.deepEqual(await tellOf(provider.makeLogoutToken({ claims })), done);
      const { body, status } = await browser.ask(callback);
      assert.equal(status, 400);
      assert.match(body, /You were signed out while you were signing in/);
      assert.equal(world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'access-ended');
      assert.ok(!(await isIn(browser, world)));
      const rows = await world.db.selectFrom('session').select('id_hash').where('sid', '=', 'sid-race').execute();
      assert.deepEqual(rows, []);
      assert.ok(await isIn(await signIn(opened, { sid: 'sid-race' }), world), 'and the next sign-in works');
    });
  }
});
