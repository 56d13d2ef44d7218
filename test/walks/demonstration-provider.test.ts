import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld } from '../world.ts';

const minute = 60_000;
const carol = 'demo-4';

/** The sample organisation at an Outlay that asks its provider again every minute, and Carol, who has signed in. */
async function open() {
  const world = await openWorld({ sample: true, demonstration: true, revalidation: minute });
  const browser = new HttpBrowser();
  const choose = await browser.follow(world.url('/login?return_to=/profile'));
  assert.match(choose.body, /Who would you like to be\?/);
  const landed = await browser.follow(choose.url, { method: 'POST', form: { person: carol } });
  assert.equal(landed.url, world.url('/profile'), 'nothing else is asked');
  assert.match(landed.body, /Carol Lee/);
  const change = async (form: Readonly<Record<string, string>>) => {
    const saved = await new HttpBrowser().follow(`${world.issuer}/people/${carol}`, {
      method: 'POST',
      form: { name: 'Carol Lee', groups: 'finance', another: '', way: 'list', ...form },
    });
    assert.match(saved.body, /Saved\./);
  };
  return { world, browser, change, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

describe('what the demonstration provider says of somebody', () => {
  it('SES-11 is known a minute after it has changed, without signing in again', async () => {
    await using opened = await open();
    const { world, browser, change } = opened;
    await change({ name: 'Carol Archer' });
    assert.match((await browser.ask(world.url('/profile'))).body, /Carol Lee/);
    for (const name of ['Carol Archer', 'Carol Baker', 'Carol Cook']) {
      await change({ name });
      world.advance(minute + 1_000);
      const { status, body } = await browser.ask(world.url('/profile'));
      assert.equal(status, 200);
      assert.match(body, new RegExp(name));
      assert.doesNotMatch(body, /Carol Lee/);
    }
  });

  it('RFT-3 ends the session of somebody who has left, and lets them in no more', async () => {
    await using opened = await open();
    const { world, browser, change } = opened;
    await change({ left: 'yes' });
    world.advance(minute + 1_000);
    const { location = '' } = await browser.ask(world.url('/profile'));
    assert.equal(location, world.url('/login?return_to=%2Fprofile'));
    assert.deepEqual(await world.db.selectFrom('session').selectAll().execute(), []);
    const choose = await browser.follow(location);
    assert.match(choose.body, /Who would you like to be\?/, 'the provider has forgotten them, too');
    const refused = await browser.follow(choose.url, { method: 'POST', form: { person: carol } });
    assert.equal(refused.status, 400);
    assert.match(refused.body, /did not let you through/);
  });

  it('is told or taken away by a test, in its own world only', async () => {
    await using one = await openWorld({ revalidation: minute });
    await using other = await openWorld({ revalidation: minute });
    const { browser } = await one.signIn('bob');
    const { browser: elsewhere } = await other.signIn('bob');
    one.tell('bob', { name: 'Bob Cook' });
    for (const world of [one, other]) world.advance(minute + 1_000);
    assert.match((await browser.ask(one.url('/profile'))).body, /Bob Cook/);
    assert.match((await elsewhere.ask(other.url('/profile'))).body, /Bob Baker/);
    one.leave('bob');
    for (const world of [one, other]) world.advance(minute + 1_000);
    assert.equal((await browser.ask(one.url('/profile'))).status, 303);
    assert.equal((await elsewhere.ask(other.url('/profile'))).status, 200);
  });
});
