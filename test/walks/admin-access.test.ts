import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { textOf } from '../forms.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { type AdminPath, adminPaths, assertNoDefect, personId, ruleId } from './administration.ts';

/** What only says something, or only exports what one may see: everything else that is posted changes something. */
const readingPosts = ['/admin/audit/export'];

describeOnBothEngines('the administration', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  let paths: readonly AdminPath[];
  before(async () => {
    world = await openWorld({ engine });
    await world.signIn('alice');
    await world.signIn('charlie');
    admin = (await world.signIn('dana')).browser;
    paths = await adminPaths(world);
  });
  after(() => world[Symbol.asyncDispose]());

  const get = async (browser: HttpBrowser, path: string) => browser.ask(world.url(path));
  const post = async (browser: HttpBrowser, path: string, form = {}) => browser.ask(world.url(path), { method: 'POST', form });
  const withoutReference = (body: string) => body.replace(/<code>\w+<\/code>/, '');

  it('is reached from the header by admins and auditors, and by nobody else', async () => {
    for (const [name, shown] of [
      ['dana', true],
      ['audrey', true],
      ['alice', false],
      ['manuel', false],
      ['fiona', false],
    ] as const) {
      const { landed } = await world.signIn(name);
      assert.equal(/href="\/admin\/teams">.*Administration/.test(landed.body), shown, name);
    }
  });

  it('leads from each of its lists to the others, and says which one is open', async () => {
    for (const [path, label] of [
      ['/admin/teams', 'Teams'],
      ['/admin/people', 'People'],
      ['/admin/rules', 'Rules'],
      ['/admin/audit', 'Audit record'],
      ['/admin/doctor', 'Doctor'],
    ] as const) {
      const { body } = await get(admin, path);
      const tabs = /<nav class="tabs"[^]*?<\/nav>/.exec(body)?.[0] ?? assert.fail(`no way on from ${path}`);
      assert.equal([...tabs.matchAll(/<a /g)].length, 5);
      assert.match(tabs, new RegExp(`href="${path}" aria-current="page">${label}<`));
      assert.equal(tabs.split('aria-current').length, 2, 'one is open');
    }
  });

  for (const name of ['alice', 'manuel', 'fiona', 'nobody'] as const satisfies CastName[]) {
    it(`is for ${name} the page that does not exist, whatever is asked, and however`, async () => {
      const { browser } = await world.signIn(name);
      // A page that answers a form does not offer what would lose what was typed in it, wherever it was sent.
      const missing = {
        get: withoutReference((await get(browser, '/admin/nothing')).body),
        post: withoutReference((await post(browser, '/admin/nothing', { label: 'Mine', currency: 'EUR' })).body),
      };
      const tooLarge = withoutReference((await post(browser, '/admin/nothing', { label: 'x'.repeat(100_000) })).body);
      for (const { path } of paths) {
        for (const [method, answer] of [
          ['get', await get(browser, path)],
          ['post', await post(browser, path, { label: 'Mine', currency: 'EUR' })],
        ] as const) {
          assert.equal(answer.status, 404, path);
          assert.equal(withoutReference(answer.body), missing[method], path);
        }
        const large = await post(browser, path, { label: 'x'.repeat(100_000) });
        assert.deepEqual([large.status, withoutReference(large.body)], [413, tooLarge], path);
      }
      assert.equal((await world.db.selectFrom('team').select('id').execute()).length, 3);
    });
  }

  it('is read by an auditor, without a button that changes anything', async () => {
    const { browser } = await world.signIn('audrey');
    for (const { route, path } of paths) {
      const [mine, admins] = [await get(browser, path), await get(admin, path)];
      if (['/admin/new-team', '/admin/new-rule'].includes(route)) {
        assert.equal(mine.status, 403, path);
        continue;
      }
      assert.equal(mine.status, admins.status, path);
      const targets = [...mine.body.matchAll(/<form method="post"[^>]*action="([^"]*)"|formaction="([^"]*)"/g)];
      const changing = targets.map(([, action, formaction]) => action ?? formaction ?? '');
      assert.deepEqual(
        changing.filter((action) => action !== '/logout' && !readingPosts.includes(action)),
        [],
        path,
      );
      assert.doesNotMatch(mine.body, /href="\/admin\/new-/, path);
    }
  });

  it('lets an auditor change nothing, and says who may', async () => {
    const { browser } = await world.signIn('audrey');
    const state = async () => {
      const tables = (['team', 'rule', 'right_grant', 'session', 'person'] as const).map((table) =>
        world.db.selectFrom(table).selectAll().execute(),
      );
      return JSON.stringify(await Promise.all(tables));
    };
    const before = await state();
    for (const { path } of paths.filter(({ route }) => !readingPosts.includes(route))) {
      const asAdmin = await admin.ask(world.url(path), { method: 'PUT', headers: { origin: world.baseUrl } });
      if (!(asAdmin.headers.get('allow') ?? '').includes('POST')) continue;
      const { status, body } = await post(browser, path, { label: 'Mine', currency: 'EUR', role: 'admin', team: '' });
      assert.equal(status, 403, path);
      assert.match(textOf(body), /Only an admin can do this\. You may read here, and change nothing\./, path);
    }
    assert.equal(await state(), before);
  });

  it('survives every id that is not one, and every id of something else', async () => {
    const [alice, charlie, rule] = [
      await personId(world, 'alice'),
      await personId(world, 'charlie'),
      await ruleId(world, 'alice@example.com'),
    ];
    const grant =
      paths
        .find(({ route }) => route.includes(':grant'))
        ?.path.split('/')
        .at(-2) ?? '';
    const odd = [
      '__proto__',
      'constructor',
      '%00',
      'finance%00',
      "'--",
      "'%20or%20'1'='1",
      'x'.repeat(300),
      '💸',
      '%E0%A4%A',
      '..%2Ffinance',
    ];
    const foreign = ['alice@example.com', rule, grant, alice.toUpperCase(), `${alice}%20`, '0'.repeat(36)];
    for (const { route } of paths.filter(({ route }) => route.includes(':'))) {
      for (const id of [...odd, ...foreign.filter((id) => !(route.includes('/rules/') && id === rule))]) {
        const path = route.replace(':id', id).replace(':grant', grant);
        const answers = [
          await get(admin, path),
          await post(admin, path, { role: 'member', team: 'finance', label: 'x', currency: 'EUR' }),
        ];
        for (const { status, body } of answers) {
          assert.ok(status === 404 || status === 405, `${status} at ${path}`);
          if (status === 404) assert.match(body, /There is nothing here/, path);
        }
      }
    }
    const ofCharlie = '/admin/people/:id/grants/:grant/removal'.replace(':id', charlie);
    for (const id of [grant, ...odd]) assert.equal((await post(admin, ofCharlie.replace(':grant', id))).status, 404, id);
    assert.ok((await get(admin, `/admin/people/${alice}`)).body.includes(`grants/${grant}/removal`), 'it is still Alice’s');
    assertNoDefect(world);
  });

  it('survives every odd query', async () => {
    const odd = [
      '%00',
      'a%00b',
      '%',
      '%25_%5C',
      '\u{1F4B8}',
      '%E0%A4%A',
      'x'.repeat(1_000),
      "'--",
      '[1]',
      '%5B%22%5Cu0000%22%2C%221%22%5D',
    ];
    const names = ['q', 'page', 'after', 'done', 'team', 'person', 'action', 'from', 'to'];
    const pages = [
      '/admin/teams',
      '/admin/people',
      '/admin/rules',
      '/admin/audit',
      `/admin/people/${await personId(world, 'alice')}`,
    ];
    for (const path of pages) {
      for (const name of names) {
        for (const value of [...odd, `1&${name}=2`, '9999-12-31', '0000-01-01', '999999999']) {
          const { status } = await get(admin, `${path}?${name}=${value}`);
          assert.equal(status, 200, `${path}?${name}=${value}`);
        }
      }
    }
    assertNoDefect(world);
  });

  it('survives every odd body, and does nothing by it', async () => {
    const { length } = await world.db.selectFrom('rule').select('id').execute();
    const bodies: Readonly<Record<string, string>> = {
      nothing: '',
      twice: 'label=a&label=b&currency=EUR&currency=USD&kind=add&kind=add&role=member&role=admin&claim=a&claim=b',
      brackets: 'label[a]=1&__proto__[x]=1&constructor=1&role[]=admin',
      broken: '%E0%A4%A=%&=&&&=label',
      control:
        'label=a%00b&currency=EUR&id=nul&claim=a%00b&operator=equals&value=b%00&role=member&team=finance%00&kind=add&seen=%00',
    };
    const types = [
      'application/x-www-form-urlencoded',
      'application/json',
      'text/plain',
      'multipart/form-data',
      'application/x-www-form-urlencoded; charset=utf-7',
    ];
    for (const { route, path } of paths.filter((known) => !readingPosts.includes(known.route))) {
      for (const [name, body] of Object.entries(bodies)) {
        for (const type of types) {
          const answer = await fetch(world.url(path), {
            method: 'POST',
            redirect: 'manual',
            body,
            headers: { 'content-type': type, origin: world.baseUrl, cookie: await admin.cookies.getCookieString(world.url('/')) },
          });
          await answer.body?.cancel();
          const needsNoBody = /\/(archiving|restoring|removal|ending|disabling|enabling)$/.test(route);
          const expected = needsNoBody ? [303, 404] : [422, 404, 405, 409];
          assert.ok(expected.includes(answer.status), `${answer.status} for ${name} as ${type} at ${path}`);
        }
      }
      const { status } = await post(admin, path, { label: 'x'.repeat(1_000_000) });
      assert.ok([413, 405, 303, 404].includes(status), `${status} for a megabyte at ${path}`);
    }
    assert.equal((await world.db.selectFrom('rule').select('id').execute()).length, length);
    assert.equal((await world.db.selectFrom('team').select('id').execute()).length, 3);
    assertNoDefect(world);
  });
});
