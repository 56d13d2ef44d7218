import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { walkThrough } from '../hostile-provider/walk.ts';
import { openWorld } from '../world.ts';

const dana = { email: 'dana@example.com' };

describeOnBothEngines('who somebody is', (engine) => {
  it('IDM-4 is issuer and subject: one address at two providers is two people, and a new address the same person', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    const people = () => world.db.selectFrom('person').select(['issuer', 'subject', 'email']).orderBy('admitted_at').execute();
    await walkThrough(world.url(''), provider, {});
    await world.db.updateTable('person').set({ issuer: 'https://other.example.com' }).execute();
    await walkThrough(world.url(''), provider, {});
    assert.equal((await people()).length, 2);
    await walkThrough(world.url(''), provider, { userInfo: (claims) => ({ ...claims, email: 'alice.archer@example.com' }) });
    assert.deepEqual(
      (await people()).map(({ issuer, email }) => ({ issuer, email })),
      [
        { issuer: 'https://other.example.com', email: 'alice@example.com' },
        { issuer: provider.issuer, email: 'alice.archer@example.com' },
      ],
    );
  });

  it('IDT-7 is the subject to the letter: another case is another person', async () => {
    await using opened = await openHostileWorld({ engine });
    for (const sub of ['Sub-Alice', 'sub-alice']) {
      const { signedIn } = await walkThrough(opened.world.url(''), opened.provider, {
        claims: (claims) => ({ ...claims, sub }),
        userInfo: (claims) => ({ ...claims, sub }),
      });
      assert.ok(signedIn);
    }
    assert.equal((await opened.world.db.selectFrom('person').select('id').execute()).length, 2);
  });

  it('IDM-9 is unknown to us: by default they come in and see nothing, and where nobody new may, they are told so', async () => {
    await using open = await openHostileWorld({ engine });
    open.provider.behaviour = { userInfo: (claims) => ({ ...claims, email: 'new@example.com' }) };
    const stranger = new HttpBrowser();
    assert.match((await stranger.follow(open.world.url('/login'))).body, /You are not part of any team yet/);
    assert.equal((await stranger.ask(open.world.url('/team/finance'))).status, 404);
    assert.equal((await open.world.db.selectFrom('person').select('id').execute()).length, 1);

    await using closed = await openHostileWorld({ engine, admitNewPeople: false });
    const { answer, signedIn } = await walkThrough(closed.world.url(''), closed.provider, {});
    assert.equal(answer.status, 403);
    assert.ok(!signedIn);
    assert.equal(
      answer.headers.getSetCookie().filter((cookie) => /^outlay=[^;]/.test(cookie)).length,
      0,
      'no cookie of no session',
    );
    assert.match(answer.body, /You have no access yet/);
    assert.equal(closed.world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'person-unknown');
    for (const table of ['person', 'session'] as const) {
      assert.deepEqual(await closed.world.db.selectFrom(table).selectAll().execute(), []);
    }
    const known = { id: 'known', issuer: closed.provider.issuer, subject: 'sub-alice', name: null, email: null };
    const at = new Date().toISOString();
    await closed.world.db
      .insertInto('person')
      .values({ ...known, email_verified: 0, admitted_at: at, signed_in_at: at })
      .execute();
    assert.ok((await walkThrough(closed.world.url(''), closed.provider, {})).signedIn, 'whoever is known comes in');
  });

  it('IDT-6 was told to us once: the same answer opens no second session, also in another process', async () => {
    const sessionSecret = 'one secret for two Outlays over one database';
    await using opened = await openHostileWorld({ engine, sessionSecret });
    const { provider, world } = opened;
    const browser = new HttpBrowser();
    const { location = '' } = await browser.ask(world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    const replay = browser.copy();
    assert.equal((await browser.ask(callback)).status, 303);
    await using second = await world.openBeside();
    // A provider that takes a code twice, and says the same of it: only our own memory of the nonce is left.
    const [token = ''] = provider.issued;
    const before = await world.db.selectFrom('person').selectAll().execute();
    provider.behaviour = {
      // Nor does it change what we know of her: another address would bring another person's rights.
      userInfo: (claims) => ({ ...claims, ...dana, email_verified: true }),
      tokenAnswer: () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: 'planted-access-x', token_type: 'Bearer', id_token: token }),
      }),
    };
    const { status } = await replay.ask(callback.replace(world.url(''), second.url('')), {
      headers: { cookie: await replay.cookies.getCookieString(callback) },
    });
    assert.equal(status, 400);
    assert.equal(world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'attempt-used');
    assert.equal((await world.db.selectFrom('session').select('id_hash').execute()).length, 1);
    assert.deepEqual(await world.db.selectFrom('person').selectAll().execute(), before);
  });
});

