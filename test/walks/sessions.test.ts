import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { endAccess } from '../../src/people/access.ts';
import { hashSessionId } from '../../src/people/sessions.ts';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

async function signIn(
  { provider, world }: HostileWorld,
  claims: JsonObject = {},
  browser = new HttpBrowser(),
): Promise<HttpBrowser> {
  provider.behaviour = { claims: (honest) => ({ ...honest, ...claims }) };
  await browser.follow(world.url('/login'));
  return browser;
}

const isIn = async (browser: HttpBrowser, at: { url(path: string): string }) =>
  (await browser.ask(at.url('/dashboard'))).status === 200;
const cookieOf = async (browser: HttpBrowser, { world }: HostileWorld) =>
  (await browser.cookies.getCookies(world.url('/'))).find(({ key }) => key === 'outlay')?.value ?? '';

describe('a session’s cookie', () => {
  it('SES-1 is 256 random bits and a signature, and another one after each sign-in', async () => {
    await using opened = await openHostileWorld();
    const browser = await signIn(opened);
    const first = decodeURIComponent(await cookieOf(browser, opened));
    assert.match(first, /^s:[\w-]{43}\.[\w+/=]{43}$/);
    const rows = JSON.stringify(await opened.world.db.selectFrom('session').selectAll().execute());
    assert.ok(!rows.includes(first.slice(2, 45)), 'whoever reads the database has no session by it');
    const stolen = browser.copy();
    await signIn(opened, {}, browser);
    assert.notEqual(decodeURIComponent(await cookieOf(browser, opened)), first);
    assert.ok(!(await isIn(stolen, opened.world)), 'the old one is dead');
    assert.ok(await isIn(browser, opened.world));
  });

  it('SES-1 that somebody brings along is never the one they get', async () => {
    await using opened = await openHostileWorld();
    const fixed = await cookieOf(await signIn(opened), opened);
    await endAccess(opened.world.db, { issuer: opened.provider.issuer, subject: 'sub-alice' }, () => new Date(0));
    const victim = new HttpBrowser();
    await victim.cookies.setCookie(`outlay=${fixed}; Path=/`, opened.world.url('/'));
    await signIn(opened, {}, victim);
    assert.notEqual(await cookieOf(victim, opened), fixed);
  });

  it('SES-2 is short, and as long whatever the provider sends', async () => {
    await using opened = await openHostileWorld();
    const small = await cookieOf(await signIn(opened), opened);
    const large = await cookieOf(await signIn(opened, { groups: 'x'.repeat(10_000), sid: 's'.repeat(900) }), opened);
    assert.equal(decodeURIComponent(small).length, decodeURIComponent(large).length);
    assert.ok(`outlay=${small}`.length < 150);
  });

  it('SES-2 belongs to this host, to https, and to no script', async () => {
    await using opened = await openHostileWorld({ baseUrl: 'https://outlay.example' });
    const { world } = opened;
    const begun = await new HttpBrowser().ask(world.url('/login'));
    const { location = '' } = await new HttpBrowser().ask(begun.location ?? '');
    assert.ok(location.startsWith('https://outlay.example/'));
    // As a proxy in front hands it on, which a browser's own cookie jar would not do over http.
    const [attempt = ''] = begun.headers.getSetCookie();
    const cookie = attempt.split(';', 1)[0] ?? '';
    const { headers } = await new HttpBrowser().ask(location.replace('https://outlay.example', world.url('')), {
      headers: { cookie },
    });
    const cookies = [
      ...begun.headers.getSetCookie(),
      ...headers.getSetCookie().filter((text) => text.startsWith('__Host-outlay=')),
    ];
    assert.equal(cookies.length, 2);
    for (const text of cookies) {
      assert.match(text, /^__Host-outlay(-attempt-[\w-]+)?=/);
      for (const attribute of ['Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax'])
        assert.ok(text.includes(`; ${attribute}`), attribute);
      assert.doesNotMatch(text, /Domain/i);
    }
  });
});

