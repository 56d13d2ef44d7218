import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import type { WorldOptions } from '../world-options.ts';
import { linkOn, now, says } from './long-ago.ts';

const ending = '/sessions/ending';

interface Opened extends HostileWorld {
  readonly browser: HttpBrowser;
  readonly other: HttpBrowser;
}

/** Somebody with two sessions, who signed in at the provider an hour ago, or as these claims say. */
async function open(claims: JsonObject = { auth_time: now() - 3_600 }, options: WorldOptions = {}): Promise<Opened> {
  const opened = await openHostileWorld(options);
  const [browser, other] = [new HttpBrowser(), new HttpBrowser()];
  says(opened, claims);
  for (const one of [browser, other]) await one.follow(opened.world.url('/login'));
  return { ...opened, browser, other };
}

const isIn = async ({ world }: HostileWorld, browser: HttpBrowser) => (await browser.ask(world.url('/dashboard'))).status === 200;
const post = ({ browser, world }: Opened, headers = {}) => browser.ask(world.url(ending), { method: 'POST', headers });

describe('something sensitive', () => {
  it('STU-1 is done at once for somebody who has just signed in', async () => {
    await using opened = await open({ auth_time: now() - 200 });
    assert.equal((await post(opened)).location, opened.world.url('/profile'));
    assert.ok(await isIn(opened, opened.browser));
    assert.ok(!(await isIn(opened, opened.other)));
  });

  for (const [what, claims] of [
    ['long ago', { auth_time: now() - 3_600 }],
    ['at a time that nobody knows', { auth_time: undefined }],
  ] as const) {
    it(`STU-1 of somebody who signed in ${what} waits until they have signed in again, and is then done once`, async () => {
      await using opened = await open(claims);
      const { browser, other, provider, world } = opened;
      const asked = await post(opened);
      assert.equal(asked.status, 401);
      assert.match(asked.body, /Please sign in again first/);
      assert.ok(await isIn(opened, other), 'nothing is done yet');
      const { location = '' } = await browser.ask(world.url(linkOn(asked.body)));
      assert.equal(new URL(location).searchParams.get('max_age'), '300');
      says(opened, { auth_time: now() });
      const { location: callback = '' } = await browser.ask(location);
      const replay = browser.copy();
      assert.equal((await browser.ask(callback)).location, world.url('/profile'));
      assert.ok(!(await isIn(opened, other)));
      assert.ok(await isIn(opened, browser));
      // Somebody signs in elsewhere; nothing that was used before ends that.
      await other.follow(world.url('/login'));
      assert.equal((await replay.ask(callback)).status, 400);
      assert.equal((await browser.ask(callback)).status, 400);
      for (const one of [browser, replay]) assert.notEqual((await one.ask(world.url(linkOn(asked.body)))).location, location);
      assert.equal((await browser.ask(world.url(linkOn(asked.body)))).status, 400, 'nor does the page that asked');
      assert.ok(await isIn(opened, other), 'done once');
      assert.equal(provider.requests.filter(({ path }) => path === '/token').length, 4);
    });
  }

  it('STU-2 is not done for somebody else, who gets no session by it either', async () => {
    await using opened = await open();
    const { browser, other, world } = opened;
    const { body } = await post(opened);
    says(opened, { sub: 'sub-mallory', auth_time: now() });
    const landed = await browser.follow(world.url(linkOn(body)));
    assert.equal(landed.status, 400);
    assert.match(landed.body, /Nothing was done/);
    assert.match(landed.body, /Somebody else signed in/);
    assert.match((await browser.ask(world.url('/profile'))).body, /alice@example\.com/, 'the session is still Alice’s');
    assert.ok(await isIn(opened, other));
    const subjects = await world.db.selectFrom('session').select('subject').execute();
    assert.ok(subjects.every(({ subject }) => subject === 'sub-alice'));
  });

  it('STU-2 is not done by another person’s link, nor by one that is old or made up', async () => {
    await using opened = await open();
    const { browser, other, provider, world } = opened;
    const { body } = await post(opened);
    const mallory = new HttpBrowser();
    says(opened, { sub: 'sub-mallory' });
    await mallory.follow(world.url('/login'));
    const asked = provider.requests.length;
    for (const [one, link] of [
      [mallory, linkOn(body)],
      [browser, `${linkOn(body).slice(0, -4)}AAAA`],
      [browser, '/sign-in-again'],
      [browser, '/sign-in-again?ticket=x'],
    ] as const) {
      assert.equal((await one.ask(world.url(link))).status, 400, link);
    }
    world.advance(11 * 60_000);
    assert.equal((await browser.ask(world.url(linkOn(body)))).status, 400);
    assert.equal(provider.requests.length, asked);
    assert.ok(await isIn(opened, other));
  });

  it('STU-3 STU-5 is held against what came back: too weak or too old is explained, and not asked for again and again', async () => {
    const stepUp = { maxAge: 60, acrValues: ['phr'] };
    for (const claims of [
      { acr: 'mfa', auth_time: now() },
      { acr: undefined, auth_time: now() },
      { acr: 'phr', auth_time: now() - 120 },
      { acr: 'phr', auth_time: undefined },
    ] as readonly JsonObject[]) {
      await using opened = await open({ acr: 'mfa', auth_time: now() }, { stepUp });
      const { body, status } = await post(opened);
      assert.equal(status, 401, 'strong enough for most, and not for this');
      const { location = '' } = await opened.browser.ask(opened.world.url(linkOn(body)));
      const { acr_values: acrValues, max_age: maxAge } = Object.fromEntries(new URL(location).searchParams);
      assert.deepEqual({ acrValues, maxAge }, { acrValues: 'phr', maxAge: '60' });
      says(opened, claims);
      const landed = await opened.browser.follow(location);
      assert.equal(landed.status, 400, JSON.stringify(claims));
      assert.match(landed.body, /asks for a stronger sign-in/);
      assert.ok(await isIn(opened, opened.other));
    }
    await using opened = await open({ acr: 'mfa' }, { stepUp });
    const { body } = await post(opened);
    says(opened, { acr: 'phr' });
    assert.equal((await opened.browser.follow(opened.world.url(linkOn(body)))).url, opened.world.url('/profile'));
    assert.ok(!(await isIn(opened, opened.other)));
  });

  it('STU-4 asks a program in its own words', async () => {
    await using opened = await open(undefined, { stepUp: { maxAge: 60, acrValues: ['phr', 'phrh'] } });
    const { headers, status } = await post(opened, { accept: 'application/json' });
    assert.equal(status, 401);
    assert.equal(
      headers.get('www-authenticate'),
      'Bearer error="insufficient_user_authentication", acr_values="phr phrh", max_age="60"',
    );
  });
});
