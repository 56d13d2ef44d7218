import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addRule } from '../../src/rights/rule-changes.ts';
import type { Given } from '../../src/rights/rights.ts';
import { describeOnBothEngines } from '../databases.ts';
import type { Behaviour, JsonObject } from '../hostile-provider/behaviour.ts';
import { without } from '../hostile-provider/behaviour.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import type { WorldOptions } from '../world-options.ts';

const minute = 60_000;
const elsewhere = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://directory.example' } } };

async function addGroupRule(world: World, value: string, gives: Given, claim = 'groups'): Promise<void> {
  const rule = { claim, operator: 'equals', value, gives } as const;
  await world.db.transaction().execute(async (transaction) => addRule(transaction, rule));
}

/** Of the cast's teams, those that this browser gets to see. */
async function seenBy(browser: HttpBrowser, { url }: Pick<World, 'url'>): Promise<string[]> {
  const seen = [];
  for (const team of ['finance', 'marketing', 'empty']) {
    const { status } = await browser.ask(url(`/team/${team}`));
    assert.ok(status === 200 || status === 404, String(status));
    if (status === 200) seen.push(team);
  }
  return seen;
}

describeOnBothEngines('what a provider says of groups', (engine) => {
  it('IDM-6 counts from the next sign-in on: absent and elsewhere keep, empty takes away', async () => {
    await using world = await openWorld({ engine });
    await addGroupRule(world, 'money', { role: 'member', teamId: 'finance' });
    await addGroupRule(world, 'market', { role: 'member', teamId: 'marketing' });
    for (const [told, teams, words] of [
      [{}, [], /did not say anything about groups\. None are known/],
      [{ groups: ['money', 'unknown'] }, ['finance'], /named the groups below/],
      [{ groups: undefined }, ['finance'], /did not say anything about groups\. The ones it named on/],
      [elsewhere, ['finance'], /more groups than .+ can send along\. The ones it named on/],
      [{ _claim_names: undefined, _claim_sources: undefined, groups: ['market'] }, ['marketing'], /named the groups below/],
      [{ groups: [] }, [], /in no group/],
      [{ groups: undefined, ...elsewhere }, [], /more groups than/],
    ] as const) {
      world.tell('nobody', told);
      const { browser } = await world.signIn('nobody');
      assert.deepEqual(await seenBy(browser, world), teams, JSON.stringify(told));
      const { db } = world;
      const { id } = await db.selectFrom('person').select('id').where('subject', '=', 'sub-nobody').executeTakeFirstOrThrow();
      const { browser: admin } = await world.signIn('dana');
      assert.match((await admin.ask(world.url(`/admin/people/${id}`))).body, words);
    }
  });

  it('IDM-6 that are left out means that there are none, where the settings say so; pointing elsewhere never does', async () => {
    await using world = await openWorld({ engine, provider: { groups: { claim: 'groups', absent: 'none' } } });
    await addGroupRule(world, 'money', { role: 'member', teamId: 'finance' });
    for (const [told, teams] of [
      [{ groups: ['money'] }, ['finance']],
      [{ groups: undefined, ...elsewhere }, ['finance']],
      [{ _claim_names: undefined }, []],
    ] as const) {
      world.tell('nobody', told);
      assert.deepEqual(await seenBy((await world.signIn('nobody')).browser, world), teams, JSON.stringify(told));
    }
  });

  it('IDM-7 makes nobody an admin by a name, but by a rule or the setting that says so', async () => {
    for (const [options, rule, status] of [
      [{}, false, 404],
      [{}, true, 200],
      [{ admin: { group: 'admin' } }, false, 200],
    ] as readonly (readonly [WorldOptions, boolean, number])[]) {
      await using world = await openWorld({ engine, ...options });
      if (rule) await addGroupRule(world, 'admin', { role: 'admin', teamId: null });
      world.tell('nobody', { groups: ['admin', 'Admin', 'administrators', 'finance'] });
      const { browser } = await world.signIn('nobody');
      assert.equal((await browser.ask(world.url('/admin/teams'))).status, status);
      assert.deepEqual(await seenBy(browser, world), status === 200 ? ['finance', 'marketing', 'empty'] : []);
    }
  });

  it('IDM-7 makes an admin of the address in the settings where it is verified, and of nobody who merely claims it', async () => {
    await using world = await openWorld({ engine, admin: { email: 'Nobody@Example.com' } });
    world.tell('mallory', { email: 'nobody@example.com' });
    world.tell('trudy', { email: 'nobody@example.com' });
    for (const [name, status] of [
      ['nobody', 200],
      ['mallory', 404],
      ['trudy', 404],
    ] as const) {
      const { browser } = await world.signIn(name);
      assert.equal((await browser.ask(world.url('/admin/teams'))).status, status, name);
    }
  });
});

