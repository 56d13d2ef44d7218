import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

/** Each would be another site's address to some browser, parser or proxy, or is no path at all. Words are split at spaces. */
const nasty = String.raw`
  //evil.example //evil.example/%2f.. ///evil.example ////evil.example //evil.example:443 //evil%E3%80%82example //[::1]
  //%00 /\evil.example \\evil.example \/evil.example /\/evil.example /a\b //\evil.example \evil.example ///\;@evil.example
  https://evil.example https:evil.example https:/evil.example https:///evil.example HTTPS://evil.example
  http://evil.example http:evil.example //evil.example@localhost //localhost@evil.example https://localhost@evil.example
  https://localhost.evil.example javascript:alert(1) JaVaScRiPt:alert(1) javascript://localhost/%0aalert(1)
  data:text/html,x vbscript:x file:///etc/passwd blob:https://evil.example/x about:blank ftp://evil.example ws://evil.example
  mailto:a@evil.example /.//evil.example /..//evil.example /%2e//evil.example /%2E%2E//evil.example /a/..//evil.example
  /a/%2e%2e//evil.example /../..//evil.example /././../..//evil.example ./evil evil.example .evil.example @evil.example
  :evil.example ?//evil.example #//evil.example %2f%2fevil.example %5c%5cevil.example %09//evil.example /login /LOGIN/
  /logout /authorization-code/callback?code=x&state=y /initiate-login?iss=x /a/../logout`
  .trim()
  .split(/\s+/);
const withControls = [
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/\0/evil.example',
  'java\nscript:alert(1)',
  '/\u007f/evil.example',
  '/a\r\nSet-Cookie: x=y',
  `/${'a'.repeat(600)}`,
];

describe('where a sign-in leads', () => {
  let opened: HostileWorld;
  before(async () => {
    opened = await openHostileWorld();
  });
  after(() => opened[Symbol.asyncDispose]());

  it('RED-1 is never another site, for more than sixty ways of asking for one', async () => {
    const { world } = opened;
    const corpus = [...nasty, ...withControls];
    assert.ok(new Set(corpus).size >= 60);
    for (const returnTo of corpus) {
      const browser = new HttpBrowser();
      const { location = '' } = await browser.ask(world.url(`/login?return_to=${encodeURIComponent(returnTo)}`));
      const { location: callback = '' } = await browser.ask(location);
      const { headers } = await browser.ask(callback);
      assert.equal(headers.get('location'), '/dashboard', JSON.stringify(returnTo));
    }
  });

  it('RED-1 travels sealed: what the browser or the provider does to it on the way is nothing', async () => {
    const { world } = opened;
    const browser = new HttpBrowser();
    const { location = '' } = await browser.ask(world.url('/login?return_to=/profile'));
    const { location: callback = '' } = await browser.ask(location);
    const bent = new URL(callback);
    bent.searchParams.set('return_to', 'https://evil.example');
    assert.equal((await browser.ask(bent)).headers.get('location'), '/profile');
  });

  it('RED-2 is asked anew whether they may see it: another team’s page says no more than one that is not there', async () => {
    const { world } = opened;
    const outcomes = [];
    for (const path of ['/team/marketing', '/team/nothing']) {
      const browser = new HttpBrowser();
      const { body, status, url } = await browser.follow(world.url(`/login?return_to=${path}`));
      assert.equal(url, world.url(path));
      assert.match(body, /href="\/dashboard">Go to my dashboard/);
      outcomes.push({ status, body: body.replace(/<code>\w+<\/code>/, '') });
    }
    assert.equal(outcomes[0]?.status, 404);
    assert.deepEqual(outcomes[0], outcomes[1]);
  });

  it('RED-3 is nowhere decided by an address’s query: no route redirects to what it was given', async () => {
    const { world } = opened;
    const signedIn = new HttpBrowser();
    await signedIn.follow(world.url('/login'));
    const evil = 'https://evil.example/';
    const names =
      'return_to returnTo next url redirect redirect_uri target_link_uri post_logout_redirect_uri continue to iss error_uri ticket state code';
    const query = new URLSearchParams(names.split(' ').map((name): [string, string] => [name, evil])).toString();
    for (const route of world.routes) {
      const path = route.replace(':id', 'finance');
      for (const browser of [new HttpBrowser(), signedIn]) {
        for (const method of ['GET', 'POST'] as const) {
          if (path === '/logout' && method === 'POST') continue;
          const answer = await browser.ask(world.url(`${path}?${query}`), { method, headers: { origin: world.baseUrl } });
          const origin = answer.location === undefined ? world.baseUrl : new URL(answer.location).origin;
          assert.ok([world.baseUrl, opened.provider.issuer].includes(origin), `${method} ${path} leads to ${answer.location}`);
          assert.ok(!answer.body.includes('href="https://evil'), path);
        }
      }
    }
  });
});
