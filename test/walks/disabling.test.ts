import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

/** What an admin does to somebody, on their page. */
async function act(world: World, admin: HttpBrowser, path: string, name: CastName): Promise<number> {
  const { id } = await world.db.selectFrom('person').select('id').where('subject', '=', `sub-${name}`).executeTakeFirstOrThrow();
  return (await admin.ask(world.url(fillPath(path, { id })), { method: 'POST' })).status;
}

describeOnBothEngines('somebody whom an admin disables', (engine) => {
  async function open() {
    const world = await openWorld({ engine });
    const beside = await world.openBeside();
    const { browser: admin } = await world.signIn('dana');
    const { browser } = await world.signIn('alice');
    const dispose = async () => {
      await beside[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    };
    return { world, beside, admin, browser, [Symbol.asyncDispose]: dispose };
  }

  it('SES-7 is out on their next request, in either process, for a page as for anything else', async () => {
    await using opened = await open();
    const { world, beside, admin, browser } = opened;
    for (const process of [world, beside]) assert.equal((await browser.ask(process.url('/team/finance'))).status, 200);
    assert.equal(await act(world, admin, paths.adminPersonDisabling, 'alice'), 303);
    for (const process of [beside, world]) {
      const page = await browser.copy().ask(process.url('/team/finance'));
      assert.equal(page.location, new URL('/login?return_to=%2Fteam%2Ffinance', process.url('/')).href);
    }
    assert.equal((await browser.copy().ask(world.url('/sessions/ending'), { method: 'POST' })).status, 401);
    assert.deepEqual(await world.db.selectFrom('session').selectAll().where('subject', '=', 'sub-alice').execute(), []);
    assert.equal((await admin.ask(beside.url('/dashboard'))).status, 200, 'and nobody else is');
  });

  it('SES-7 is out even before their sessions are ended, also where it was done in the database', async () => {
    await using opened = await open();
    const { world, beside, browser } = opened;
    await world.db.updateTable('person').set({ disabled_at: '2026-01-05' }).where('subject', '=', 'sub-alice').execute();
    for (const process of [beside, world]) assert.equal((await browser.copy().ask(process.url('/dashboard'))).status, 303);
  });

  it('SES-7 cannot sign in again, and is told why', async () => {
    await using opened = await open();
    const { world, beside, admin } = opened;
    await act(world, admin, paths.adminPersonDisabling, 'alice');
    for (const process of [world, beside]) {
      const browser = new HttpBrowser();
      const callback = await world.walkToCallback('alice', browser);
      const refused = await browser.ask(callback.replace(world.url('/'), process.url('/')));
      assert.equal(refused.status, 403);
      assert.match(refused.body, /an admin of Outlay has ended your access/);
      assert.equal((await browser.ask(process.url('/dashboard'))).status, 303);
    }
  });

  it('SES-7 gets no session from a sign-in that was under way, neither while they are out nor once they are let in again', async () => {
    await using opened = await open();
    const { world, admin } = opened;
    const [early, late] = [new HttpBrowser(), new HttpBrowser()];
    const [first, second] = [await world.walkToCallback('alice', early), await world.walkToCallback('alice', late)];
    await act(world, admin, paths.adminPersonDisabling, 'alice');
    assert.equal((await early.ask(first)).status, 403);
    await act(world, admin, paths.adminPersonEnabling, 'alice');
    assert.equal((await late.ask(second)).status, 400);
    for (const browser of [early, late]) assert.equal((await browser.ask(world.url('/dashboard'))).status, 303);
    assert.deepEqual(await world.db.selectFrom('session').selectAll().where('subject', '=', 'sub-alice').execute(), []);
  });

  it('SES-7 SES-5 gets no old session back when they are let in again and have signed in anew', async () => {
    await using opened = await open();
    const { world, beside, admin, browser } = opened;
    const old = browser.copy();
    await act(world, admin, paths.adminPersonDisabling, 'alice');
    await act(world, admin, paths.adminPersonEnabling, 'alice');
    for (const process of [world, beside]) assert.equal((await old.copy().ask(process.url('/dashboard'))).status, 303);
    const { browser: anew } = await world.signIn('alice');
    for (const process of [world, beside]) {
      assert.equal((await anew.ask(process.url('/team/finance'))).status, 200);
      assert.equal((await old.copy().ask(process.url('/team/finance'))).status, 303);
    }
  });

  it('SES-7 SES-5 gets no old session back either where they were disabled in the database, which ended none', async () => {
    await using opened = await open();
    const { world, beside, admin, browser } = opened;
    await world.db.updateTable('person').set({ disabled_at: '2026-01-05' }).where('subject', '=', 'sub-alice').execute();
    assert.equal(await act(world, admin, paths.adminPersonEnabling, 'alice'), 303);
    for (const process of [world, beside]) assert.equal((await browser.copy().ask(process.url('/dashboard'))).status, 303);
  });
});
