import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { png } from '../receipt-files.ts';
import { openWorld, type World } from '../world.ts';

const nothing = { kind: 'expense', effect: 'warn', team: '', category: '', amount: '', currency: '', days: '' };

describeOnBothEngines('limits', (engine) => {
  let world: World;
  const browsers = new Map<CastName, HttpBrowser>();
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'charlie', 'dana', 'audrey', 'fiona', 'manuel'] as const)
      browsers.set(name, (await world.signIn(name)).browser);
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.db.deleteFrom('limit_rule').execute());

  function browserOf(name: CastName): HttpBrowser {
    return browsers.get(name) ?? assert.fail(name);
  }

  const get = (name: CastName, path: string) => browserOf(name).ask(world.url(path));
  const post = (name: CastName, path: string, form: Readonly<Record<string, string>> = {}) =>
    browserOf(name).ask(world.url(path), { method: 'POST', form });

  /** As somebody fills in the form for a new one. */
  async function setLimit(name: CastName, typed: Readonly<Record<string, string>>): Promise<Answer> {
    return submit(browserOf(name), await get(name, '/new-limit'), '/limits', typed);
  }

  async function onlyLimit(): Promise<string> {
    const rows = await world.db.selectFrom('limit_rule').select('id').execute();
    assert.equal(rows.length, 1);
    return rows[0]?.id ?? '';
  }

  async function recorded(): Promise<string[]> {
    const entries = await world.db
      .selectFrom('audit_entry')
      .selectAll()
      .where('about_kind', '=', 'limit')
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    return entries.map(({ action, person_name: by, about_name: about }) => [action, by, about].join(': '));
  }

  /** Logged on a page, and as it then stands before its person. */
  async function log(name: CastName, team: string, typed: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const form = await get(name, `/team/${team}/new-expense`);
    const usual = { item: 'Lunch', amount: '100', category: 'meals', merchant: 'Luigi', next: 'draft' };
    const answer = await submit(browserOf(name), form, `/team/${team}/expenses`, { ...usual, ...typed });
    assert.equal(answer.status, 303, answer.body);
    return browserOf(name).ask(answer.location ?? '');
  }

  it('are set, changed and removed by somebody in finance, and recorded', async () => {
    assert.match((await get('fiona', '/dashboard')).body, /href="\/limits">Limits</);
    assert.match(textOf((await get('fiona', '/limits')).body), /No limits yet/);
    const added = await setLimit('fiona', { kind: 'day', amount: '1,200.50', currency: 'usd', effect: 'block' });
    assert.equal(added.location, world.url('/limits?done=limit-added'));
    const list = textOf((await get('fiona', '/limits?done=limit-added')).body);
    assert.match(list, /The limit counts from now on/);
    assert.match(list, /At most \$1,200\.50 per person and day Blocks Every team in USD, every category/);
    assert.deepEqual(await recorded(), [
      'limit-added: Fiona Finch: At most $1,200.50 per person and day, every team in USD, every category, blocks',
    ]);
    const path = `/limits/${await onlyLimit()}`;
    const form = await get('fiona', path);
    assert.match(form.body, /value="1200\.50"/);
    const typed = { kind: 'age', amount: '', currency: '', days: '30', team: 'finance', category: 'travel', effect: 'warn' };
    assert.equal((await submit(browserOf('fiona'), form, path, typed)).location, world.url('/limits?done=limit-changed'));
    assert.match(textOf((await get('fiona', path)).body), /At most 30 days old when it is submitted\. Finance, Travel\. Warns\./);
    assert.deepEqual(await recorded(), [
      'limit-changed: Fiona Finch: At most 30 days old when it is submitted, Finance, Travel, warns',
    ]);
    const removed = await post('fiona', `${path}/removal`);
    assert.equal(removed.location, world.url('/limits?done=limit-removed'));
    assert.match((await recorded()).join(), /^limit-removed/);
    assert.equal((await get('fiona', path)).status, 404);
    assert.equal((await post('fiona', `${path}/removal`)).status, 404);
  });

  it('are set by an admin just the same', async () => {
    assert.equal((await setLimit('dana', { kind: 'duplicate' })).status, 303);
    assert.match(textOf((await get('dana', '/limits')).body), /Nothing logged twice/);
  });

  it('are read by an auditor, who cannot change them', async () => {
    await setLimit('fiona', { kind: 'duplicate' });
    const path = `/limits/${await onlyLimit()}`;
    for (const page of ['/limits', path]) {
      const { status, body } = await get('audrey', page);
      assert.equal(status, 200);
      assert.match(body, /Nothing logged twice/);
      assert.doesNotMatch(body, /New limit|<form class="form"|Remove the limit/);
    }
    assert.equal((await get('audrey', '/new-limit')).status, 403);
    for (const [to, form] of [
      ['/limits', { ...nothing, kind: 'age', days: '1' }],
      [path, nothing],
      [`${path}/removal`, {}],
    ] as const)
      assert.equal((await post('audrey', to, form)).status, 403, to);
    await onlyLimit();
  });

  it('are to everybody else a page that is not there', async () => {
    await setLimit('fiona', { kind: 'duplicate' });
    const path = `/limits/${await onlyLimit()}`;
    for (const name of ['alice', 'manuel'] as const) {
      for (const page of ['/limits', '/new-limit', path]) assert.equal((await get(name, page)).status, 404, page);
      for (const to of ['/limits', path, `${path}/removal`]) assert.equal((await post(name, to, nothing)).status, 404, to);
      assert.doesNotMatch((await get(name, '/dashboard')).body, /href="\/limits"/);
    }
    await onlyLimit();
  });

  it('survive any id that is not one', async () => {
    const unknown = '018f0000-0000-7000-8000-000000000000';
    for (const id of ['x', '%00', '__proto__', "'%20or%201=1", '..%2Flimits', 'a'.repeat(300), unknown]) {
      assert.equal((await get('fiona', `/limits/${id}`)).status, 404, id);
      assert.equal((await post('fiona', `/limits/${id}`, nothing)).status, 404, id);
      assert.equal((await post('fiona', `/limits/${id}/removal`)).status, 404, id);
    }
  });

  it('that make no sense come back with what was typed and a sentence beside each mistake', async () => {
    const cases: [Readonly<Record<string, string>>, string, RegExp][] = [
      [{ kind: 'receipt' }, 'currency', /three letters/],
      [{ kind: 'receipt', currency: 'USD' }, 'amount', /Say how much it may be/],
      [{ kind: 'receipt', amount: '5', currency: 'USD', days: '3' }, 'days', /has no days/],
      [{ kind: '__proto__' }, 'kind', /Choose what is limited/],
      [{ effect: 'explode', amount: '5', currency: 'USD' }, 'effect', /Choose what the limit does/],
      [{ amount: '', currency: 'USD' }, 'amount', /Say how much it may be/],
      [{ amount: '-5', currency: 'USD' }, 'amount', /more than nothing/],
      [{ amount: '1.5', currency: 'JPY' }, 'amount', /JPY has no decimals/],
      [{ amount: '5' }, 'currency', /three letters/],
      [{ amount: '5', currency: 'XYZ' }, 'currency', /three letters/],
      [{ amount: '5', currency: 'EUR', team: 'finance' }, 'currency', /Finance spends in USD/],
      [{ amount: '5', currency: 'USD', days: '3' }, 'days', /has no days/],
      [{ kind: 'age' }, 'days', /from 1 to 3,650/],
      [{ kind: 'age', days: '0' }, 'days', /from 1 to 3,650/],
      [{ kind: 'age', days: '1e3' }, 'days', /from 1 to 3,650/],
      [{ kind: 'age', days: '3', amount: '4' }, 'amount', /has no amount/],
      [{ kind: 'duplicate', currency: 'USD' }, 'currency', /has no amount/],
      [{ kind: 'duplicate', team: 'nothing' }, 'team', /Choose one of the teams/],
      [{ kind: 'duplicate', category: '\0' }, 'category', /Choose one of the categories/],
    ];
    for (const [typed, field, sentence] of cases) {
      const what = JSON.stringify(typed);
      const { status, body } = await post('fiona', '/limits', { ...nothing, ...typed });
      assert.equal(status, 422, what);
      assert.match(mistakesOn(body)[field] ?? '', sentence, what);
      if (typed['amount'] !== undefined) assert.ok(body.includes(`value="${typed['amount']}"`), what);
    }
    assert.deepEqual(await world.db.selectFrom('limit_rule').selectAll().execute(), []);
  });

  it('that block keep something from being submitted: its page says why, and nothing has changed', async () => {
    await setLimit('fiona', { amount: '99.99', team: 'finance', effect: 'block' });
    const page = await log('alice', 'finance');
    const sentence = '$100.00 is more than the limit of $99.99 for one expense.';
    assert.ok(textOf(page.body).includes(`It cannot be submitted like this ${sentence}`), textOf(page.body));
    assert.doesNotMatch(page.body, /Submit for approval/);
    const path = new URL(page.url).pathname;
    const refused = await post('alice', `${path}/submission`);
    assert.equal(refused.status, 422);
    assert.match(textOf(refused.body), /It cannot be submitted like this \$100\.00 is more .* It was not submitted\./);
    const { state, version } = await world.db
      .selectFrom('expense')
      .select(['state', 'version'])
      .where('id', '=', path.slice(10))
      .executeTakeFirstOrThrow();
    assert.deepEqual([state, version], ['draft', 1]);
  });

  it('that have something to say of it keep what is logged and submitted in one go a draft, so that it is read first', async () => {
    await setLimit('fiona', { amount: '99.99', team: 'finance' });
    const page = await log('alice', 'finance', { next: 'submit' });
    assert.match(
      textOf(page.body),
      /Draft \$100\.00 .*Not submitted yet: read this first \$100\.00 is more than the limit of \$99\.99/,
    );
    const path = new URL(page.url).pathname;
    assert.match(
      textOf((await log('alice', 'finance', { next: 'submit', amount: '99.99' })).body),
      /Waiting for approval \$99\.99/,
    );
    const edited = await submit(browserOf('alice'), await get('alice', `${path}/edit`), `${path}/edit`, {
      amount: '98',
      next: 'submit',
    });
    assert.match(textOf((await browserOf('alice').ask(edited.location ?? '')).body), /Waiting for approval \$98\.00/);
  });

  it('that warn are read by whoever decides, on the expense and in the list, and not by the rest of the team', async () => {
    await setLimit('fiona', { amount: '99.99', team: 'finance' });
    const page = await log('alice', 'finance', { item: 'Warned lunch' });
    const submitted = await submit(browserOf('alice'), page, `${new URL(page.url).pathname}/submission`);
    assert.equal(submitted.status, 303);
    const path = new URL(page.url).pathname;
    const warning = /\$100\.00 is more than the limit of \$99\.99 for one expense\./;
    assert.match(textOf((await get('manuel', path)).body), warning);
    assert.match(textOf((await get('manuel', path)).body), /Before you decide/);
    assert.match(textOf((await get('manuel', '/waiting')).body), /Warned lunch Above a limit \$100\.00/);
    assert.doesNotMatch(textOf((await get('bob', path)).body), warning);
    assert.equal((await post('manuel', `${path}/approval`)).status, 303);
    assert.doesNotMatch(textOf((await get('manuel', path)).body), warning);
  });

  it('that ask for a receipt are met by adding one, and told to whoever decides without one', async () => {
    await setLimit('fiona', { kind: 'receipt', amount: '99.99', team: 'finance', effect: 'block' });
    const path = `/limits/${await onlyLimit()}`;
    assert.match(
      textOf((await get('fiona', path)).body),
      /A receipt for more than \$99\.99\. Finance, every category\. Blocks\./,
    );
    const page = await log('alice', 'finance', { item: 'Undocumented', next: 'submit' });
    const sentence = 'There is no receipt, and above $99.99 one is needed.';
    assert.ok(textOf(page.body).includes(`It cannot be submitted like this ${sentence}`), textOf(page.body));
    assert.doesNotMatch(page.body, /Submit for approval/);
    const expense = new URL(page.url).pathname;
    assert.equal((await post('alice', `${expense}/submission`)).status, 422);
    const multipart = new FormData();
    multipart.set('file', new Blob([png]), 'receipt.png');
    const added = await browserOf('alice').ask(world.url(`${expense}/receipts`), { method: 'POST', multipart });
    assert.equal(added.status, 303, added.body);
    const { body } = await get('alice', expense);
    assert.doesNotMatch(textOf(body), /There is no receipt/);
    assert.match(body, /Submit for approval/);
    const receipt = new RegExp(`${expense}/receipts/[\\da-f-]{36}`).exec(body)?.[0] ?? assert.fail(body);
    assert.equal((await post('alice', `${receipt}/removal`)).status, 303);
    assert.equal((await post('alice', `${expense}/submission`)).status, 422, 'it is gone again');
    await submit(browserOf('fiona'), await get('fiona', path), path, { effect: 'warn' });
    assert.ok(textOf((await get('alice', expense)).body).includes(`Not submitted yet: read this first ${sentence}`));
    assert.equal((await post('alice', `${expense}/submission`)).status, 303);
    assert.ok(textOf((await get('manuel', expense)).body).includes(`Before you decide ${sentence}`));
    assert.match(textOf((await get('manuel', '/waiting')).body), /Undocumented No receipt \$100\.00/);
    assert.ok(!textOf((await get('bob', expense)).body).includes(sentence));
  });

  it('hold where much is logged and submitted at once', async () => {
    await setLimit('fiona', { kind: 'day', amount: '100', team: 'empty', effect: 'block' });
    const form = {
      item: 'Taxi',
      amount: '40',
      spentOn: '2026-02-02',
      category: 'travel',
      merchant: '',
      note: '',
      next: 'submit',
    };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('charlie', '/team/empty/expenses', form)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303]));
    const rows = await world.db.selectFrom('expense').select('state').where('item', '=', 'Taxi').execute();
    assert.equal(rows.filter(({ state }) => state === 'submitted').length, 2);
    assert.equal(rows.filter(({ state }) => state === 'draft').length, 4);
  });

  it('keep a team’s currency, while they are in it', async () => {
    await setLimit('fiona', { amount: '50', team: 'empty' });
    await world.db.deleteFrom('expense_row').where('team_id', '=', 'empty').execute();
    const change = { label: 'Empty', currency: 'USD', secondAbove: '' };
    const refused = await post('dana', '/admin/teams/empty', change);
    assert.equal(refused.status, 409);
    assert.match(textOf(refused.body), /This team has limits in JPY, so its currency stays/);
  });
});
