import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { formatDay } from '../../src/web/clock.ts';
import { fillPath, paths } from '../../src/web/paths.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, lunch } from '../expense-walk.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

const day = '2026-01-05';

describeOnBothEngines('expenses in other currencies', (engine) => {
  let world: World;
  const at = {} as Record<CastName, AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'charlie', 'dana', 'audrey', 'fiona', 'manuel'] as const)
      at[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.db.deleteFrom('exchange_rate').execute());

  const rate = { base: 'CHF', currency: 'USD', day, rate: '1.1138' };
  const enter = async (typed: Partial<typeof rate> = {}) =>
    submit(at.fiona.browser, await at.fiona.get(paths.rates), paths.rates, { ...rate, ...typed });
  const log = async (typed: Readonly<Record<string, string>>) =>
    at.alice.post(fillPath(paths.teamExpenses, { id: 'finance' }), { ...lunch, spentOn: day, ...typed });
  const idOf = (location: string | undefined) => new URL(location ?? '').pathname.split('/')[2] ?? assert.fail(location);
  const rowOf = async (id: string) => {
    const row = await world.db.selectFrom('expense').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const { amount_minor, currency, rate, rate_on, rate_source, team_amount_minor } = row;
    return [amount_minor, currency, rate, rate_on, rate_source, team_amount_minor];
  };
  const rates = () => world.db.selectFrom('exchange_rate').selectAll().orderBy('day').orderBy('currency').execute();

  it('keep what was paid, the rate of their day, whose it is, and what it came to for the team', async () => {
    assert.equal((await enter()).status, 303);
    const { status, location } = await log({ amount: '84.50', currency: 'CHF' });
    assert.equal(status, 303);
    const id = idOf(location);
    const kept = [84_50, 'CHF', '1.1138', day, 'Finance', 94_12];
    assert.deepEqual(await rowOf(id), kept);
    const text = textOf((await at.alice.page(id)).body);
    assert.match(text, /\$94\.12/);
    assert.match(text, /Paid CHF 84\.50, at 1\.1138 USD for one CHF \(of 5 January 2026, Finance\)/);
    // What is entered later changes nothing of what has been logged, nor does correcting something else in it.
    await enter({ rate: '2' });
    assert.equal((await at.alice.edit(id, { item: 'Fondue' })).status, 303);
    assert.deepEqual(await rowOf(id), kept);
    // On another day another rate counts.
    await enter({ rate: '3', day: '2026-01-06' });
    await at.alice.edit(id, { spentOn: '2026-01-06' });
    assert.deepEqual(await rowOf(id), [84_50, 'CHF', '3', '2026-01-06', 'Finance', 253_50]);
    await at.alice.edit(id, { currency: 'USD' });
    assert.deepEqual(await rowOf(id), [84_50, 'USD', null, null, null, 84_50]);
  });

  it('ask for the rate where none is known, keep all that was typed, and say that the rate was typed', async () => {
    const typed = { item: 'Sushi & Sake', amount: '12000', currency: 'JPY', note: 'Kept' };
    const asked = await log(typed);
    assert.equal(asked.status, 422);
    assert.deepEqual(mistakesOn(asked.body), {
      rate: 'There is no rate for JPY in the week before 5 January 2026. Type it, as the bank or the receipt has it.',
    });
    assert.match(asked.body, /<option value="JPY" selected>/);
    assert.match(asked.body, /Rate: USD for one JPY/);
    for (const wrong of ['0', '-1', 'cheap', '1.2.3', '1e-3']) {
      const refused = await log({ ...typed, rate: wrong });
      assert.equal(refused.status, 422);
      assert.match(mistakesOn(refused.body)['rate'] ?? '', /in digits, more than 0/, wrong);
    }
    const id = idOf((await log({ ...typed, rate: '0,00641' })).location);
    assert.deepEqual(await rowOf(id), [12_000, 'JPY', '0.00641', day, 'typed', 76_92]);
    assert.match(textOf((await at.alice.page(id)).body), /¥12,000, at 0\.00641 USD for one JPY \(typed by whoever logged it\)/);
    // It is there to be corrected, and goes once a rate has been entered.
    assert.match((await at.alice.page(id, 'edit')).body, /name="rate" value="0\.00641"/);
    await enter({ base: 'USD', currency: 'JPY', rate: '160' });
    await at.alice.edit(id, { item: 'Sushi' });
    assert.deepEqual(await rowOf(id), [12_000, 'JPY', '0.00625', day, 'Finance', 75_00]);
  });

  it('say to whoever decides what was paid, and that its rate was typed', async () => {
    await at.alice.log({ item: 'Ramen', amount: '1200', currency: 'JPY', rate: '0.0064', spentOn: day });
    assert.match(
      textOf((await at.manuel.get(paths.waiting)).body),
      /Ramen Rate typed \s*\$7\.68 .*Alice Archer · Finance · 5 January 2026 · paid ¥1,200 · To approve/,
    );
    await enter();
    await at.alice.log({ item: 'Fondue', currency: 'CHF', amount: '20', spentOn: day });
    assert.match(
      textOf((await at.manuel.get(paths.waiting)).body),
      /Fondue \s*\$22\.28 .*5 January 2026 · paid CHF\s20\.00 · To approve/,
    );
  });

  it('are refused where what was chosen is no currency, or what comes out is no amount', async () => {
    await enter({ base: 'IDR', rate: '0.00006' });
    for (const [typed, field, sentence] of [
      [{ currency: 'XXQ' }, 'currency', /Choose a currency/],
      [{ currency: '__proto__' }, 'currency', /Choose a currency/],
      [{ currency: 'usd' }, 'currency', /Choose a currency/],
      [{ currency: 'IDR', amount: '10' }, 'amount', /is nothing that one expense can be in USD/],
      [{ currency: 'KWD', amount: '900000000', rate: '999' }, 'rate', /more than one expense|nothing that one expense can be/],
      [{ currency: 'JPY', amount: '1.5', rate: '1' }, 'amount', /JPY has no decimals/],
    ] as const) {
      const { status, body } = await log(typed);
      assert.equal(status, 422);
      const mistakes = mistakesOn(body);
      assert.match(mistakes[field] ?? mistakes['amount'] ?? '', sentence, JSON.stringify([typed, mistakes]));
    }
  });

  it('count in the team’s currency: for the total, for the second approval, and for limits', async () => {
    await enter({ rate: '2' });
    const before = await world.db.selectFrom('expense').select('id').where('team_id', '=', 'finance').execute();
    for (const [amount, currency] of [
      ['100.10', 'CHF'],
      ['0.05', 'CHF'],
      ['7', 'USD'],
    ] as const) {
      const { location } = await log({ amount, currency, next: 'submit', item: `Paid ${amount}` });
      assert.equal((await rowOf(idOf(location)))[1], currency);
    }
    const rows = await world.db.selectFrom('expense').selectAll().where('team_id', '=', 'finance').execute();
    assert.equal(rows.length, before.length + 3);
    const totals = await world.db.selectFrom('team_total').selectAll().where('team_id', '=', 'finance').execute();
    for (const { state, amount_minor: amount } of totals) {
      const alike = rows.filter((row) => row.state === state);
      assert.equal(
        amount,
        alike.reduce((sum, row) => sum + row.team_amount_minor, 0),
        state,
      );
    }
    await world.db.updateTable('team').set({ second_approval_above: 200_19 }).where('id', '=', 'finance').execute();
    const large = rows.find(({ item }) => item === 'Paid 100.10') ?? assert.fail();
    assert.match((await at.manuel.page(large.id)).body, /somebody else has to as well/i);
    await world.db.updateTable('team').set({ second_approval_above: null }).where('id', '=', 'finance').execute();
    assert.match(textOf((await at.bob.get('/team/finance')).body), /\$200\.20/);
  });

  it('say which rate another one takes the place of, and ask about one that can be read in two ways', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const said = async ({ location = '' }: { location?: string | undefined }) =>
      textOf((await at.fiona.browser.ask(location)).body);
    assert.doesNotMatch(await said(await enter({ day: today, rate: '1.2' })), /It replaces/);
    assert.match(
      await said(await enter({ day: today, rate: '1.3' })),
      /It replaces 1\.2, which was entered for that day before\./,
    );
    assert.doesNotMatch(await said(await enter({ day: today, rate: '1.3' })), /It replaces/);
    for (const text of ['1,085', '19,250']) {
      const asked = await enter({ rate: text });
      assert.equal(asked.status, 422);
      const [larger, smaller] = [text.replace(',', ''), text.replace(',', '.')];
      assert.equal(
        mistakesOn(asked.body)['rate'],
        `“${text}” can be read in two ways. Write it as ${larger} for the larger one, or as ${smaller} for the smaller one.`,
      );
    }
    for (const query of ['was=<b>', 'was=1&was=2', 'count=1e9&days=1&first=x&last=y', 'count=-1'])
      assert.equal((await at.fiona.get(`${paths.rates}?done=rate-kept&${query}`)).status, 200);
  });

  it('find the page of rates filled in by finance, read by admins and auditors, and hidden from everybody else', async () => {
    assert.equal((await enter()).status, 303);
    for (const name of ['fiona', 'dana', 'audrey'] as const) {
      const { status, body } = await at[name].get(paths.rates);
      assert.equal(status, 200);
      assert.equal(body.includes('<form class="form"'), name === 'fiona', name);
    }
    for (const [name, status] of [
      ['alice', 404],
      ['manuel', 404],
      ['charlie', 404],
      ['dana', 403],
      ['audrey', 403],
    ] as const) {
      if (status === 404) assert.equal((await at[name].get(paths.rates)).status, 404, name);
      assert.equal((await at[name].post(paths.rates, { ...rate, rate: '9' })).status, status, name);
      const multipart = new FormData();
      multipart.set('file', new Blob(['Date,USD\n2026-01-05,9\n']), 'rates.csv');
      assert.equal((await at[name].browser.ask(world.url(paths.rateFile), { method: 'POST', multipart })).status, status, name);
    }
    assert.deepEqual(
      (await rates()).map((row) => row.rate),
      ['1.1138'],
    );
  });

  it('say what is wrong with a rate that is entered by hand, and keep nothing of it', async () => {
    for (const [typed, field] of [
      [{ base: '' }, 'base'],
      [{ base: 'XXQ' }, 'base'],
      [{ currency: 'CHF' }, 'currency'],
      [{ day: '' }, 'day'],
      [{ day: '20226-01-05' }, 'day'],
      [{ day: '9999-01-05' }, 'day'],
      [{ rate: '' }, 'rate'],
      [{ rate: '0' }, 'rate'],
      [{ rate: '<b>1</b>' }, 'rate'],
    ] as const) {
      const { status, body } = await enter(typed);
      assert.equal(status, 422);
      assert.deepEqual(Object.keys(mistakesOn(body)), [field], JSON.stringify(typed));
    }
    assert.deepEqual(await rates(), []);
  });

  it('take the file of the European Central Bank whole or not at all, and record by whom and which', async () => {
    const send = async (text: string, called = 'eurofxref.csv') => {
      const multipart = new FormData();
      multipart.set('file', new Blob([text]), called);
      return at.fiona.browser.ask(world.url(paths.rateFile), { method: 'POST', multipart });
    };
    const today = new Date().toISOString().slice(0, 10);
    const wrong = await send(`Date,USD,CHF\n${today},1.0850,0.9420\n${today.slice(0, 8)}99,1,1\n`);
    assert.equal(wrong.status, 422);
    assert.match(textOf(wrong.body), /Nothing was entered: Line 3, column 1/);
    assert.deepEqual(await rates(), []);
    const sent = await send(`Date, USD, CHF, \n${today}, 1.0850, 0.9420, \n`, 'a\u202E<b>.csv');
    assert.equal(sent.status, 303);
    assert.match(
      textOf((await at.fiona.browser.ask(sent.location ?? '')).body),
      new RegExp(`Entered: 2 rates of ${formatDay(today)}\\.`),
    );
    assert.equal((await rates()).length, 2);
    const text = textOf((await at.audrey.get(paths.rates)).body);
    assert.match(
      text,
      new RegExp(`Into USD 1 CHF = 1\\.15180467091 USD ${formatDay(today)} · European Central Bank · by way of EUR`),
    );
    assert.match(text, new RegExp(`1 EUR = 0\\.9420 CHF ${formatDay(today)} · European Central Bank`));
    const { detail } = await world.db
      .selectFrom('audit_entry')
      .select('detail')
      .where('action', '=', 'rates-kept')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    assert.deepEqual(JSON.parse(detail), { count: 2, firstDay: today, lastDay: today, from: 'a_b_.csv' });
    for (const [text, status] of [
      ['', 422],
      ['x'.repeat(10 * 1024 * 1024 + 1), 413],
    ] as const) {
      assert.equal((await send(text)).status, status);
    }
    const chosen = await at.fiona.browser.ask(world.url(paths.rateFile), { method: 'POST', multipart: new FormData() });
    assert.equal(chosen.status, 422);
  });
});
