import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { openWorld } from '../world.ts';

const minute = 60_000;

describe('a provider that is away', () => {
  it('CFG-4 does not stop the start; the login page says so, and works once it is back', async () => {
    await using world = await openWorld();
    await world.stopProvider();
    const { status, body } = await new HttpBrowser().ask(world.url('/login'));
    assert.equal(status, 503);
    assert.match(body, /sign-in does not answer just now/);
    assert.match(body, /href="\/login">Try again/);
    await world.startProvider();
    const { landed } = await world.signIn('alice');
    assert.equal(landed.status, 200);
  });

  it('CFG-4 later is not noticed by who is signed in; the login page says so before anybody is sent there', async () => {
    await using world = await openWorld();
    const { browser } = await world.signIn('alice');
    await world.stopProvider();
    world.advance(2 * minute);
    for (const path of ['/', '/dashboard', '/team/finance', '/profile']) {
      assert.equal((await browser.ask(world.url(path))).status, 200, path);
    }
    const { status, location } = await new HttpBrowser().ask(world.url('/login'));
    assert.deepEqual({ status, location }, { status: 503, location: undefined });
    const out = await browser.ask(world.url('/logout'), { method: 'POST' });
    assert.equal(out.status, 200, 'logging out works as well');
    assert.match(out.body, /sign-in may still be open/);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
  });

  it('CFG-4 midway: the page says so, nobody is signed in, and the next person is told at once', async () => {
    await using world = await openWorld();
    const browser = new HttpBrowser();
    const callback = await world.walkToCallback('alice', browser);
    await world.stopProvider();
    const { status, body } = await browser.ask(callback);
    assert.equal(status, 503);
    assert.match(body, /stopped answering midway/);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
    assert.equal((await new HttpBrowser().ask(world.url('/login'))).status, 503, 'though its metadata is not a minute old');
  });

  it('CFG-4 and comes back: its metadata is asked for once, however many people want to sign in', async () => {
    await using opened = await openHostileWorld();
    const { provider, world } = opened;
    await Promise.all(Array.from({ length: 50 }, () => new HttpBrowser().ask(world.url('/login'))));
    const discoveries = () => provider.requests.filter(({ path }) => path.startsWith('/.well-known/')).length;
    assert.equal(discoveries(), 1);
    world.advance(2 * minute);
    await Promise.all(Array.from({ length: 50 }, () => new HttpBrowser().ask(world.url('/login'))));
    assert.equal(discoveries(), 2);
  });
});

describe('a provider whose metadata becomes worse', () => {
  it('CFG-2 CFG-5 is held to what it said before; what is not believed is logged and changes nothing', async () => {
    for (const change of [
      { issuer: 'https://evil.example' },
      { token_endpoint: 'https://evil.example@169.254.169.254/token' },
      { jwks_uri: 'https://169.254.169.254/keys' },
    ]) {
      await using opened = await openHostileWorld();
      const { provider, world } = opened;
      await new HttpBrowser().follow(world.url('/login'));
      world.advance(2 * minute);
      provider.behaviour = { metadata: (metadata) => ({ ...metadata, ...change }) };
      const { location = '' } = await new HttpBrowser().ask(world.url('/login'));
      assert.equal(new URL(location).origin, provider.issuer);
      assert.ok(world.log.some(({ event }) => event === 'provider-not-trusted'));
    }
  });

  it('CFG-2 and is met so at first: nobody is sent there, and the log says which setting is wrong', async () => {
    await using opened = await openHostileWorld();
    const { provider, world } = opened;
    provider.behaviour = { metadata: (metadata) => ({ ...metadata, issuer: `${provider.issuer}/` }) };
    const { status, location, body } = await new HttpBrowser().ask(world.url('/login'));
    assert.equal(status, 503);
    assert.equal(location, undefined);
    assert.match(body, /is not set up in the way that Outlay needs/);
    assert.match(JSON.stringify(world.log), /OIDC_ISSUER must be exactly that/);
  });
});

describe('a provider over https', () => {
  it('CFG-1 with a certificate that nobody vouches for is not spoken to', async () => {
    const pem = readFileSync(new URL('../hostile-provider/self-signed.pem', import.meta.url));
    let asked = 0;
    const server = createServer({ cert: pem, key: pem }, (_req, res) => {
      asked += 1;
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, 'localhost');
    await once(server, 'listening');
    await using world = await openWorld({ issuer: `https://localhost:${(server.address() as AddressInfo).port}` });
    const { status, location } = await new HttpBrowser().ask(world.url('/login'));
    assert.deepEqual({ status, location, asked }, { status: 503, location: undefined, asked: 0 });
    assert.match(JSON.stringify(world.log), /self-signed certificate/);
    server.close().closeAllConnections();
  });
});
