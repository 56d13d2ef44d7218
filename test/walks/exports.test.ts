import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, listIn, personIdOf } from '../expense-walk.ts';
import { exportReaders } from '../exported.ts';
import { addMany } from '../many-expenses.ts';
import { openWorld, type World } from '../world.ts';

const states = ['draft', 'submitted', 'withdrawn', 'reimbursed'] as const;
const extensions = exportReaders.map(({ extension }) => extension);
const pathOf = (extension: string, query = '', team = 'finance') => `/team/${team}/expenses.${extension}${query}`;

describeOnBothEngines('the export of a team’s expenses', (engine) => {
  let world: World;
  const at = {} as Record<'alice' | 'bob' | 'charlie' | 'dana' | 'audrey' | 'fiona' | 'nobody', AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'charlie', 'dana', 'audrey', 'fiona', 'nobody'] as const satisfies readonly CastName[])
      at[name] = await AtExpenses.signIn(world, name);
    const ids = [await personIdOf(world, 'alice'), await personIdOf(world, 'bob')];
    await addMany(
      world.db,
      'finance',
      Array.from({ length: 60 }, (_, index) => {
        const state = states[index % 4] ?? 'draft';
        const [id = null, name] = index % 3 === 0 ? [ids[0], 'Alice Archer'] : [ids[1], 'Bob Baker'];
        return {
          ...(state !== 'reimbursed' && { spender_id: id, logged_by: id, spender_name: name, logged_by_name: name }),
          state,
          item: index % 5 === 0 ? 'Übernachtung' : 'Train',
          spent_on: `2026-0${1 + (index % 4)}-1${index % 5}`,
          category_id: index % 3 === 0 ? 'meals' : 'travel',
        };
      }),
    );
  });
  after(() => world[Symbol.asyncDispose]());

  const exported = async () => world.db.selectFrom('audit_entry').selectAll().where('action', '=', 'expenses-exported').execute();

  /** As the pages of the list have them. */
  async function listed(by: AtExpenses, query: string): Promise<string[]> {
    const ids: string[] = [];
    for (let path: string | undefined = `/team/finance${query}`; path !== undefined; ) {
      const page = listIn((await by.get(path)).body);
      ids.push(...page.ids);
      path = page.next;
    }
    return ids;
  }

  for (const { extension, type, idsIn } of exportReaders) {
    it(`as ${extension} is the list as it is filtered and sorted, to a member, a colleague, and whoever sees every team`, async () => {
      const queries = ['', '?sort=amount', '?state=submitted', '?category=meals&from=2026-02-01&sort=date', '?q=über&least=1.02'];
      for (const query of queries) {
        for (const name of ['alice', 'bob', 'dana', 'audrey', 'fiona'] as const) {
          const { status, headers, bytes } = await at[name].get(pathOf(extension, query));
          assert.equal(status, 200, query);
          assert.match(headers.get('content-type') ?? '', type);
          assert.match(headers.get('cache-control') ?? '', /no-store/);
          assert.equal(headers.get('content-length'), null, 'it is sent as it is read');
          const ids = idsIn(bytes);
          assert.deepEqual(ids, await listed(at[name], query), `${name} ${query}`);
          assert.ok(ids.length > 0);
        }
      }
      const [mine, theirs] = [await at.alice.get(pathOf(extension)), await at.audrey.get(pathOf(extension))];
      assert.ok(idsIn(mine.bytes).length > idsIn(theirs.bytes).length, 'drafts are their owner’s alone');
    });

    it(`as ${extension} has nothing in it where the filter lets nothing through`, async () => {
      const { status, bytes } = await at.alice.get(pathOf(extension, '?merchant=nowhere'));
      assert.equal(status, 200);
      assert.deepEqual(idsIn(bytes), []);
    });
  }

  it('is nothing at all to a stranger, like that of a team that is not there', async () => {
    const before = await exported();
    const withoutReference = (body: string) => body.replace(/Reference <code>\w+<\/code>/, '');
    for (const extension of extensions) {
      const missing = await at.charlie.get(pathOf(extension, '', 'no-such-team'));
      assert.equal(missing.status, 404);
      for (const name of ['charlie', 'nobody'] as const) {
        const { status, headers, body } = await at[name].get(pathOf(extension));
        assert.equal(status, 404);
        assert.equal(headers.get('content-disposition'), null);
        if (name === 'charlie') assert.equal(withoutReference(body), withoutReference(missing.body));
      }
      for (const id of ['%00', '..', '%27', 'Finance', 'x'.repeat(300), '%F0%9F%92%A9', '__proto__'])
        assert.equal((await at.dana.get(pathOf(extension, '', id))).status, 404, id);
    }
    assert.deepEqual(await exported(), before);
  });

  it('writes nothing, whoever asks: other methods are refused', async () => {
    for (const name of ['alice', 'audrey', 'charlie'] as const)
      for (const extension of extensions) assert.equal((await at[name].post(pathOf(extension))).status, 405);
  });

  it('is in the audit record: by whom, of which team, in which format, what of it, and how many', async () => {
    const from = (await exported()).length;
    const query = `?state=submitted&person=${await personIdOf(world, 'bob')}&category=travel&from=2026-01-02&most=5&q=train&sort=date`;
    const { bytes } = await at.fiona.get(pathOf('csv', query));
    await at.fiona.get(pathOf('csv'));
    const entries = (await exported()).toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(from);
    assert.deepEqual(
      entries.map(({ person_name: by, about_kind: kind, about_id: id, about_name: name }) => [by, kind, id, name]),
      [0, 1].map(() => ['Fiona Finch', 'team', 'finance', 'Finance']),
    );
    const details = entries.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);
    const count = exportReaders[0]?.idsIn(bytes);
    assert.deepEqual(details[0], {
      format: 'CSV',
      filter:
        'State: Waiting for approval; Spent by: Bob Baker; Category: Travel; From: 2 January 2026; At most: $5.00; Words: train',
      order: 'Latest day first',
      count: count?.length,
    });
    assert.equal(details[1]?.['filter'], 'everything');
    const page = await at.dana.get('/admin/audit?action=expenses-exported');
    assert.match(page.body, /Expenses exported/);
  });

  it('is called after team, filter and day, in plain letters', async () => {
    const nameOf = async (query: string) =>
      /^attachment; filename="outlay-finance-(.*)\d{4}-\d\d-\d\d\.csv"$/.exec(
        (await at.alice.get(pathOf('csv', query))).headers.get('content-disposition') ?? '',
      )?.[1];
    assert.equal(await nameOf(''), '');
    assert.equal(await nameOf('?state=submitted&from=2026-01-01&least=2.5'), 'submitted-from-2026-01-01-least-2-50-');
    assert.equal(await nameOf('?q=Café%20"%0D%0AX:%20y&sort=amount'), 'cafe-x-y-largest-first-');
    assert.equal(await nameOf('?q=Café%20";%20filename=x.exe'), 'cafe-filename-x-exe-');
    assert.equal(await nameOf('?q=費用'), 'words-');
    assert.equal((await nameOf(`?q=${'long%20'.repeat(25)}`))?.length, 80);
  });

  it('is asked for by HEAD without being one', async () => {
    const before = await exported();
    for (const extension of extensions) {
      const { status, headers } = await at.alice.browser.ask(world.url(pathOf(extension)), { method: 'HEAD' });
      assert.equal(status, 200);
      assert.match(headers.get('content-disposition') ?? '', /^attachment/);
    }
    assert.deepEqual(await exported(), before);
  });

  it('is begun by our own pages and by hand alone: a link of another site leads to the page', async () => {
    const before = await exported();
    for (const site of ['cross-site', 'same-site']) {
      const url = world.url(pathOf('csv', '?state=draft&sort=date'));
      const { status, location } = await at.alice.browser.ask(url, { headers: { 'sec-fetch-site': site } });
      assert.deepEqual([status, location], [303, world.url('/team/finance?state=draft&sort=date')]);
    }
    assert.deepEqual(await exported(), before);
    for (const site of ['same-origin', 'none']) {
      const url = world.url(pathOf('csv'));
      assert.equal((await at.alice.browser.ask(url, { headers: { 'sec-fetch-site': site } })).status, 200);
    }
  });

  it('is offered on the page, in every format and of what is shown there', async () => {
    const { body } = await at.alice.get('/team/finance?state=submitted&q=train&sort=date');
    const links = [...body.matchAll(/href="(\/team\/[^"]+\/expenses\.[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&'),
    );
    assert.deepEqual(
      links,
      extensions.map((extension) => pathOf(extension, '?state=submitted&q=train&sort=date')),
    );
    assert.doesNotMatch((await at.alice.get('/team/finance?q=nowhere')).body, /expenses\.csv/);
  });
});
