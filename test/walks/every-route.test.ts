import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { type AdminPath, adminPaths } from './administration.ts';

/** What anybody may open. A new route that is not meant for everybody must not be added here. */
const publicRoutes = [
  '/',
  '/login',
  '/initiate-login',
  '/authorization-code/callback',
  '/oidc/client-keys.json',
  '/logout',
  '/logout/backchannel',
  '/logout/frontchannel',
  '/theme',
  '/health',
  '/ready',
  '/metrics',
  '/favicon.ico',
  '/styleguide',
  '/assets/:fingerprint/*',
];

/** Pages of which only admins and auditors may know. */
const adminPages = [
  '/admin/teams',
  '/admin/new-team',
  '/admin/teams/:id',
  '/admin/people',
  '/admin/people/:id',
  '/admin/rules',
  '/admin/new-rule',
  '/admin/rules/:id',
  '/admin/audit',
  '/admin/doctor',
];

/** With a team that there is wherever an id is asked for; what the id is of, or whether it is there, does not matter here. */
const filled = (route: string) => route.replace(/:\w+/g, 'finance');

describe('every route', () => {
  let world: World;
  let administration: readonly AdminPath[];
  let pages: readonly string[];
  before(async () => {
    world = await openWorld();
    await world.signIn('alice');
    administration = await adminPaths(world);
    const ofAdmins = administration.filter(({ route }) => adminPages.includes(route)).map(({ path }) => path);
    pages = [
      '/',
      '/dashboard',
      '/team/finance',
      '/team/finance/expenses.csv',
      '/team/finance/figures',
      '/team/finance/budgets',
      '/team/finance/budgets/2026-03',
      '/profile',
      '/accounts',
      '/settlements',
      '/logout',
      ...ofAdmins,
    ];
  });
  after(() => world[Symbol.asyncDispose]());

  it('that is not public is closed to guests; they are found by walking the router', async () => {
    const closed = world.routes.filter((route) => !publicRoutes.includes(route.replace(/(\/assets\/:fingerprint)\/.+/, '$1/*')));
    assert.ok(closed.length >= 3, closed.join());
    for (const route of closed) {
      const path = filled(route);
      const { status, location } = await new HttpBrowser().ask(world.url(path));
      assert.equal(status, 303, path);
      assert.equal(location, world.url(`/login?return_to=${encodeURIComponent(path)}`));
      for (const method of ['POST', 'PUT', 'DELETE'] as const) {
        const { status: refused } = await new HttpBrowser().ask(world.url(path), { method, headers: { origin: world.baseUrl } });
        assert.equal(refused, 401, `${method} ${path}`);
      }
    }
  });

  it('that is a page of the administration is in the list above', async () => {
    const { browser } = await world.signIn('dana');
    const answered: string[] = [];
    for (const { route, path } of administration) if ((await browser.ask(world.url(path))).status === 200) answered.push(route);
    assert.deepEqual(answered.toSorted(), adminPages.toSorted());
  });

  it('answers a wrong method with 405 and the right ones, and HEAD like GET', async () => {
    const { browser } = await world.signIn('dana');
    for (const route of world.routes.filter((route) => !route.startsWith('/assets') && route !== '/favicon.ico')) {
      const path = filled(route);
      const { status, headers } = await browser.ask(world.url(path), { method: 'PUT', headers: { origin: world.baseUrl } });
      assert.equal(status, 405, path);
      assert.match(headers.get('allow') ?? '', /^(GET|POST|GET, HEAD(, POST)?)$/);
    }
    // What a GET leads away from, or finds nothing at without more, a HEAD does as well; these are pages.
    for (const path of pages) {
      const { status: head, body } = await browser.ask(world.url(path), { method: 'HEAD' });
      assert.equal(head, 200, path);
      assert.equal(body, '');
    }
  });

  it('is sent with strict headers', async () => {
    const { browser } = await world.signIn('dana');
    for (const path of [
      ...pages,
      '/nowhere',
      '/admin/nowhere',
      '/admin/teams/nowhere',
      '/login',
      '/authorization-code/callback',
    ]) {
      const { headers } = await browser.ask(world.url(path), { headers: { origin: 'https://other.example' } });
      assert.equal(headers.get('access-control-allow-origin'), null);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|script-src/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      for (const name of ['cross-origin-opener-policy', 'cross-origin-resource-policy'])
        assert.equal(headers.get(name), 'same-origin');
      const features = (headers.get('permissions-policy') ?? '').split(', ');
      assert.ok(
        features.every((feature) => /^[a-z-]+=\(\)$/.test(feature)),
        'nothing is allowed',
      );
      for (const feature of ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'browsing-topics'])
        assert.ok(features.includes(`${feature}=()`), feature);
      assert.match(headers.get('referrer-policy') ?? '', /^(same-origin|no-referrer)$/);
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  it('SES-8 that shows somebody’s data is kept nowhere', async () => {
    const { browser } = await world.signIn('dana');
    for (const path of [...pages, '/nowhere', '/admin/people/nobody']) {
      assert.match((await browser.ask(world.url(path))).headers.get('cache-control') ?? '', /no-store/, path);
    }
  });

  it('SES-9 refuses what another site posts, but where the provider posts', async () => {
    const { browser } = await world.signIn('dana');
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answered: [string, number][] = [];
    for (const route of world.routes) {
      const path = filled(route);
      const { status } = await browser.ask(world.url(path), { method: 'POST', headers });
      if (status === 403) continue;
      answered.push([path, status]);
      assert.equal((await browser.ask(world.url(`${path}/`), { method: 'POST', headers })).status, 403, 'exactly there');
    }
    assert.deepEqual(answered, [
      ['/logout/backchannel', 400],
      ['/initiate-login', 303],
    ]);
    assert.equal((await browser.ask(world.url('/dashboard'))).status, 200);
  });

  it('shows a name with markup in it as text', async () => {
    const { browser } = await world.signIn('markup');
    for (const path of ['/', '/dashboard', '/profile']) {
      const { body } = await browser.ask(world.url(path));
      assert.ok(!body.includes('<script'), path);
      assert.ok(body.includes('&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&quot;'), path);
    }
  });
});

describe('an address that leads nowhere', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  it('is a page that leads on, for somebody who is signed in', async () => {
    const { browser } = await world.signIn('alice');
    for (const path of ['/nowhere', '/team', '/team/finance/more', '/assets/x/../../package.json', '/%E0%A4%A']) {
      const { status, body } = await browser.ask(world.url(path));
      assert.equal(status, 404, path);
      assert.match(body, /Go to my dashboard/);
      assert.match(body, /Reference <code>/);
    }
  });

  it('may be too long: 414, and a page that leads on', async () => {
    const { status, body } = await new HttpBrowser().ask(world.url(`/?${'x'.repeat(5_000)}`));
    assert.equal(status, 414);
    assert.match(body, /This address is too long/);
  });

  it('may come with far too many cookies: 431, and a sentence', async () => {
    const port = Number(new URL(world.url('/')).port);
    const answer = await raw(port, `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=${'x'.repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.match(answer, /Clear the cookies of this site/);
  });
});

describe('a request that no browser sends', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());
  const port = () => Number(new URL(world.url('/')).port);

  it('with a target that is no path is answered with 400, and with a whole address as for its path', async () => {
    const lines = ['OPTIONS *', 'GET *', 'GET http://', 'GET http://[/', 'GET http://[::1/dashboard', 'GET http://%zz/'];
    for (const line of lines) {
      assert.match(
        await raw(port(), `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 (400|404) /,
        line,
      );
    }
    const whole = await raw(port(), 'GET http://evil.example/dashboard HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    assert.match(whole, /^HTTP\/1\.1 303 /);
    assert.match(whole, /Location: \/login\?return_to=%2Fdashboard\r\n/i);
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});

describe('the styleguide', () => {
  it('is a page for everybody outside of production, and not there in it', async () => {
    await using development = await openWorld();
    const { status, body } = await new HttpBrowser().ask(development.url('/styleguide'));
    assert.equal(status, 200);
    assert.match(body, /Waiting for approval[^]*50 rows/);
    const { body: large } = await new HttpBrowser().ask(development.url('/styleguide?rows=1000'));
    assert.match(large, /No\. 1000</);
    for (const odd of ['0', '1e9', 'x', '-1'])
      assert.match((await new HttpBrowser().ask(development.url(`/styleguide?rows=${odd}`))).body, /50 rows/, odd);
    await using production = await openWorld({ styleguide: false });
    const { browser } = await production.signIn('alice');
    assert.equal((await browser.ask(production.url('/styleguide'))).status, 404);
    assert.equal((await new HttpBrowser().ask(production.url('/styleguide'))).status, 303);
  });
});

describe('something that should not happen', () => {
  it('is a page with a reference and no detail; the log has the detail under that reference', async () => {
    await using world = await openWorld();
    const { browser } = await world.signIn('charlie');
    await world.db.schema.dropTable('team_total').execute();
    const { status, body } = await browser.ask(world.url('/team/empty'));
    assert.equal(status, 500);
    assert.match(body, /Something went wrong on our side/);
    assert.doesNotMatch(body, /team_total|SQLITE|select|at \w+ \(/i);
    const reference = /Reference <code>(\w+)<\/code>/.exec(body)?.[1];
    const line = world.log.find((entry) => entry['event'] === 'problem' && entry['reference'] === reference);
    assert.match(JSON.stringify(line), /no such table: team_total/);
    assert.equal((await browser.ask(world.url('/profile'))).status, 200, 'everything else goes on');
  });
});

describe('behind https', () => {
  it('cookies are bound to the host and to https, and browsers are told to insist on it', async () => {
    await using world = await openWorld({ baseUrl: 'https://outlay.example' });
    const { headers } = await new HttpBrowser().ask(world.url('/login'));
    const [cookie = ''] = headers.getSetCookie();
    assert.match(cookie, /^__Host-outlay-attempt-/);
    assert.match(cookie, /; Secure/);
    assert.match(cookie, /; HttpOnly/);
    assert.match(cookie, /; SameSite=Lax/);
    assert.match(cookie, /; Path=\//);
    assert.doesNotMatch(cookie, /; Domain/i);
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000; includeSubDomains');
  });
});

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, 'localhost');
  socket.end(request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
