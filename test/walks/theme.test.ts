import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

describe('light or dark', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  /** Presses one of the buttons at the end of a page. */
  async function choose(browser: HttpBrowser, theme: string, from = '/') {
    return browser.ask(world.url('/theme'), { method: 'POST', form: { theme }, headers: { referer: world.url(from) } });
  }

  /** What a page is drawn as, and which button is marked as pressed. */
  function drawnAs(body: string): { theme: string | undefined; pressed: readonly string[] } {
    const [, theme] = /<html lang="en"(?: data-theme="([^"]*)")?>/.exec(body) ?? assert.fail(body);
    const pressed = [...body.matchAll(/value="([a-z]+)" aria-pressed="true"/g)].map(([, value = '']) => value);
    assert.match(body, new RegExp(`<meta name="color-scheme" content="${theme ?? 'light dark'}">`));
    return { theme, pressed };
  }
  const asTheSystem = { theme: undefined, pressed: ['system'] };
  const dark = { theme: 'dark', pressed: ['dark'] };

  it('follows the system until somebody chooses, and again once they choose that', async () => {
    const browser = new HttpBrowser();
    assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), asTheSystem);
    for (const theme of ['dark', 'light', 'dark']) {
      const { status, location } = await choose(browser, theme);
      assert.deepEqual([status, location], [303, world.url('/')]);
      assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), { theme, pressed: [theme] });
    }
    await choose(browser, 'system');
    assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), asTheSystem);
    assert.equal(await browser.cookies.getCookieString(world.url('/')), '', 'nothing is kept');
  });

  it('is as a guest chose it after signing in, and after logging out', async () => {
    const browser = new HttpBrowser();
    await choose(browser, 'dark');
    await world.signIn('alice', browser);
    assert.deepEqual(drawnAs((await browser.ask(world.url('/dashboard'))).body), dark);
    await browser.ask(world.url('/logout'), { method: 'POST' });
    assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), dark);
  });

  it('leads back to the page on which it was chosen, with its query', async () => {
    const { browser } = await world.signIn('alice');
    for (const page of ['/dashboard', '/team/finance?words=a%20b&sort=oldest', '/nowhere'])
      assert.equal((await choose(browser, 'dark', page)).location, world.url(page));
  });

  it('is not asked for beside a form to fill in, nor on the answer to one: what was typed would be gone', async () => {
    const { browser } = await world.signIn('alice');
    const offers = async (path: string) => (await browser.ask(world.url(path))).body.includes('class="theme-choice"');
    assert.deepEqual([await offers('/team/finance'), await offers('/profile')], [true, true]);
    assert.equal(await offers('/team/finance/new-expense'), false);
    const { body } = await browser.ask(world.url('/team/finance/expenses'), { method: 'POST', form: {} });
    assert.doesNotMatch(body, /class="theme-choice"/);
  });

  it('leads home where it was chosen on no page of ours, or on one that leads on', async () => {
    const browser = new HttpBrowser();
    const { host } = new URL(world.url('/'));
    const odd = [
      '',
      'about:blank',
      'nonsense',
      '/dashboard',
      'https://evil.example/dashboard',
      `https://${host}/dashboard`,
      `http://${host}.evil.example/dashboard`,
      `http://${host}@evil.example/dashboard`,
      `http://${host}//evil.example`,
      `http://${host}/\\evil.example`,
      `http://${host}/logout`,
      `http://${host}/login?return_to=/dashboard`,
      `http://${host}/authorization-code/callback?code=x`,
      `http://${host}/?${'x'.repeat(600)}`,
      'javascript:alert(1)',
    ];
    for (const referer of odd) {
      const asking = { method: 'POST', form: { theme: 'dark' }, headers: { referer } } as const;
      const { status, location } = await browser.ask(world.url('/theme'), asking);
      assert.deepEqual([status, location], [303, world.url('/')], referer);
    }
    const { status, location } = await browser.ask(world.url('/theme'), { method: 'POST', form: { theme: 'dark' } });
    assert.deepEqual([status, location], [303, world.url('/')], 'without one');
  });

  it('is not changed by a cookie that is none of ours', async () => {
    for (const value of [
      '',
      'system',
      'DARK',
      'darker',
      '"dark"',
      'dark light',
      '%64ark',
      '__proto__',
      '"><script>',
      'x'.repeat(2_000),
    ]) {
      const { status, body } = await new HttpBrowser().ask(world.url('/'), { headers: { cookie: `outlay-theme=${value}` } });
      assert.equal(status, 200);
      assert.deepEqual(drawnAs(body), asTheSystem, value);
    }
  });

  it('cannot be chosen as anything else', async () => {
    const browser = new HttpBrowser();
    await choose(browser, 'dark');
    const forms: Record<string, string | string[]>[] = [{}, { theme: 'blue' }, { theme: '' }, { theme: ['light', 'dark'] }];
    for (const form of forms) {
      const { status, headers, body } = await browser.ask(world.url('/theme'), { method: 'POST', form });
      assert.equal(status, 422);
      assert.equal(headers.get('set-cookie'), null);
      assert.match(body, /Nothing was changed/);
    }
    assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), dark);
  });

  it('cannot be chosen by another site', async () => {
    const browser = new HttpBrowser();
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const { status } = await browser.ask(world.url('/theme'), {
        method: 'POST',
        form: { theme: 'dark' },
        headers: { ...headers },
      });
      assert.equal(status, 403);
    }
    assert.deepEqual(drawnAs((await browser.ask(world.url('/'))).body), asTheSystem);
  });

  it('is that of error pages, too, however early the error', async () => {
    const { browser } = await world.signIn('alice');
    await choose(browser, 'dark');
    assert.deepEqual(drawnAs((await browser.ask(world.url('/nowhere'))).body), dark);
    assert.deepEqual(drawnAs((await browser.ask(world.url(`/?${'x'.repeat(5_000)}`))).body), dark);
    const refused = await browser.ask(world.url('/logout'), { method: 'POST', headers: { origin: 'https://evil.example' } });
    assert.equal(drawnAs(refused.body).theme, 'dark');
  });

  it('is not offered on the answer to a form, because choosing would lose what was typed', async () => {
    const { browser } = await world.signIn('alice');
    const { status, body } = await browser.ask(world.url('/team/finance/expenses'), { method: 'POST', form: { item: 'Chairs' } });
    assert.equal(status, 422);
    assert.deepEqual(drawnAs(body), { theme: undefined, pressed: [] });
  });

  it('is kept for a year in a cookie that no script reads, and over https no other host sets', async () => {
    const { headers } = await choose(new HttpBrowser(), 'light');
    assert.match(
      headers.get('set-cookie') ?? '',
      /^outlay-theme=light; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    await using secure = await openWorld({ baseUrl: 'https://outlay.example.com' });
    const asked = await fetch(secure.url('/theme'), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ theme: 'dark' }),
      headers: { origin: secure.baseUrl, referer: `${secure.baseUrl}/profile` },
    });
    assert.equal(asked.headers.get('location'), '/profile');
    assert.match(asked.headers.get('set-cookie') ?? '', /^__Host-outlay-theme=dark; .*; HttpOnly; Secure; SameSite=Lax$/);
    const page = await fetch(secure.url('/'), { headers: { cookie: '__Host-outlay-theme=dark; outlay-theme=light' } });
    assert.deepEqual(drawnAs(await page.text()), dark);
  });

  it('is the system’s choice alone on the pages of the demonstration’s provider', async () => {
    const browser = new HttpBrowser();
    await choose(browser, 'dark');
    const { url, body } = await browser.follow(world.url('/login'));
    assert.ok(url.startsWith(world.issuer));
    assert.match(body, /<html lang="en">/);
  });
});
