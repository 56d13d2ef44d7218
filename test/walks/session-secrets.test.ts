import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';

const [older, newer] = ['an older secret of more than 32 characters', 'a newer secret of more than 32 characters'];

describe('a new SESSION_SECRET', () => {
  it('in front of the old one signs nobody out, and finishes what was begun', async () => {
    await using opened = await openHostileWorld({ sessionSecret: older }, { endSession: true });
    const { world } = opened;
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    const leaving = new HttpBrowser();
    const { location = '' } = await leaving.ask(world.url('/login'));
    const { location: callback = '' } = await leaving.ask(location);

    await using both = await world.openBeside([newer, older]);
    assert.equal((await browser.ask(both.url('/dashboard'))).status, 200);
    assert.equal((await leaving.ask(callback.replace(world.url(''), both.url('')))).status, 303);
    const { location: end = '' } = await browser.ask(both.url('/logout'), { method: 'POST', headers: { origin: world.baseUrl } });
    assert.match(new URL(end).searchParams.get('id_token_hint') ?? '', /^eyJ/, 'what was sealed opens, too');

    const later = new HttpBrowser();
    const { location: there = '' } = await later.ask(both.url('/login'));
    const { location: back = '' } = await later.ask(there);
    assert.equal((await later.ask(back)).status, 400, 'what the new one sealed does not open under the old one alone');
  });

  it('instead of the old one ends all sessions, and whoever is signing in begins again', async () => {
    await using opened = await openHostileWorld({ sessionSecret: older });
    const { world } = opened;
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    const { location = '' } = await browser.ask(world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    await using fresh = await world.openBeside([newer]);
    assert.equal((await browser.ask(fresh.url('/dashboard'))).status, 303);
    assert.equal((await browser.ask(callback.replace(world.url(''), fresh.url('')))).status, 400);
  });
});
