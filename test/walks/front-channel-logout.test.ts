import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { british, launchBrowser } from '../browser/launch.ts';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

const query = (parameters: Readonly<Record<string, string>>) =>
  `/logout/frontchannel?${new URLSearchParams(parameters).toString()}`;

describeOnBothEngines('a logout in a frame of the provider’s', (engine) => {
  let opened: HostileWorld;
  let browser: HttpBrowser;
  before(async () => {
    opened = await openHostileWorld({ engine }, { endSession: true });
    opened.provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-1' }) };
    browser = new HttpBrowser();
    await browser.follow(opened.world.url('/login'));
  });
  after(() => opened[Symbol.asyncDispose]());
  const isIn = async () => (await browser.ask(opened.world.url('/dashboard'))).status === 200;

  it('FCL-1 FCL-3 needs issuer and session, of a session that there is: anything else does nothing and writes nothing', async () => {
    const { provider, world } = opened;
    const iss = provider.issuer;
    for (const parameters of [
      {},
      { iss },
      { sid: 'sid-1' },
      { iss: `${iss}/`, sid: 'sid-1' },
      { iss: 'https://evil.example', sid: 'sid-1' },
      { iss, sid: 'sid-2' },
      { iss, sid: '' },
      { iss, sid: '\0' },
      { iss, sid: 'sid-1\0' },
      { iss, sid: '\u{1F4B8}'.repeat(100) },
      { iss, sid: '%' },
    ] as readonly Readonly<Record<string, string>>[]) {
      for (const asking of [browser, new HttpBrowser()]) {
        assert.equal((await asking.ask(world.url(query(parameters)))).status, 200, JSON.stringify(parameters));
      }
    }
    assert.equal((await browser.ask(world.url(`${query({ iss, sid: 'sid-1' })}&sid=sid-1`))).status, 200, 'twice is neither');
    assert.ok(await isIn());
    assert.deepEqual(await world.db.selectFrom('access_end').selectAll().execute(), []);
  });

  it('FCL-2 may be framed by the provider and by nobody else, and is kept nowhere', async () => {
    const { provider, world } = opened;
    const { headers } = await new HttpBrowser().ask(world.url(query({ iss: provider.issuer, sid: 'x' })));
    assert.equal(headers.get('content-security-policy'), `default-src 'none'; frame-ancestors ${provider.issuer}`);
    assert.equal(headers.get('x-frame-options'), null);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('FCL-2 ends the session it names, without a cookie', async () => {
    const { provider, world } = opened;
    await new HttpBrowser().ask(world.url(query({ iss: provider.issuer, sid: 'sid-1' })));
    assert.ok(!(await isIn()));
  });
});

describe('a logout in a frame, in a real browser', () => {
  let browser: Browser;
  let opened: HostileWorld;
  before(async () => {
    browser = await launchBrowser();
    opened = await openHostileWorld();
    opened.provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-1' }) };
  });
  after(async () => {
    await browser.close();
    await opened[Symbol.asyncDispose]();
  });

  it('FCL-2 is done when the provider’s page shows it; another page of ours is not shown there', async () => {
    const { provider, world } = opened;
    const page = await browser.newPage(british);
    await page.goto(world.url('/login'));
    assert.equal(page.url(), world.url('/dashboard'));
    // Any address of the provider's will do to show a page of its own.
    const frame = async (path: string) => {
      const body = `<!doctype html><title>Provider</title><iframe src="${world.url(path)}"></iframe>`;
      provider.behaviour = { jwksAnswer: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body }) };
      await page.goto(`${provider.issuer}/jwks`);
      const [, shown] = page.frames();
      await shown?.waitForLoadState();
      return shown?.content();
    };
    const stopped = page.waitForEvent('requestfailed', (request) => request.url() === world.url('/dashboard'));
    assert.doesNotMatch((await frame('/dashboard')) ?? '', /Dashboard/);
    assert.equal((await stopped).failure()?.errorText, 'net::ERR_BLOCKED_BY_RESPONSE');
    assert.match((await frame(query({ iss: provider.issuer, sid: 'sid-1' }))) ?? '', /<title>Outlay<\/title>/);
    assert.deepEqual(await world.db.selectFrom('session').select('sid').execute(), [], 'the session is gone');
  });
});
