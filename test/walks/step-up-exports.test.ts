import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { addSettled } from '../settled.ts';
import type { WorldOptions } from '../world-options.ts';
import { giveByHand, personId } from './administration.ts';
import { hourAgo, linkOn, now, says } from './long-ago.ts';

interface Saving {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  /** From where it is asked. */
  readonly page: string;
}

interface Opened extends HostileWorld {
  readonly browser: HttpBrowser;
  readonly savings: readonly Saving[];
}

/** Alice, who may save everything there is, and signed in at the provider at this time. */
async function open(options: WorldOptions, authTime = hourAgo()): Promise<Opened> {
  const opened = await openHostileWorld(options);
  const { world } = opened;
  const browser = new HttpBrowser();
  says(opened, { auth_time: authTime });
  await browser.follow(world.url('/login'));
  const alice = await personId(world, 'alice');
  for (const role of ['finance', 'auditor'] as const) await giveByHand(world, alice, { role, team_id: null });
  const rule = { scope: '/', team_id: null, category_id: null, account: '4900', cost_centre: '', tax_code: '' };
  await world.db.insertInto('account_rule').values(rule).execute();
  const id = await addSettled(world.db, { finance: [{}] });
  const place = '2027-01-01T00:00:00.000Z_00000000-0000-0000-0000-000000000000';
  const file = fillPath(paths.settlementFile, { id });
  const savings: Saving[] = [
    ...['csv', 'xlsx', 'jsonl'].map((end): Saving => {
      const query = '?state=reimbursed&q=marker&sort=amount';
      return {
        what: `a list as ${end}`,
        method: 'GET',
        path: `/team/finance/expenses.${end}${query}`,
        page: `/team/finance${query}`,
      };
    }),
    { what: 'a settlement', method: 'POST', path: file, page: '/settlements' },
    {
      what: 'a settlement further down',
      method: 'POST',
      path: `${file}?after=${place}`,
      page: `/settlements?after=${encodeURIComponent(place)}`,
    },
    { what: 'one’s own data', method: 'POST', path: '/profile/data', page: '/profile' },
    {
      what: 'the audit record',
      method: 'POST',
      path: '/admin/audit/export',
      form: { action: 'signed-in', from: '2026-01-01', to: 'x' },
      page: '/admin/audit?action=signed-in&from=2026-01-01',
    },
  ];
  return { ...opened, browser, savings };
}

const ask = ({ world, browser }: Opened, { method, path, form }: Saving, headers: Readonly<Record<string, string>> = {}) =>
  browser.ask(world.url(path), { method, ...(form !== undefined && { form }), headers });
const recorded = async ({ world }: Opened) => {
  const entries = await world.db.selectFrom('audit_entry').select('action').where('action', 'like', '%-exported').execute();
  return entries.length;
};

describe('saving a file, where the settings say that it is sensitive', () => {
  it('asks whoever signed in long ago to sign in again, leads back to the page they were on, and then it is saved from there', async () => {
    await using opened = await open({ stepUpFor: { exports: true } });
    const { world, browser } = opened;
    for (const saving of opened.savings) {
      says(opened, { auth_time: hourAgo() });
      await browser.follow(world.url('/login'));
      const before = await recorded(opened);
      const asked = await ask(opened, saving);
      assert.equal(asked.status, 401, saving.what);
      assert.match(asked.body, /Please sign in again first/);
      assert.match(asked.body, /you are back on the page that you came from/);
      assert.ok(asked.body.includes(`href="${saving.page.replaceAll('&', '&amp;')}">Cancel`), saving.what);
      assert.equal(asked.headers.get('content-disposition'), null);
      const { location = '' } = await browser.ask(world.url(linkOn(asked.body)));
      assert.equal(new URL(location).searchParams.get('max_age'), '300');
      says(opened, { auth_time: now() });
      const landed = await browser.follow(location);
      assert.deepEqual([landed.status, landed.url], [200, world.url(saving.page)], saving.what);
      assert.equal(await recorded(opened), before, 'nothing is saved by coming back');
      for (let times = 1; times <= 2; times += 1) {
        const saved = await ask(opened, saving);
        assert.equal(saved.status, 200, saving.what);
        assert.match(saved.headers.get('content-disposition') ?? '', /^attachment/);
        assert.equal(await recorded(opened), before + times);
      }
      assert.equal((await browser.ask(world.url(linkOn(asked.body)))).status, 400, 'the page that asked leads nowhere any more');
    }
  });

  it('asks for it by HEAD as well, and a program in its own words', async () => {
    await using opened = await open({ stepUpFor: { exports: true }, stepUp: { maxAge: 60, acrValues: ['phr'] } });
    for (const saving of opened.savings) {
      const { status, headers, body } = await ask(opened, saving, { accept: 'application/json' });
      assert.equal(status, 401, saving.what);
      const challenge = 'Bearer error="insufficient_user_authentication", acr_values="phr", max_age="60"';
      assert.equal(headers.get('www-authenticate'), challenge);
      assert.doesNotMatch(body, /sign-in-again/);
    }
    const url = opened.world.url('/team/finance/expenses.csv');
    assert.equal((await opened.browser.ask(url, { method: 'HEAD' })).status, 401);
    assert.equal(await recorded(opened), 0);
  });

  it('leads nobody else anywhere, and not to what cannot be carried along', async () => {
    await using opened = await open({ stepUpFor: { exports: true } });
    const { world, browser } = opened;
    const csv = { what: 'a long filter', method: 'GET', page: '/team/finance' } as const;
    const path = `/team/finance/expenses.csv?q=${'%C3%BC'.repeat(90)}&merchant=x`;
    const { body } = await ask(opened, { ...csv, path });
    assert.ok(body.includes('href="/team/finance">Cancel'));
    says(opened, { sub: 'sub-mallory', auth_time: now() });
    const other = await browser.follow(world.url(linkOn(body)));
    assert.equal(other.status, 400);
    assert.match(other.body, /Somebody else signed in/);
    says(opened, { auth_time: now() });
    assert.equal((await browser.follow(world.url(linkOn(body)))).url, world.url('/team/finance'));
  });

  it('says first of all what somebody may not see or do', async () => {
    await using opened = await open({ stepUpFor: { exports: true } });
    const { world, savings } = opened;
    await world.db.deleteFrom('right_grant').execute();
    await world.db.deleteFrom('rule').execute();
    for (const saving of savings.filter(({ path }) => path !== '/profile/data'))
      assert.equal((await ask(opened, saving)).status, 404, saving.what);
    await giveByHand(world, await personId(world, 'alice'), { role: 'admin', team_id: null });
    const settlement = savings.find(({ path }) => path.startsWith('/settlements/')) ?? assert.fail();
    assert.equal((await ask(opened, settlement)).status, 403);
  });

  it('asks nobody where a sign-in is fresh enough', async () => {
    await using opened = await open({ stepUpFor: { exports: true } }, now() - 200);
    for (const saving of opened.savings) assert.equal((await ask(opened, saving)).status, 200, saving.what);
  });
});

describe('saving a file, where the settings say nothing of it', () => {
  let opened: Opened;
  before(async () => {
    opened = await open({});
  });
  after(() => opened[Symbol.asyncDispose]());

  it('needs no fresh sign-in, however long ago somebody signed in', async () => {
    for (const saving of opened.savings) assert.equal((await ask(opened, saving)).status, 200, saving.what);
  });
});
