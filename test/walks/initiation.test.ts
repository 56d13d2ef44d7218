import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

type Parameters = Readonly<Record<string, string>>;

const initiate = ({ world }: HostileWorld, parameters: Parameters) =>
  world.url(`/initiate-login?${new URLSearchParams(parameters).toString()}`);

/** Where the page that asks leads on to. */
function continueFrom(body: string): string {
  return /<a class="btn btn-primary" href="(\/login[^"]*)"/.exec(body)?.[1] ?? '';
}

describe('a sign-in that the provider’s own tile begins', () => {
  let opened: HostileWorld;
  before(async () => {
    opened = await openHostileWorld();
  });
  after(() => opened[Symbol.asyncDispose]());

  it('TPI-1 asks first, and after a click goes where it was meant to; whom a link names is not passed on', async () => {
    const { provider, world } = opened;
    const browser = new HttpBrowser();
    const target = world.url('/team/finance?after=x');
    const address = initiate(opened, {
      iss: provider.issuer,
      client_id: 'outlay',
      login_hint: 'alice@example.com',
      target_link_uri: target,
    });
    const page = await browser.ask(address);
    assert.equal(page.status, 200);
    assert.match(page.body, /Log in to Outlay/);
    assert.equal((await browser.cookies.getCookies(world.url('/'))).length, 0, 'nothing has begun');
    const { location = '' } = await browser.ask(world.url(continueFrom(page.body)));
    assert.equal(new URL(location).searchParams.get('login_hint'), null);
    const { location: callback = '' } = await browser.ask(location);
    assert.equal((await browser.ask(callback)).location, target);
  });

  it('TPI-1 may be posted from the provider’s page, and then asks as well', async () => {
    const { provider, world } = opened;
    const browser = new HttpBrowser();
    const { body, status } = await browser.follow(world.url('/initiate-login'), {
      method: 'POST',
      form: { iss: provider.issuer, target_link_uri: world.url('/profile') },
      headers: { origin: provider.issuer, 'sec-fetch-site': 'cross-site' },
    });
    assert.equal(status, 200);
    const landed = await browser.follow(world.url(continueFrom(body)));
    assert.equal(landed.url, world.url('/profile'));
  });

  it('TPI-1 of another provider, of another application of this one, or of none, is refused', async () => {
    const { provider } = opened;
    for (const parameters of [
      {},
      { iss: '' },
      { iss: `${provider.issuer}/` },
      { iss: 'https://evil.example' },
      { iss: provider.issuer.toUpperCase() },
      { iss: provider.issuer, client_id: 'other' },
    ] as readonly Parameters[]) {
      const { body, location, status } = await new HttpBrowser().ask(initiate(opened, parameters));
      assert.deepEqual({ status, location }, { status: 400, location: undefined });
      assert.match(body, /Reference <code>/);
    }
    const twice = `${initiate(opened, { iss: provider.issuer })}&iss=https://evil.example`;
    assert.equal((await new HttpBrowser().ask(twice)).status, 400);
    assert.equal(opened.world.log.findLast(({ event }) => event === 'sign-in-refused')?.['reason'], 'initiation-not-trusted');
  });

  it('TPI-1 never leads to another site, whatever it names as its target', async () => {
    const { provider, world } = opened;
    for (const target of [
      'https://evil.example/',
      `${world.baseUrl}.evil.example/`,
      `${world.baseUrl}@evil.example/`,
      `${world.baseUrl}//evil.example/`,
      `${world.baseUrl}/\\evil.example`,
      `${world.baseUrl}/logout`,
      '//evil.example',
      '/team/finance',
      'javascript:alert(1)',
      `${world.baseUrl}/${'x'.repeat(600)}`,
    ]) {
      const browser = new HttpBrowser();
      const { body } = await browser.ask(initiate(opened, { iss: provider.issuer, target_link_uri: target }));
      assert.equal((await browser.follow(world.url(continueFrom(body)))).url, world.url('/dashboard'), target);
    }
  });

  it('TPI-1 leaves whoever is signed in who they are, and leads on', async () => {
    const { provider, world } = opened;
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    const asked = provider.requests.length;
    const address = initiate(opened, {
      iss: provider.issuer,
      login_hint: 'dana@example.com',
      target_link_uri: world.url('/profile'),
    });
    assert.equal((await browser.ask(address)).location, world.url('/profile'));
    assert.equal(provider.requests.length, asked);
  });
});

describe('a tile that the operator trusts', () => {
  it('TPI-1 begins the sign-in at once', async () => {
    await using opened = await openHostileWorld({ provider: { trustedTile: true } });
    const { provider, world } = opened;
    const { location = '' } = await new HttpBrowser().ask(
      initiate(opened, { iss: provider.issuer, login_hint: 'alice@example.com' }),
    );
    assert.ok(location.startsWith(`${provider.issuer}/authorize?`));
    assert.equal(new URL(location).searchParams.get('login_hint'), 'alice@example.com');
    const browser = new HttpBrowser();
    const posted = { method: 'POST', form: { iss: provider.issuer }, headers: { origin: provider.issuer } } as const;
    assert.equal((await browser.follow(world.url('/initiate-login'), posted)).url, world.url('/dashboard'));
  });
});