describeOnBothEngines('sessions', (engine) => {
  let opened: HostileWorld;
  before(async () => {
    opened = await openHostileWorld({ engine });
  });
  after(() => opened[Symbol.asyncDispose]());

  async function signInFrom(userAgent: string, browser = new HttpBrowser()): Promise<void> {
    const { location = '' } = await browser.ask(opened.world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    await browser.ask(callback, { headers: { 'user-agent': userAgent } });
  }

  it('SES-4 know whose they are, how and where they began, and are found by the provider’s names', async () => {
    const { provider, world } = opened;
    provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-4', acr: 'mfa', amr: ['pwd', 'otp'] }) };
    await signInFrom('Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0');
    const row = await world.db.selectFrom('session').selectAll().where('sid', '=', 'sid-4').executeTakeFirstOrThrow();
    const { issuer, subject, acr, amr, device } = row;
    assert.deepEqual(
      { issuer, subject, acr, amr, device },
      { issuer: provider.issuer, subject: 'sub-alice', acr: 'mfa', amr: 'pwd otp', device: 'Firefox on Windows' },
    );
    assert.match(row.auth_time ?? '', /^\d{4}-/);
    assert.match(row.address, /127\.0\.0\.1|::1/);
    const names = await indexNames();
    for (const index of ['session_issuer_sid', 'session_issuer_subject']) assert.ok(names.includes(index), index);
  });

  async function indexNames(): Promise<string[]> {
    const { rows } =
      engine === 'sqlite'
        ? await sql<{ name: string }>`select name from sqlite_master where type = 'index'`.execute(opened.world.db)
        : await sql<{ name: string }>`select indexname as name from pg_indexes`.execute(opened.world.db);
    return rows.map(({ name }) => name);
  }

  it('SES-5 that have ended stay so, also when the same person signs in again', async () => {
    const { provider, world } = opened;
    const [one, two] = [await signIn(opened), await signIn(opened)];
    const old = one.copy();
    await endAccess(world.db, { issuer: provider.issuer, subject: 'sub-alice' }, () => new Date());
    await signIn(opened, {}, one);
    assert.ok(await isIn(one, world));
    for (const browser of [two, old]) assert.ok(!(await isIn(browser, world)));
  });

  it('SES-6 are listed for their person, who ends one: it is over on its next request, in every process', async () => {
    const { world } = opened;
    const [mine, lost] = [await signIn(opened), await signIn(opened)];
    await using second = await world.openBeside();
    const { body } = await mine.ask(world.url('/profile'));
    const links = [...body.matchAll(/action="(\/sessions\/[\w-]{43}\/ending)"/g)].map(([, link = '']) => link);
    const lostCookie = await cookieOf(lost, opened);
    const id = decodeURIComponent(lostCookie).slice(2).split('.')[0] ?? '';
    const link = `/sessions/${hashSessionId(id)}/ending`;
    assert.ok(links.includes(link));
    assert.equal((await mine.ask(world.url(link), { method: 'POST' })).location, world.url('/profile'));
    for (const process of [world, second]) {
      assert.ok(!(await isIn(lost, process)));
      assert.ok(await isIn(mine, process));
    }
    assert.equal((await mine.ask(world.url(link), { method: 'POST' })).status, 404, 'it is not there any more');
  });

  it('SES-6 are listed by device, and the one that asks is marked instead of having a button', async () => {
    const { provider, world } = opened;
    provider.behaviour = {};
    await world.db.deleteFrom('session').execute();
    const mine = new HttpBrowser();
    await signInFrom('Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0', mine);
    assert.ok(!(await mine.ask(world.url('/profile'))).body.includes('End all other sessions'), 'there is no other');
    await signInFrom('Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/142.0.0.0 Safari/537.36');
    const { body } = await mine.ask(world.url('/profile'));
    const listed = body.split('<li class="session">').slice(1);
    const items = listed.map((text) => text.split('</li>', 1)[0] ?? '');
    assert.equal(items.length, 2);
    for (const [device, isThis] of [
      ['Firefox on Windows', true],
      ['Chrome on a Chromebook', false],
    ] as const) {
      const item = items.find((text) => text.includes(`<strong>${device}</strong>`)) ?? assert.fail(device);
      assert.equal(item.includes('This browser'), isThis);
      assert.equal(item.includes('/ending"'), !isThis);
    }
  });

  it('SES-6 of others are not theirs to end, and no odd name of one is an error', async () => {
    const { provider, world } = opened;
    const mine = await signIn(opened);
    provider.behaviour = {
      claims: (claims) => ({ ...claims, sub: 'sub-charlie' }),
      userInfo: (claims) => ({ ...claims, sub: 'sub-charlie' }),
    };
    const theirs = new HttpBrowser();
    await theirs.follow(world.url('/login'));
    const row = await world.db
      .selectFrom('session')
      .select('id_hash')
      .where('subject', '=', 'sub-charlie')
      .executeTakeFirstOrThrow();
    for (const id of [row.id_hash, '%00', 'x'.repeat(3_000), '__proto__', '%E0%A4%A', "'; drop table session; --"]) {
      assert.equal((await mine.ask(world.url(`/sessions/${id}/ending`), { method: 'POST' })).status, 404, id.slice(0, 50));
    }
    assert.equal((await mine.ask(world.url(`/sessions/${'x'.repeat(10_000)}/ending`), { method: 'POST' })).status, 414);
    assert.ok(await isIn(theirs, world));
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });

  it('that have ended are cleared away once a minute when somebody signs in, a thousand at a time', async () => {
    const { world } = opened;
    await world.db.deleteFrom('session').execute();
    await signIn(opened);
    const row = await world.db.selectFrom('session').selectAll().executeTakeFirstOrThrow();
    await world.db
      .updateTable('session')
      .set({ seen_at: new Date(0).toISOString() })
      .execute();
    const old = Array.from({ length: 1_249 }, (_, index) => ({
      ...row,
      id_hash: `old-${index}`,
      seen_at: new Date(0).toISOString(),
    }));
    await world.db.insertInto('session').values(old).execute();
    const count = async () => (await world.db.selectFrom('session').select('id_hash').execute()).length;
    // One person has ten at most, so all but these belong to somebody else.
    const other = await world.db.selectFrom('person').select('id').where('subject', '=', 'sub-charlie').executeTakeFirstOrThrow();
    await world.db.updateTable('session').set({ person_id: other.id }).execute();
    world.advance(60_000);
    await signIn(opened);
    assert.equal(await count(), 1_250 - 1_000 + 1);
    await signIn(opened);
    assert.equal(await count(), 252, 'not within the minute');
    world.advance(60_000);
    await signIn(opened);
    assert.equal(await count(), 3);
  });
});
