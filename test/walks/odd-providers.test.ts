import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { behaviourOf } from '../hostile-provider/fault.ts';
import { startHostileProvider } from '../hostile-provider/provider.ts';
import { variations } from '../hostile-provider/variations.ts';
import { plantedWords, walkThrough } from '../hostile-provider/walk.ts';
import { openWorld } from '../world.ts';

describe('a provider that is odd but honest', () => {
  for (const { behaviour, options, requirement, title } of variations) {
    it(`${requirement} ${title}: people are signed in`, async () => {
      await using provider = await startHostileProvider(options);
      await using world = await openWorld({ issuer: provider.issuer });
      const { answer, requests, signedIn } = await walkThrough(world.url(''), provider, await behaviourOf(behaviour, provider));
      assert.ok(signedIn, answer.body);
      assert.equal(answer.location, world.url('/dashboard'));
      assert.ok(world.log.some(({ event }) => event === 'signed-in'));
      assert.doesNotMatch(JSON.stringify(world.log), plantedWords, 'no secret of the provider’s is in the log');
      for (const { headers, method, path, query } of requests.filter(({ path }) => path.endsWith('/userinfo'))) {
        assert.match(headers.authorization ?? '', /^Bearer planted-access-/, 'IDM-2: the access token is in the header');
        assert.deepEqual([method, [...query]], ['GET', []], `${path} was asked with nothing in its address`);
      }
      assert.deepEqual(
        provider.authentications.map(({ method, refused }) => method ?? refused),
        ['client_secret_basic'],
        'TOK-1: the way that was agreed on, once',
      );
    });
  }
});

describe('a provider that changes its keys', () => {
  for (const [what, kid] of [
    ['KEY-1 under a new name', undefined],
    ['KEY-3 under the same name', 'honest'],
  ] as const) {
    it(`${what}: people are signed in, whenever it does so`, async () => {
      await using provider = await startHostileProvider();
      await using world = await openWorld({ issuer: provider.issuer });
      assert.ok((await walkThrough(world.url(''), provider, {})).signedIn);

      await provider.rotateKeys(kid);
      assert.ok((await walkThrough(world.url(''), provider, {})).signedIn, 'before anybody is sent away');

      const browser = new HttpBrowser();
      const { location = '' } = await browser.ask(world.url('/login'));
      const { location: callback = '' } = await browser.ask(location);
      await provider.rotateKeys(kid);
      assert.equal((await browser.follow(callback)).status, 200, 'while somebody is away');
    });
  }

  it('KEY-1 and is asked for them only so often, however many names somebody makes up', async () => {
    await using provider = await startHostileProvider();
    await using world = await openWorld({ issuer: provider.issuer });
    assert.ok((await walkThrough(world.url(''), provider, {})).signedIn);
    const before = provider.requests.length;
    for (let index = 0; index < 20; index += 1) {
      const { signedIn } = await walkThrough(world.url(''), provider, {
        header: (header) => ({ ...header, kid: `made-up-${index}` }),
      });
      assert.ok(!signedIn);
    }
    const asked = provider.requests.slice(before).filter(({ path }) => path === '/jwks').length;
    assert.ok(asked > 0 && asked <= 10, `the keys were asked for ${asked} times`);
  });

  it('KEY-4 and then does not give them out: whoever knows them already signs people in', async () => {
    await using provider = await startHostileProvider();
    await using world = await openWorld({ issuer: provider.issuer });
    assert.ok((await walkThrough(world.url(''), provider, {})).signedIn);
    world.advance(11 * 60_000);
    const { signedIn } = await walkThrough(world.url(''), provider, {
      claims: (claims) => Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, later(value)])),
      jwksAnswer: () => ({ status: 503, headers: {}, body: '' }),
    });
    assert.ok(signedIn);
  });
});

/** Times as a clock has them that was moved as far as Outlay's. */
function later(value: unknown): unknown {
  return typeof value === 'number' ? value + 11 * 60 : value;
}
