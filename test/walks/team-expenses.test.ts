import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { addExpense } from '../../src/expenses/expenses.ts';
import type { VisibleTeam } from '../../src/teams/teams.ts';
import { describeOnBothEngines } from '../databases.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('a team’s expenses', (engine) => {
  let world: World;
  before(async () => {
    world = await openWorld({ engine });
  });
  after(() => world[Symbol.asyncDispose]());

  it('show who, what and how much, and the total, to a member', async () => {
    const { browser } = await world.signIn('alice');
    const { status, body, headers } = await browser.ask(world.url('/team/finance'));
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'private, no-store');
    for (const text of ['Alice Archer', 'finance-marker-0', '$1,000.00', '$234.00', '$0.56', '$1,234.56', '3 expenses']) {
      assert.ok(body.includes(text), text);
    }
    assert.ok(body.indexOf('finance-marker-0') < body.indexOf('finance-marker-2'), 'the newest first');
  });

  it('show the same to a colleague', async () => {
    const { browser } = await world.signIn('bob');
    assert.match((await browser.ask(world.url('/team/finance'))).body, /finance-marker-0/);
  });

  it('show every team to an admin', async () => {
    const { browser, landed } = await world.signIn('dana');
    for (const label of ['Finance', 'Marketing', 'Empty']) assert.ok(landed.body.includes(label));
    assert.match((await browser.ask(world.url('/team/finance'))).body, /\$1,234\.56/);
    assert.match((await browser.ask(world.url('/team/marketing'))).body, /€99\.00/);
  });

  it('are, to a stranger, the same page that is shown for a team that does not exist', async () => {
    const { browser } = await world.signIn('charlie');
    const withoutReference = (body: string) => body.replace(/<code>\w+<\/code>/, '');
    const missing = await browser.ask(world.url('/team/nothing'));
    const foreign = await browser.ask(world.url('/team/finance'));
    assert.equal(missing.status, 404);
    assert.equal(foreign.status, 404);
    assert.equal(withoutReference(foreign.body), withoutReference(missing.body));
    assert.doesNotMatch(foreign.body, /finance|marker/i);
  });

  it('survive any id that is not one', async () => {
    const { browser } = await world.signIn('dana');
    const ids = [
      '__proto__',
      'constructor',
      'toString',
      'Finance',
      ' ',
      '%00',
      '%',
      "'%20or%20'1'='1",
      '..%2Ffinance',
      'finance%00',
      'f'.repeat(300),
      '💸',
    ];
    for (const id of ids) {
      const { status, body } = await browser.ask(world.url(`/team/${id}`));
      assert.equal(status, 404, id);
      assert.match(body, /There is nothing here/, id);
    }
  });

  it('may be none: the page says so and leads back', async () => {
    const { browser } = await world.signIn('charlie');
    const { body } = await browser.ask(world.url('/team/empty'));
    assert.match(body, /No expenses yet/);
    assert.match(body, /¥0/);
    assert.match(body, /href="\/dashboard"/);
  });

  it('follow a changed rule on the next request, without signing in again', async () => {
    const { browser } = await world.signIn('bob');
    assert.equal((await browser.ask(world.url('/team/finance'))).status, 200);
    const rule = await world.db
      .deleteFrom('rule')
      .where('value', '=', 'bob@example.com')
      .returningAll()
      .executeTakeFirstOrThrow();
    assert.equal((await browser.ask(world.url('/team/finance'))).status, 404);
    await world.db.insertInto('rule').values(rule).execute();
    assert.equal((await browser.ask(world.url('/team/finance'))).status, 200);
  });

  it('come 25 to a page, each of them once, with a link that leads on', async () => {
    const { browser } = await world.signIn('dana');
    const team = (await world.db
      .selectFrom('team')
      .selectAll()
      .where('id', '=', 'empty')
      .executeTakeFirstOrThrow()) as VisibleTeam;
    await world.db.transaction().execute(async (transaction) => {
      for (let index = 0; index < 60; index += 1) {
        const loggedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(index / 2)));
        await addExpense(transaction, team, { spenderName: 'Somebody', item: `item-${index};`, amountMinor: 7, loggedAt });
      }
    });
    const seen: string[] = [];
    let path: string | undefined = '/team/empty';
    while (path !== undefined) {
      const { body } = await browser.ask(world.url(path));
      assert.match(body, /¥420/, 'the total is of all, on every page');
      seen.push(...(body.match(/item-\d+;/g) ?? []));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1];
    }
    assert.equal(seen.length, 60);
    assert.equal(new Set(seen).size, 60);
    assert.ok(seen[0] === 'item-59;' || seen[0] === 'item-58;');
  });
});
