import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hashSessionId } from '../../src/people/sessions.ts';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('coming back from the provider', (engine) => {
  let world: World;
  before(async () => {
    world = await openWorld({ engine });
  });
  after(() => world[Symbol.asyncDispose]());

  it('leads on to the page that was wanted', async () => {
    const guest = new HttpBrowser();
    const { location } = await guest.ask(world.url('/team/finance?after=x'));
    const { pathname, search } = new URL(location ?? '');
    const { landed } = await world.signIn('alice', guest, pathname + search);
    assert.equal(landed.url, world.url('/team/finance?after=x'));
    assert.equal(landed.status, 200);
  });

  it('leads to the dashboard where no page was wanted, or one of another site', async () => {
    for (const returnTo of ['', '?return_to=https://evil.example/', '?return_to=//evil.example', '?return_to=/%5Cevil.example']) {
      const { landed } = await world.signIn('alice', new HttpBrowser(), `/login${returnTo}`);
      assert.equal(landed.url, world.url('/dashboard'));
    }
  });

  it('opens a session under a new id, and stores only its hash', async () => {
    const { browser } = await world.signIn('alice');
    const [cookie] = (await browser.cookies.getCookies(world.url('/'))).filter(({ key }) => key === 'outlay');
    const [id = ''] = decodeURIComponent(cookie?.value ?? '')
      .slice('s:'.length)
      .split('.');
    const row = await world.db.selectFrom('session').selectAll().where('id_hash', '=', hashSessionId(id)).executeTakeFirst();
    assert.equal(row?.subject, 'sub-alice');
    assert.equal(row?.issuer, world.issuer);
    const everything = JSON.stringify(await world.db.selectFrom('session').selectAll().execute());
    assert.ok(!everything.includes(id));
    assert.ok(!everything.includes('eyJhbGciOiJSUzI1NiI'), 'no ID Token in the clear');
  });

  it('CBK-9 as somebody else opens a new session, and ends the one that was there', async () => {
    const { browser } = await world.signIn('alice');
    const before = browser.copy();
    await browser.forget('demonstration.');
    await world.signIn('charlie', browser);
    assert.equal((await before.ask(world.url('/dashboard'))).status, 303);
    assert.match((await browser.ask(world.url('/profile'))).body, /Charlie Cook/);
  });

  it('works in two tabs, in whichever order they finish', async () => {
    const browser = new HttpBrowser();
    const first = await world.walkToCallback('alice', browser, '/login?return_to=/profile');
    const second = await world.walkToCallback('alice', browser, '/login?return_to=/team/finance');
    assert.equal((await browser.follow(second)).url, world.url('/team/finance'));
    assert.equal((await browser.follow(first)).url, world.url('/profile'));
  });

  it('finds the same person again by issuer and subject, and keeps name and e-mail up to date', async () => {
    await world.signIn('alice');
    await world.signIn('alice');
    const people = await world.db.selectFrom('person').selectAll().where('subject', '=', 'sub-alice').execute();
    assert.equal(people.length, 1);
    assert.equal(people[0]?.email, 'alice@example.com');
    assert.equal(people[0]?.email_verified, 1);
  });

  it('logs who signed in, and no secret', async () => {
    const browser = new HttpBrowser();
    const callback = await world.walkToCallback('alice', browser);
    await browser.follow(callback);
    const log = JSON.stringify(world.log);
    assert.ok(world.log.some(({ event, subject }) => event === 'signed-in' && subject === 'sub-alice'));
    const { code, state } = Object.fromEntries(new URL(callback).searchParams);
    const cookies = (await browser.cookies.getCookies(world.url('/'))).map(({ value }) => value);
    for (const secret of [code, state, ...cookies, 'eyJ']) assert.ok(secret !== undefined && !log.includes(secret));
  });
});

describe('who is let in to what', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  for (const [name, why] of [
    ['mallory', /has not confirmed dana@example\.com/],
    ['trudy', /has not confirmed dana@example\.com/],
    ['nobody', /known as nobody@example\.com, but no rule fits you/],
    ['kelvin', /no rule fits you/],
    ['nameless', /did not send an e-mail address/],
  ] as const) {
    it(`${name} gets no team and is told why`, async () => {
      const { browser, landed } = await world.signIn(name);
      assert.equal(landed.status, 200);
      assert.match(landed.body, /You are not part of any team yet/);
      assert.match(landed.body, why);
      assert.equal((await browser.ask(world.url('/team/finance'))).status, 404);
    });
  }

  it('an e-mail in capitals is the same e-mail', async () => {
    const { landed } = await world.signIn('alice');
    assert.match(landed.body, /Finance/);
  });
});

describe('the demonstration provider', () => {
  it('helps where its page was left open for too long', async () => {
    await using world = await openWorld();
    for (const path of ['/interaction/unknown', '/session/end?id_token_hint=x']) {
      const { status, body } = await new HttpBrowser().ask(world.issuer + path);
      assert.equal(status, 400);
      assert.match(body, /This page is no longer valid/);
      assert.ok(body.includes(`href="${world.baseUrl}"`));
    }
  });
});