describe('what the provider says of somebody', () => {
  const notVerified: Readonly<Record<string, JsonObject>> = {
    'not verified': { ...dana, email_verified: false },
    'not said to be verified': dana,
    'verified as text': { ...dana, email_verified: 'true' },
    'verified elsewhere': { email: 'DANA@example.com\u200B', email_verified: true },
  };
  for (const [what, told] of Object.entries(notVerified)) {
    it(`IDM-5 is an admin’s address, ${what}: it makes nobody that admin, and gives nothing`, async () => {
      await using opened = await openHostileWorld();
      const { provider, world } = opened;
      const browser = new HttpBrowser();
      provider.behaviour = { userInfo: ({ sub, name }) => ({ sub, name, ...told }) };
      const { body } = await browser.follow(world.url('/login'));
      assert.match(body, /You are not part of any team yet/);
      assert.equal((await browser.ask(world.url('/team/finance'))).status, 404);
    });
  }

  it('IDM-10 is shown as text, without what could make it look like something else, and no longer than a name', async () => {
    await using opened = await openHostileWorld();
    const browser = new HttpBrowser();
    const name = `<b>Al\u202Eice</b>\r\nX-Injected: 1\u0000 "Ar'cher" ${'é'.repeat(500)}`;
    opened.provider.behaviour = { userInfo: (claims) => ({ ...claims, name }) };
    const { body, headers } = await browser.follow(opened.world.url('/login'));
    assert.ok(body.includes('&lt;b&gt;Alice&lt;/b&gt;X-Injected: 1 &quot;Ar&#39;cher&quot; é'));
    assert.equal(headers.get('x-injected'), null);
    assert.ok(!body.includes('é'.repeat(200)));
  });

  it('IDM-10 is neither a name nor an address: the pages still speak to them sensibly', async () => {
    await using world = await openWorld();
    const { browser } = await world.signIn('nameless');
    for (const path of ['/', '/dashboard', '/profile']) {
      const { body, status } = await browser.ask(world.url(path));
      assert.equal(status, 200);
      assert.doesNotMatch(body, /Welcome, <|Hello, \.|undefined|null/, path);
      assert.match(body, /Signed-in person/);
    }
  });

  it('IDM-2 is asked for once, with the access token in the header and nowhere else', async () => {
    await using opened = await openHostileWorld();
    await new HttpBrowser().follow(opened.world.url('/login'));
    const asked = opened.provider.requests.filter(({ path }) => path !== '/authorize');
    const told = asked.filter((request) =>
      JSON.stringify([request.path, [...request.query], request.body]).includes('planted-access'),
    );
    assert.deepEqual(told, []);
    const [userInfo, ...more] = asked.filter(({ path }) => path === '/userinfo');
    assert.match(userInfo?.headers.authorization ?? '', /^Bearer planted-access-/);
    assert.deepEqual(more, []);
    assert.equal(asked.filter(({ path }) => path === '/token').length, 1);
  });
});

describe('how somebody proved who they are', () => {
  const asked = { acrValues: ['phr', 'mfa'], maxAge: 600 };
  const now = () => Math.floor(Date.now() / 1_000);
  const enough: Readonly<Record<string, JsonObject>> = {
    'as strongly as asked': { acr: 'mfa' },
    'in the preferred way, nine minutes ago': { acr: 'phr', auth_time: now() - 540 },
  };
  const tooLittle: Readonly<Record<string, JsonObject>> = {
    'more weakly': { acr: 'pwd' },
    'in a way that is not named': { acr: undefined },
    'in a way that only looks like it': { acr: 'mfa phr' },
    'too long ago': { acr: 'mfa', auth_time: now() - 700 },
    'without saying when': { acr: 'mfa', auth_time: undefined },
  };
  for (const [what, claims] of Object.entries(enough)) {
    it(`IDT-9 ${what}: they are signed in, and the log says how`, async () => {
      await using opened = await openHostileWorld({ provider: asked });
      const { signedIn } = await walkThrough(opened.world.url(''), opened.provider, {
        claims: (honest) => ({ ...honest, ...claims, amr: ['pwd', 'otp'] }),
      });
      assert.ok(signedIn);
      const { acr, amr, issuer, subject, authTime } = opened.world.log.findLast(({ event }) => event === 'signed-in') ?? {};
      assert.deepEqual(
        { acr, amr, issuer, subject },
        { acr: claims['acr'], amr: ['pwd', 'otp'], issuer: opened.provider.issuer, subject: 'sub-alice' },
      );
      assert.match(String(authTime), /^\d{4}-/);
    });
  }
  for (const [what, claims] of Object.entries(tooLittle)) {
    it(`IDT-9 ${what}: nobody is signed in, and the page says what to do`, async () => {
      await using opened = await openHostileWorld({ provider: asked });
      const { answer, signedIn } = await walkThrough(opened.world.url(''), opened.provider, {
        claims: (honest) => ({ ...honest, ...claims }),
      });
      assert.ok(!signedIn);
      assert.match(answer.body, /asks for a stronger sign-in/);
      assert.equal(opened.world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'sign-in-too-weak');
    });
  }
});

describe('two clocks', () => {
  it('KEY-6 may differ by the tolerance, which is one setting, and by no more', async () => {
    for (const [clockTolerance, differs, signsIn] of [
      [30, 29, true],
      [30, 32, false],
      [300, 295, true],
      [0, 5, false],
    ] as const) {
      await using opened = await openHostileWorld({ provider: { clockTolerance } });
      const { signedIn } = await walkThrough(opened.world.url(''), opened.provider, {
        claims: ({ iat, ...claims }) => ({ ...claims, iat: Number(iat) + differs, exp: Number(iat) + 300 }),
      });
      assert.equal(signedIn, signsIn, `${differs} of ${clockTolerance}`);
    }
  });

  it('KEY-6 that differ by five minutes are measured: the page says that it is the clock, and the log by how much', async () => {
    for (const direction of [-1, 1]) {
      await using opened = await openHostileWorld();
      opened.world.advance(direction * 5 * 60_000);
      const { answer, signedIn } = await walkThrough(opened.world.url(''), opened.provider, {
        claims: (claims) => ({ ...claims, exp: Number(claims['iat']) + 60 }),
      });
      assert.ok(!signedIn);
      assert.match(answer.body, /clock of Outlay and that of your company’s sign-in do not agree/);
      const { reason, clockOffset } = opened.world.log.findLast(({ event }) => event === 'sign-in-refused') ?? {};
      assert.equal(reason, 'clocks-differ');
      assert.ok(Math.abs(Number(clockOffset) + direction * 300) <= 2, String(clockOffset));
    }
  });
});
