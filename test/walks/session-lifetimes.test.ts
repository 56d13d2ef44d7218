import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import type { JsonObject } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

const minute = 60_000;
const hour = 60 * minute;

async function signIn({ provider, world }: HostileWorld, claims: JsonObject = {}): Promise<HttpBrowser> {
  const browser = new HttpBrowser();
  provider.behaviour = { claims: (honest) => ({ ...honest, ...claims }) };
  await browser.follow(world.url('/login'));
  return browser;
}

const isIn = async (browser: HttpBrowser, at: { url(path: string): string }) =>
  (await browser.ask(at.url('/dashboard'))).status === 200;

describe('how long a session lasts', () => {
  it('SES-3 is said by the settings: without use, and in all, which no use makes longer', async () => {
    await using opened = await openHostileWorld({ sessionLimits: { idle: 10 * minute, absolute: hour } });
    const [used, unused] = [await signIn(opened), await signIn(opened)];
    for (let step = 0; step < 6; step += 1) {
      opened.world.advance(9 * minute);
      assert.ok(await isIn(used, opened.world));
    }
    assert.ok(!(await isIn(unused, opened.world)));
    opened.world.advance(6 * minute + 1_000);
    assert.ok(!(await isIn(used, opened.world)));
  });

  it('SES-3 is shorter where the provider says so', async () => {
    await using opened = await openHostileWorld({ sessionLimits: { idle: hour } });
    const browser = await signIn(opened, { session_expiry: Math.floor(Date.now() / 1_000) + 20 * 60 });
    opened.world.advance(19 * minute);
    assert.ok(await isIn(browser, opened.world));
    opened.world.advance(minute);
    assert.ok(!(await isIn(browser, opened.world)));
  });

  it('SES-3 is over before it began, where the provider says so: nobody is signed in', async () => {
    await using opened = await openHostileWorld();
    const browser = await signIn(opened, { session_expiry: Math.floor(Date.now() / 1_000) - 1 });
    assert.ok(!(await isIn(browser, opened.world)));
    assert.equal(opened.world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'session-expired');
  });

  it('SES-3 is not changed by what is no time in seconds', async () => {
    await using opened = await openHostileWorld({ sessionLimits: { idle: 24 * hour } });
    for (const expiry of ['1', 'soon', -1, 0, 1.5, Date.now() + 1_000, null, [], {}]) {
      const browser = await signIn(opened, { session_expiry: expiry });
      assert.ok(await isIn(browser, opened.world), JSON.stringify(expiry));
      const rows = await opened.world.db.selectFrom('session').select(['started_at', 'ends_at']).execute();
      for (const row of rows) assert.ok(Math.abs(Date.parse(row.ends_at) - Date.parse(row.started_at) - 12 * hour) < 1_000);
    }
  });

  it('SES-10 ends for the one that was not used for longest, where somebody has too many', async () => {
    await using opened = await openHostileWorld({ sessionLimits: { perPerson: 2 } });
    const [one, two] = [await signIn(opened), await signIn(opened)];
    opened.world.advance(2 * minute);
    assert.ok(await isIn(one, opened.world));
    const three = await signIn(opened);
    assert.deepEqual(await Promise.all([one, two, three].map((browser) => isIn(browser, opened.world))), [true, false, true]);
  });
});
