import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { formatDay, formatMonth } from '../../src/web/clock.ts';
import { openWorld, type World } from '../world.ts';

/** As many months ago, as YYYY-MM. */
function monthsAgo(count: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count)).toISOString().slice(0, 7);
}

const [running, last, first] = [monthsAgo(0), monthsAgo(1), monthsAgo(23)];
const name = formatMonth(last);
const closedBy = `${name} was closed by Fiona Finch on ${formatDay(new Date().toISOString())}`;

describeOnBothEngines('months', (engine) => {
  let world: World;
  const browsers = new Map<CastName, HttpBrowser>();
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'dana', 'audrey', 'fiona', 'manuel'] as const)
      browsers.set(name, (await world.signIn(name)).browser);
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.db.deleteFrom('closed_month').execute());

  function browserOf(name: CastName): HttpBrowser {
    return browsers.get(name) ?? assert.fail(name);
  }

  const get = (name: CastName, path: string) => browserOf(name).ask(world.url(path));
  const post = (name: CastName, path: string, form: Readonly<Record<string, string>> = {}) =>
    browserOf(name).ask(world.url(path), { method: 'POST', form });

  /** An expense of the last month, as a draft. @returns its path. */
  async function logIt(item: string): Promise<string> {
    const form = { item, amount: '1234.56', spentOn: `${last}-03`, category: 'meals', merchant: '', note: '' };
    const { location } = await post('alice', '/team/finance/expenses', form);
    return new URL(location ?? '').pathname;
  }

  it('are listed for two years with what was spent in each, and closed and opened by somebody in finance', async () => {
    const logged = await logIt('Chairs');
    assert.equal((await post('alice', `${logged}/submission`)).status, 303);
    const page = await get('fiona', '/months');
    const text = textOf(page.body);
    assert.equal(page.body.match(/<strong>/g)?.length, 24);
    const [now, then] = [formatMonth(running), formatMonth(first)];
    assert.ok(text.includes(`${now} Nothing spent Close ${now} ${name} 1 expense · 1 not decided on yet $1,234.56 Close`), text);
    assert.ok(text.endsWith(`Close ${then}`), text);
    const closed = await submit(browserOf('fiona'), page, `/months/${last}/closing`);
    assert.equal(closed.location, world.url('/months?done=month-closed'));
    const after = await browserOf('fiona').ask(closed.location ?? '');
    const closedText = textOf(after.body);
    assert.match(closedText, /The month is closed\. What was approved in it can still be reimbursed\./);
    assert.ok(closedText.includes(`${name} Closed 1 expense`), closedText);
    assert.ok(
      closedText.includes(`${closedBy.replace(`${name} was closed`, 'Closed')} $1,234.56 Open again ${name}`),
      closedText,
    );
    assert.equal((await submit(browserOf('fiona'), after, `/months/${last}/opening`)).status, 303);
    assert.doesNotMatch((await get('fiona', '/months')).body, /Closed by/);
    const entries = await world.db
      .selectFrom('audit_entry')
      .select(['action', 'person_name', 'about_name'])
      .where('about_kind', '=', 'month')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      entries.map((entry) => Object.values(entry).join(': ')),
      [`month-closed: Fiona Finch: ${name}`, `month-opened: Fiona Finch: ${name}`],
    );
  });

  it('are read by an admin and by an auditor, who close none', async () => {
    for (const who of ['dana', 'audrey'] as const) {
      const { status, body } = await get(who, '/months');
      assert.equal(status, 200);
      assert.ok(body.includes(name));
      assert.doesNotMatch(body, /closing|opening/);
      assert.equal((await post(who, `/months/${last}/closing`)).status, 403);
      assert.equal((await post(who, `/months/${last}/opening`)).status, 403);
    }
  });

  it('are to everybody else a page that is not there', async () => {
    for (const who of ['alice', 'manuel'] as const) {
      assert.equal((await get(who, '/months')).status, 404);
      assert.equal((await post(who, `/months/${last}/closing`)).status, 404);
      assert.equal((await post(who, `/months/${last}/opening`)).status, 404);
    }
    assert.deepEqual(await world.db.selectFrom('closed_month').selectAll().execute(), []);
  });

  it('survive whatever is no month, and one that has not begun', async () => {
    for (const id of [
      '2026-13',
      '2026-00',
      '2026-1',
      '202601',
      '2026-01-01',
      '1999-12',
      monthsAgo(-1),
      '9999-12',
      '%00',
      '__proto__',
    ]) {
      assert.equal((await post('fiona', `/months/${id}/closing`)).status, 404, id);
      assert.equal((await post('fiona', `/months/${id}/opening`)).status, 404, id);
    }
  });

  it('that are closed are a mistake in the form of a new expense, and nothing that was typed is lost', async () => {
    await post('fiona', `/months/${last}/closing`);
    const form = await get('alice', '/team/finance/new-expense');
    const typed = { item: 'Late lunch', amount: '12', spentOn: `${last}-28`, category: 'meals', next: 'submit' };
    const refused = await submit(browserOf('alice'), form, '/team/finance/expenses', typed);
    assert.equal(refused.status, 422);
    assert.ok(mistakesOn(refused.body)['spentOn']?.startsWith(closedBy));
    assert.match(refused.body, /value="Late lunch"/);
    const another = await submit(browserOf('alice'), refused, '/team/finance/expenses', { ...typed, spentOn: `${running}-01` });
    assert.equal(another.status, 303);
  });

  it('that are closed leave nothing to press on what is in them but the reimbursement, and say why', async () => {
    const [draft, waiting, approved] = [
      await logIt('A draft'),
      await logIt('One that waits'),
      await logIt('One that is approved'),
    ];
    for (const path of [waiting, approved]) assert.equal((await post('alice', `${path}/submission`)).status, 303);
    assert.equal((await post('manuel', `${approved}/approval`)).status, 303);
    assert.match(textOf((await get('fiona', '/months')).body), /3 expenses · 2 not decided on yet/);
    await post('fiona', `/months/${last}/closing`);
    const why = `${closedBy}, so no expense in it changes until somebody in finance opens it.`;
    for (const [who, path, action] of [
      ['alice', draft, 'submission'],
      ['alice', draft, 'deletion'],
      ['alice', waiting, 'withdrawal'],
      ['manuel', waiting, 'approval'],
      ['manuel', waiting, 'rejection'],
    ] as const) {
      const page = await get(who, path);
      assert.ok(textOf(page.body).includes(why), action);
      assert.ok(!page.body.includes(`${path}/${action}`), action);
      const { status, body } = await post(who, `${path}/${action}`, { comment: 'No' });
      assert.equal(status, 409, action);
      assert.ok(textOf(body).includes(`The month is closed ${why}`), action);
    }
    assert.equal(
      (await post('alice', `${draft}/edit`, { item: 'X', amount: '1', spentOn: '2026-02-01', category: 'meals' })).status,
      409,
    );
    const list = await get('manuel', '/waiting');
    assert.match(textOf(list.body), /One that waits Month closed/);
    const value = list.body.match(/[\da-f-]{36}_\d+/g)?.find((one) => one.startsWith(waiting.slice('/expenses/'.length))) ?? '';
    const outcome = await post('manuel', '/waiting/approvals', { expense: value });
    assert.match(textOf(outcome.body), /One that waits : Not done\. .* was closed by Fiona Finch/);
    const page = await get('fiona', approved);
    assert.ok(textOf(page.body).includes(why));
    assert.equal((await submit(browserOf('fiona'), page, `${approved}/settlement`, { reference: 'R1' })).status, 303);
    assert.match(textOf((await get('fiona', approved)).body), /Reimbursed/);
  });
});
