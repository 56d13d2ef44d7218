import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('categories', (engine) => {
  let world: World;
  const browsers = new Map<CastName, HttpBrowser>();
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'dana', 'audrey', 'fiona'] as const) browsers.set(name, (await world.signIn(name)).browser);
  });
  after(() => world[Symbol.asyncDispose]());

  function browserOf(name: CastName): HttpBrowser {
    return browsers.get(name) ?? assert.fail(name);
  }

  const get = (name: CastName, path: string) => browserOf(name).ask(world.url(path));
  const post = (name: CastName, path: string, form: Readonly<Record<string, string>> = {}) =>
    browserOf(name).ask(world.url(path), { method: 'POST', form });

  async function idOf(label: string): Promise<string> {
    return (await world.db.selectFrom('category').select('id').where('label', '=', label).executeTakeFirstOrThrow()).id;
  }

  async function offered(): Promise<string> {
    return (await get('alice', '/team/finance/new-expense')).body;
  }

  it('are added, renamed, retired and brought back by somebody in finance, and recorded', async () => {
    const list = await get('fiona', '/categories');
    assert.match(textOf(list.body), /Travel/);
    assert.equal((await submit(browserOf('fiona'), list, '/categories', { label: ' Client  gifts ' })).status, 303);
    const id = await idOf('Client gifts');
    const path = `/categories/${id}`;
    assert.match(await offered(), />Client gifts</);
    const logged = await submit(browserOf('alice'), await get('alice', '/team/finance/new-expense'), '/team/finance/expenses', {
      item: 'Flowers',
      amount: '20',
      category: id,
    });
    const renamed = await submit(browserOf('fiona'), await get('fiona', path), path, { label: 'Gifts' });
    assert.equal(renamed.location, world.url('/categories?done=category-renamed'));
    const flowers = textOf((await browserOf('alice').ask(logged.location ?? '')).body);
    assert.match(flowers, /Category Gifts/, 'also on what was logged before');
    assert.equal((await post('fiona', `${path}/retiring`)).status, 303);
    assert.equal((await post('fiona', `${path}/retiring`)).status, 303, 'twice is once');
    assert.doesNotMatch(await offered(), />Gifts</);
    const again = await get('alice', `/team/finance/new-expense?repeat=${new URL(logged.location ?? '').pathname.split('/')[2]}`);
    assert.match(again.body, /name="item" value="Flowers"/);
    assert.doesNotMatch(again.body, />Gifts</, 'nor where an expense in it is logged again');
    assert.match(textOf((await browserOf('alice').ask(logged.location ?? '')).body), /Category Gifts/);
    assert.match(textOf((await get('fiona', '/categories')).body), /Gifts No longer offered since/);
    assert.equal((await post('fiona', `${path}/restoring`)).status, 303);
    assert.match(await offered(), />Gifts</);
    const entries = await world.db.selectFrom('audit_entry').select('action').where('about_id', '=', id).orderBy('id').execute();
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['category-added', 'category-renamed', 'category-retired', 'category-restored'],
    );
  });

  it('are changed by an admin just the same', async () => {
    assert.equal((await post('dana', '/categories', { label: 'Books' })).status, 303);
    assert.match(await offered(), />Books</);
  });

  it('are read by an auditor, who cannot change them', async () => {
    for (const path of ['/categories', '/categories/travel']) {
      const { status, body } = await get('audrey', path);
      assert.equal(status, 200);
      assert.match(body, /Travel/);
      assert.doesNotMatch(body, /<form class="form"|Retire/);
    }
    for (const path of ['/categories', '/categories/travel', '/categories/travel/retiring', '/categories/travel/restoring'])
      assert.equal((await post('audrey', path, { label: 'X' })).status, 403, path);
    assert.match(await offered(), />Travel</);
  });

  it('are to everybody else a page that is not there', async () => {
    for (const path of ['/categories', '/categories/travel']) {
      assert.equal((await get('alice', path)).status, 404, path);
      assert.equal((await post('alice', path, { label: 'X' })).status, 404, path);
    }
    assert.equal((await post('alice', '/categories/travel/retiring')).status, 404);
  });

  it('survive any id that is not one', async () => {
    for (const id of ['nothing', '%00', '__proto__', '%20', 'TRAVEL', '💸', 'a'.repeat(300)]) {
      assert.equal((await get('fiona', `/categories/${id}`)).status, 404, id);
      for (const what of ['', '/retiring', '/restoring'])
        assert.equal((await post('fiona', `/categories/${id}${what}`, { label: 'X' })).status, 404, id);
    }
  });

  it('need a name of their own, of at most 60 characters', async () => {
    for (const [label, sentence] of [
      ['', /Give the category a name/],
      [' \u202e\t ', /Give the category a name/],
      ['x'.repeat(61), /60 characters at most/],
      ['TRAVEL', /There is a category of this name already/],
    ] as const) {
      for (const path of ['/categories', '/categories/meals']) {
        const { status, body } = await post('fiona', path, { label });
        assert.equal(status, 422, label);
        assert.match(mistakesOn(body)['label'] ?? '', sentence, label);
      }
    }
    assert.equal((await post('fiona', '/categories/meals', { label: 'MEALS' })).status, 303, 'its own it may have');
    await idOf('MEALS');
  });

  it('never come to an end: the last one that is offered stays', async () => {
    const all = await world.db.selectFrom('category').select('id').execute();
    const answers: number[] = [];
    for (const { id } of all) answers.push((await post('fiona', `/categories/${id}/retiring`)).status);
    assert.equal(answers.at(-1), 409);
    assert.deepEqual(new Set(answers.slice(0, -1)), new Set([303]));
    assert.equal((await world.db.selectFrom('category').select('id').where('retired_at', 'is', null).execute()).length, 1);
  });
});