describeOnBothEngines('somebody who stays signed in', (engine) => {
  it('IDM-8 gains and loses a team on the next request, in every process, when a rule changes', async () => {
    await using world = await openWorld({ engine });
    await using beside = await world.openBeside();
    world.tell('nobody', { groups: ['money'] });
    const { browser } = await world.signIn('nobody');
    for (const process of [world, beside]) assert.deepEqual(await seenBy(browser, process), []);
    await addGroupRule(world, 'money', { role: 'member', teamId: 'finance' });
    for (const process of [beside, world]) assert.deepEqual(await seenBy(browser, process), ['finance']);
    await world.db.updateTable('rule').set({ value: 'other' }).where('value', '=', 'money').execute();
    for (const process of [world, beside]) assert.deepEqual(await seenBy(browser, process), []);
  });

  it('IDM-8 IDM-6 moves between teams as the provider, asked again, says so; what it does not say stays', async () => {
    await using opened = await openHostileWorld({ engine, provider: { offlineAccess: true }, revalidation: minute });
    const { world, provider } = opened;
    await world.db.deleteFrom('rule').execute();
    await addGroupRule(world, 'money', { role: 'member', teamId: 'finance' });
    await addGroupRule(world, 'market', { role: 'member', teamId: 'marketing' });
    await addGroupRule(world, 'Empties', { role: 'member', teamId: 'empty' }, 'department');
    const signedIn = { groups: ['money'], department: 'Empties' };
    provider.behaviour = { claims: (claims) => ({ ...claims, ...signedIn }) };
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    assert.deepEqual(await seenBy(browser, world), ['finance', 'empty']);

    // The test moves Outlay's clock only, so the provider's tokens have to come from later as well.
    let skipped = 0;
    const later = ({ iat, exp }: JsonObject) => ({ iat: Number(iat) + skipped / 1_000, exp: Number(exp) + skipped / 1_000 });
    const tells = (told: JsonObject): Behaviour => ({
      refreshClaims: (claims) => ({ ...without(claims, 'groups', 'department'), ...later(claims), ...told }),
    });
    for (const [what, behaviour, teams] of [
      ['other groups', tells({ groups: ['market'] }), ['marketing', 'empty']],
      ['no ID Token', { refreshClaims: () => undefined }, ['marketing', 'empty']],
      ['nothing of groups', tells({}), ['marketing', 'empty']],
      ['groups elsewhere', tells(elsewhere), ['marketing', 'empty']],
      ['groups elsewhere, as Entra says it', tells({ hasgroups: true }), ['marketing', 'empty']],
      ['another department', tells({ department: 'Sales' }), ['marketing']],
      [
        'both groups, at UserInfo',
        { ...tells({}), userInfo: (told) => ({ ...told, groups: ['money', 'market'] }) },
        ['finance', 'marketing'],
      ],
      ['no groups', tells({ groups: [] }), []],
      ['nothing of groups again', tells({}), []],
    ] as readonly (readonly [string, Behaviour, readonly string[]])[]) {
      provider.behaviour = behaviour;
      skipped += minute + 1_000;
      world.advance(minute + 1_000);
      assert.deepEqual(await seenBy(browser, world), teams, what);
    }
    const refreshes = provider.requests.filter(({ path, body }) => path === '/token' && body.includes('refresh_token'));
    assert.equal(refreshes.length, 9, 'it was asked each time');
  });
});
