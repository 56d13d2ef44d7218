import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { AtImports } from '../import-walk.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('what is decided about a file', (engine) => {
  let world: World;
  let alice: AtImports;
  let fiona: AtImports;
  before(async () => {
    world = await openWorld({ engine });
    await world.signIn('bob');
    alice = new AtImports(await AtExpenses.signIn(world, 'alice'));
    fiona = new AtImports(await AtExpenses.signIn(world, 'fiona'));
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    await world.db.deleteFrom('expense_row').where('import_id', 'is not', null).execute();
    await world.db.deleteFrom('import').execute();
    await world.db.deleteFrom('exchange_rate').execute();
  });

  const imported = () =>
    world.db.selectFrom('expense').selectAll().where('import_id', 'is not', null).orderBy('import_line').execute();

  it('takes the currency that the heading of the amounts names, shows it, and lets me say another one', async () => {
    const file = 'Buchungstag;Verwendungszweck;Betrag (EUR)\n05.01.2026;Mittagessen;12,50\n06.01.2026;Zug;80,00\n';
    const page = await alice.bring(file, 'umsaetze.csv');
    assert.match(textOf(page.body), /Line 2, column 3: There is no rate for EUR in the week before 5 January 2026/);
    await world.db
      .insertInto('exchange_rate')
      .values({ base: 'EUR', currency: 'USD', day: '2026-01-05', rate: '1.1', source: 'Finance' })
      .execute();
    const read = await alice.correct(page, {});
    assert.match(textOf(read.body), /2 expenses can be imported.*come to \$101\.75\. Paid in other currencies: €92\.50\./);
    assert.match(read.body, /<option value="" selected>EUR, as the heading says<\/option>/);
    const dollars = await alice.correct(read, { currency: 'USD' });
    assert.match(textOf(dollars.body), /come to \$92\.50\./);
    assert.doesNotMatch(textOf(dollars.body), /Paid in other currencies/);
    const euros = await alice.correct(dollars, { currency: '' });
    await alice.land(euros);
    assert.deepEqual(
      (await imported()).map((row) => [row.amount_minor, row.currency, row.rate, row.team_amount_minor]),
      [
        [12_50, 'EUR', '1.1', 13_75],
        [80_00, 'EUR', '1.1', 88_00],
      ],
    );
  });

  it('asks where that heading names several currencies, and leaves it to a column of currencies', async () => {
    const asked = await alice.bring('Day,Item,Amount (EUR/GBP)\n2026-01-05,Lunch,12.50\n');
    assert.match(textOf(asked.body), /The heading “Amount \(EUR\/GBP\)” does not say in which one currency its amounts are/);
    assert.doesNotMatch(textOf(asked.body), /can be imported/);
    assert.match(textOf((await alice.correct(asked, { currency: 'USD' })).body), /comes to \$12\.50/);
    const mixed = await alice.bring('Day,Item,Amount (EUR),Currency\n2026-01-05,Lunch,12.50,USD\n2026-01-06,Tea,2.00,\n');
    assert.match(textOf(mixed.body), /1 expense can be imported.*comes to \$12\.50.*Line 3, column 3: There is no rate for EUR/);
  });

  it('takes no row for one in which nothing was spent because its amount stands in a column of another currency', async () => {
    const page = await alice.bring('Day,Item,Amount (USD),Amount (EUR)\n2026-01-05,Lunch,12.50,\n2026-01-06,Tea,,2.00\n');
    const text = textOf(page.body);
    assert.match(text, /1 expense can be imported.*Line 3, column 3: There is no amount here\./);
    assert.doesNotMatch(text, /nothing was spent/);
  });

  it('asks who spent it where no column of a team’s file says so, and says whose each row becomes before it is one', async () => {
    const file = 'Day,Item,Amount\n2026-01-05,Lunch,12.50\n2026-01-06,Tea,3.00\n';
    const asked = await fiona.bring(file, 'past.csv', 'team');
    assert.match(textOf(asked.body), /No column says who spent it\. Say which one does, or who it was\./);
    assert.doesNotMatch(textOf(asked.body), /can be imported/);
    const bobs = await fiona.correct(asked, { spender: ' BOB@example.com ' });
    assert.match(textOf(bobs.body), /2 expenses can be imported.*Who spent it: Bob Baker \(2\)\./);
    assert.match(bobs.body, /name="spender" value="BOB@example\.com"/);
    await fiona.land(bobs);
    assert.deepEqual(
      (await imported()).map((row) => [row.item, row.spender_name, row.spender_id === null]),
      [
        ['Lunch', 'Bob Baker', false],
        ['Tea', 'Bob Baker', false],
      ],
    );
  });

  it('says who is meant by each name in a file, and names a row that names nobody', async () => {
    const names = ['alice@example.com', 'Fiona Finch', 'Somebody else', 'fiona finch', ''];
    const rows = names.map((name, index) => `2026-01-0${index + 1},${name},Thing,1.00`);
    const page = await fiona.bring(['Day,Spent by,Item,Amount', ...rows].join('\n'), 'past.csv', 'team');
    assert.match(
      textOf(page.body),
      /Who spent it: Alice Archer \(1\), Fiona Finch \(2, that is you\), Somebody else \(1, known here by name only\)\./,
    );
    assert.match(textOf(page.body), /Line 6, column 2: Nobody is named here\./);
    const many = Array.from({ length: 40 }, (_, index) => `2026-01-05,Person ${index},Thing,1.00`);
    const long = await fiona.bring(['Day,Spent by,Item,Amount', ...many].join('\n'), 'long.csv', 'team');
    assert.match(textOf(long.body), /Person 11 \(1, known here by name only\), others \(28\)\./);
  });

  it('warns me that who is named in a file of what I spent is not used', async () => {
    const file = 'Day,Employee,Item,Amount\n2026-01-05,Bob Baker,Lunch,12.50\n2026-01-06,Alice Archer,Tea,3.00\n';
    const page = await alice.bring(file);
    const warning = /The file names Bob Baker as who spent it\. That is not used here: every row becomes a draft of yours/;
    assert.match(textOf(page.body), warning);
    assert.match(textOf((await alice.correct(page, { dateOrder: 'ymd' })).body), warning, 'also when it is read again');
    await alice.land(page);
    assert.deepEqual(
      (await imported()).map((row) => row.spender_name),
      ['Alice Archer', 'Alice Archer'],
    );
    const own = await alice.bring(file.replace('Bob Baker', 'Alice Archer').replaceAll('2026', '2025'));
    assert.doesNotMatch(textOf(own.body), /That is not used/);
  });

  it('names what is left out by line: totals, and what came in', async () => {
    const page = await alice.bring(
      'Date,Description,Amount\n2026-01-05,Lunch,-12.50\n2026-01-05,Tea,-2.50\n2026-01-05,Bus,-2.40\n2026-01-05,Bus,-2.60\n2026-01-07,Salary,2500.00\n2026-01-08,Refund,5.00\n,Total,2492.50\n',
    );
    const text = textOf(page.body);
    assert.match(text, /1 line with a total is left out: line 8/);
    assert.match(text, /2 rows in which nothing was spent are left out: lines 6, 7/);
  });

  it('says of a file with headings alone that it has no rows', async () => {
    const page = await alice.bring('Buchungstag;Verwendungszweck;Betrag\n');
    assert.match(textOf(page.body), /There are no rows below the headings of this file/);
    assert.doesNotMatch(textOf(page.body), /can be read in two ways/);
  });

  it('leads from an import to the list of just its days, and its state where it is one', async () => {
    const rows = ['2019-01-05,Ann,Lunch,12.50,Reimbursed', '2019-01-07,Ann,Tea,3.00,Reimbursed'];
    const hrefOf = (body: string) => (/href="([^"]+)">See them</.exec(body)?.[1] ?? assert.fail(body)).replaceAll('&amp;', '&');
    const landed = await fiona.land(await fiona.bring(['Day,Spender,Item,Amount,State', ...rows].join('\n'), 'a.csv', 'team'));
    assert.equal(hrefOf(landed.body), '/team/finance?state=reimbursed&from=2019-01-05&to=2019-01-07');
    const listed = textOf((await fiona.at.get(hrefOf(landed.body))).body);
    assert.match(listed, /Lunch.*\$15\.50|\$15\.50.*Lunch/);
    const mixed = [...rows, '2018-01-05,Ann,Pie,4.00,Rejected'].join('\n');
    const both = await fiona.land(await fiona.bring(`Day,Spender,Item,Amount,State\n${mixed}`, 'b.csv', 'team'));
    assert.equal(hrefOf(both.body), '/team/finance?state=rejected&from=2018-01-05&to=2018-01-05', 'the others were there');
    const own = await alice.land(await alice.bring('Day,Item,Amount\n2019-01-05,Cake,4.00\n'));
    const href = hrefOf(own.body);
    assert.match(href, /^\/team\/finance\?person=[\da-f-]{36}&state=draft&from=2019-01-05&to=2019-01-05$/);
    const mine = textOf((await alice.at.get(href)).body);
    assert.match(mine, /Cake/);
    assert.doesNotMatch(mine, /Lunch/);
  });
});
