import assert from 'node:assert/strict';
import { after, before, it, describe } from 'node:test';
import { addTeam } from '../../src/teams/teams.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

/** The labels of the teams in the table of all, in their order. */
const rowsIn = (body: string) =>
  [...body.matchAll(/<tr><th scope="row"><a href="\/team\/[^"]+">([^<]*)</g)].map(([, label]) => label);
const cardsIn = (body: string) => [...body.matchAll(/<h3><a href="\/team\/[^"]+">([^<]*)</g)].map(([, label]) => label);

describeOnBothEngines('the dashboard', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let manuel: AtExpenses;
  const today = new Date().toISOString().slice(0, 10);
  const month = today.slice(0, 7);
  before(async () => {
    world = await openWorld({ engine });
    alice = await AtExpenses.signIn(world, 'alice');
    manuel = await AtExpenses.signIn(world, 'manuel');
  });
  after(() => world[Symbol.asyncDispose]());

  const dashboard = async (who: AtExpenses) => (await who.get('/dashboard')).body;
  const setBudget = (teamId: string, amountMinor: number) =>
    world.db.insertInto('budget').values({ team_id: teamId, month, category_id: '', amount_minor: amountMinor }).execute();

  it('says what is for somebody to do, and leads there', async () => {
    assert.match(textOf(await dashboard(alice)), /Hello, Alice Archer\. Nothing waits for you/);
    await alice.log({ item: 'Draft', amount: '20', spentOn: today }, 'draft');
    await alice.log({ item: 'Draft too', amount: '22', spentOn: today }, 'draft');
    const wrong = await alice.log({ item: 'Wrong', amount: '5', spentOn: today });
    assert.match(textOf(await dashboard(manuel)), /1 expense waits for you/);
    await manuel.press(wrong, 'rejection', { comment: 'Whose is it?' });
    assert.match(textOf(await dashboard(manuel)), /Nothing waits for you/);
    const body = await dashboard(alice);
    assert.match(textOf(body), /2 drafts to hand in \$42\.00 in Finance 1 rejected to correct \$5\.00 in Finance/);
    const leads = [...body.matchAll(/<li><a href="([^"]+)"><span class="row-title">/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&'),
    );
    assert.equal(leads.length, 2);
    assert.match((await alice.get(leads[0] ?? '')).body, /Spent in these 2 expenses/);
    assert.match(textOf((await alice.get(leads[1] ?? '')).body), /Wrong/);
    assert.doesNotMatch(textOf(await dashboard(await AtExpenses.signIn(world, 'bob'))), /draft|rejected/, 'of others is nothing');
  });

  it('shows a team’s month beside the one before and its budget, and the whole of its figures to whoever has one team', async () => {
    await alice.log({ item: 'Lunch', amount: '80', spentOn: today });
    await setBudget('finance', 100_00);
    const text = textOf(await dashboard(alice));
    assert.match(text, /Finance \$80\.00 spent · \w+ \d{4}: \$\d[\d.,]* .*\$80\.00 of \$100\.00 · 80% Nearly spent/);
    assert.match(text, /Where the money goes .*By category/);
    assert.match(textOf((await alice.get('/dashboard?period=2003')).body), /Nothing spent, 2003/);
  });

  it('shows all teams side by side to those who see them, the worst budget first', async () => {
    await setBudget('marketing', 1_000_00);
    for (const name of ['dana', 'fiona', 'audrey'] as const) {
      const body = await dashboard(await AtExpenses.signIn(world, name));
      assert.deepEqual(rowsIn(body), ['Finance', 'Marketing', 'Empty'], name);
      assert.deepEqual(cardsIn(body), [], name);
    }
    assert.deepEqual(rowsIn(await dashboard(alice)), []);
    assert.deepEqual(cardsIn(await dashboard(alice)), ['Finance']);
    assert.deepEqual(cardsIn(await dashboard(await AtExpenses.signIn(world, 'charlie'))), ['Empty', 'Marketing'].toReversed());
  });

  it('shows many teams by pages, each once', async () => {
    await world.db.transaction().execute(async (db) => {
      for (let index = 10; index < 70; index += 1)
        await addTeam(db, { id: `more-${index}`, label: `More ${index}`, currency: 'EUR' });
    });
    const fiona = await AtExpenses.signIn(world, 'fiona');
    const first = await dashboard(fiona);
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1] ?? assert.fail('there is no way on');
    const second = (await fiona.get(next)).body;
    assert.equal(rowsIn(first).length, 50);
    assert.equal(new Set([...rowsIn(first), ...rowsIn(second)]).size, 63);
    assert.doesNotMatch(second, /rel="next"/);
    for (const odd of ['0', '-1', 'x', '1e9', '2.5']) assert.equal((await fiona.get(`/dashboard?page=${odd}`)).status, 200, odd);
  });
});

describe('the dashboard where there is no team', () => {
  it('leads whoever may make one there, and tells nobody else to', async () => {
    await using world = await openWorld({ admin: { email: 'dana@example.com' } });
    for (const table of ['rule', 'spending', 'expense_row', 'team_total', 'team'] as const)
      await world.db.deleteFrom(table).execute();
    const { browser, landed } = await world.signIn('dana');
    assert.match(landed.body, /There is no team yet/);
    const form = /href="([^"]+)">Make a team</.exec(landed.body)?.[1] ?? assert.fail('there is no way on');
    assert.match((await browser.follow(world.url(form))).body, /New team/);
    assert.doesNotMatch((await world.signIn('alice')).landed.body, /Make a team/);
  });
});
