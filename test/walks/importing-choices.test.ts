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
  before(async () => {
    world = await openWorld({ engine });
    alice = new AtImports(await AtExpenses.signIn(world, 'alice'));
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
});
