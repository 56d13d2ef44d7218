import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld } from '../world.ts';

describe('signing in far too often', () => {
  it('from one address is answered with 429, when to come back, and a page that says so', async () => {
    await using world = await openWorld({ signInRateLimit: 3 });
    const browser = new HttpBrowser();
    for (let times = 0; times < 3; times += 1) assert.equal((await browser.ask(world.url('/login'))).status, 303);
    for (const path of ['/login', '/authorization-code/callback']) {
      const { status, headers, body } = await browser.ask(world.url(path));
      assert.equal(status, 429);
      assert.match(headers.get('retry-after') ?? '', /^[1-9]\d?$/);
      assert.match(body, /<a [^>]*href="\/login">Try again<\/a>/);
      assert.match(body, /Too many people are signing in from your network at once\. Try again in \d+ seconds?\./);
    }
    assert.equal((await browser.ask(world.url('/'))).status, 200, 'everything else goes on');
  });

  it('counts the connection’s address and not a header’s, unless a proxy is trusted', async () => {
    await using direct = await openWorld({ signInRateLimit: 2 });
    const ask = (world: { url(path: string): string }, address: string) =>
      new HttpBrowser().ask(world.url('/login'), { headers: { 'x-forwarded-for': address } });
    await ask(direct, '192.0.2.1');
    await ask(direct, '192.0.2.2');
    assert.equal((await ask(direct, '192.0.2.3')).status, 429);

    await using behindProxy = await openWorld({ signInRateLimit: 2, trustProxy: 1 });
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) assert.equal((await ask(behindProxy, address)).status, 303);
    await ask(behindProxy, '198.51.100.7, 192.0.2.1');
    assert.equal((await ask(behindProxy, '198.51.100.8, 192.0.2.1')).status, 429, 'only what the proxy itself added counts');
  });

  it('is not held against anybody where the limit is turned off', async () => {
    await using world = await openWorld({ signInRateLimit: 0 });
    const answers = await Promise.all(Array.from({ length: 400 }, () => new HttpBrowser().ask(world.url('/login'))));
    assert.ok(answers.every(({ status }) => status === 303));
  });
});
