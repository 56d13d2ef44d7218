import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { submit } from '../forms.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { HttpBrowser } from '../http-browser.ts';
import type { WorldOptions } from '../world-options.ts';
import { giveByHand, personId, ruleId } from './administration.ts';
import { hourAgo, linkOn, now, says } from './long-ago.ts';

interface Opened extends HostileWorld {
  readonly browser: HttpBrowser;
  readonly bob: string;
  readonly rule: string;
}

/** Alice is an admin who signed in at the provider at this time; Bob has been here as well, and has a role. */
async function open(options: WorldOptions, authTime = hourAgo()): Promise<Opened> {
  const opened = await openHostileWorld(options);
  const { world } = opened;
  says(opened, { sub: 'sub-bob', name: 'Bob Baker', email: 'bob@example.com', email_verified: true });
  await new HttpBrowser().follow(world.url('/login'));
  const browser = new HttpBrowser();
  says(opened, { auth_time: authTime });
  await browser.follow(world.url('/login'));
  await giveByHand(world, await personId(world, 'alice'), { role: 'admin', team_id: null });
  return { ...opened, browser, bob: await personId(world, 'bob'), rule: await ruleId(world, 'charlie@example.com') };
}

const post = ({ world, browser }: Opened, path: string, form: Readonly<Record<string, string>> = {}) =>
  browser.ask(world.url(path), { method: 'POST', form });
const rights = async ({ world: { db } }: HostileWorld) => [
  await db.selectFrom('right_grant').select(['person_id', 'role']).orderBy('id').execute(),
  await db.selectFrom('rule').select(['id', 'value']).orderBy('id').execute(),
  await db.selectFrom('person').select(['id', 'disabled_at']).orderBy('id').execute(),
];

/** Signs in again by the link of the page that asks. @returns the address where that led. */
async function signInAgain(opened: Opened, body: string): Promise<string> {
  says(opened, { auth_time: now() });
  const { status, url } = await opened.browser.follow(opened.world.url(linkOn(body)));
  assert.equal(status, 200);
  return new URL(url).pathname;
}

const newRule = { kind: 'add', claim: 'email', operator: 'equals', value: 'zoe@example.com', role: 'admin', team: '' };

describe('what admins do with roles, where the settings say that it is sensitive', () => {
  it('STU-1 waits until whoever signed in long ago has signed in again, and is done from the page to which that leads', async () => {
    await using opened = await open({ stepUpFor: { rights: true } });
    const { world, bob, rule } = opened;
    const page = fillPath(paths.adminPerson, { id: bob });
    const grant = await giveByHand(world, bob, { role: 'manager', team_id: 'finance' });
    for (const [path, form, from] of [
      [fillPath(paths.adminPersonGrants, { id: bob }), { role: 'admin', team: '' }, page],
      [fillPath(paths.adminPersonGrantRemoval, { id: bob, grant }), {}, page],
      [fillPath(paths.adminPersonEnabling, { id: bob }), {}, page],
      [paths.adminRulePreview, newRule, paths.adminNewRule],
      [paths.adminRuleChanges, newRule, paths.adminNewRule],
      [paths.adminRuleChanges, { ...newRule, kind: 'change', id: rule }, fillPath(paths.adminRule, { id: rule })],
      [paths.adminRuleChanges, { kind: 'remove', id: rule }, fillPath(paths.adminRule, { id: rule })],
    ] as const) {
      says(opened, { auth_time: hourAgo() });
      await opened.browser.follow(world.url('/login'));
      const before = await rights(opened);
      const asked = await post(opened, path, form);
      assert.equal(asked.status, 401, path);
      assert.match(asked.body, /Please sign in again first/);
      assert.equal(await signInAgain(opened, asked.body), from, path);
      assert.deepEqual(await rights(opened), before, 'nothing is done by coming back');
    }
    assert.equal((await post(opened, fillPath(paths.adminPersonGrants, { id: bob }), { role: 'admin', team: '' })).status, 303);
    const form = await opened.browser.ask(world.url(paths.adminNewRule));
    const preview = await submit(opened.browser, form, paths.adminRulePreview, newRule);
    assert.equal((await submit(opened.browser, preview, paths.adminRuleChanges)).status, 303);
    assert.equal((await world.db.selectFrom('rule').select('id').where('value', '=', 'zoe@example.com').execute()).length, 1);
  });

  it('asks before the form of a rule is filled in, and lets everybody read', async () => {
    await using opened = await open({ stepUpFor: { rights: true } });
    const { world, browser, bob, rule } = opened;
    const asked = await browser.ask(world.url(paths.adminNewRule));
    assert.equal(asked.status, 401);
    for (const path of [paths.adminRules, fillPath(paths.adminRule, { id: rule }), fillPath(paths.adminPerson, { id: bob })])
      assert.equal((await browser.ask(world.url(path))).status, 200, path);
    assert.equal(await signInAgain(opened, asked.body), paths.adminNewRule);
  });

  it('is announced on the pages that lead there, for as long as it will be asked', async () => {
    await using opened = await open({ stepUpFor: { rights: true } });
    const { world, browser, bob, rule } = opened;
    const pages = [fillPath(paths.adminPerson, { id: bob }), fillPath(paths.adminRule, { id: rule })];
    const announced = async () =>
      Promise.all(pages.map(async (path) => (await browser.ask(world.url(path))).body.includes('You signed in a while ago')));
    assert.deepEqual(await announced(), [true, true]);
    await signInAgain(opened, (await browser.ask(world.url(paths.adminNewRule))).body);
    assert.deepEqual(await announced(), [false, false]);
    await using usual = await open({});
    const page = await usual.browser.ask(usual.world.url(fillPath(paths.adminPerson, { id: usual.bob })));
    assert.match(page.body, /Give this role/);
    assert.doesNotMatch(page.body, /a while ago/);
  });

  it('puts nobody off who has to be put out', async () => {
    await using opened = await open({ stepUpFor: { rights: true } });
    const { world, bob } = opened;
    for (const path of [paths.adminPersonSessionsEnding, paths.adminPersonDisabling])
      assert.equal((await post(opened, fillPath(path, { id: bob }))).status, 303, path);
    const query = world.db.selectFrom('person').select('disabled_at').where('id', '=', bob);
    assert.notEqual((await query.executeTakeFirstOrThrow()).disabled_at, null);
  });

  it('says first of all what somebody may not do', async () => {
    await using opened = await open({ stepUpFor: { rights: true } });
    await opened.world.db.updateTable('right_grant').set({ role: 'auditor' }).execute();
    for (const path of [fillPath(paths.adminPersonGrants, { id: opened.bob }), paths.adminRulePreview, paths.adminRuleChanges])
      assert.equal((await post(opened, path, newRule)).status, 403, path);
    assert.equal((await opened.browser.ask(opened.world.url(paths.adminNewRule))).status, 403);
  });

  it('asks nobody where a sign-in is fresh enough, or the settings say nothing of it', async () => {
    for (const [options, authTime] of [
      [{ stepUpFor: { rights: true } }, now() - 200],
      [{}, hourAgo()],
    ] as const) {
      await using opened = await open(options, authTime);
      assert.equal(
        (await post(opened, fillPath(paths.adminPersonGrants, { id: opened.bob }), { role: 'admin', team: '' })).status,
        303,
      );
      assert.equal((await post(opened, paths.adminRulePreview, newRule)).status, 200);
    }
  });
});
