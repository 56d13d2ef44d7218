import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, listIn, personIdOf } from '../expense-walk.ts';
import { submit, textOf } from '../forms.ts';
import { AtImports } from '../import-walk.ts';
import { openWorld, type World } from '../world.ts';

const bank = 'Date,Description,Amount\n2026-01-05,Lunch,-12.50\n2026-01-06,Train to Berlin,-80.00\n2026-01-07,Salary,2500.00\n';

describeOnBothEngines('importing a file', (engine) => {
  let world: World;
  const at = {} as Record<CastName, AtExpenses>;
  let alice: AtImports;
  let fiona: AtImports;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'fiona', 'manuel', 'dana'] as const) at[name] = await AtExpenses.signIn(world, name);
    [alice, fiona] = [new AtImports(at.alice), new AtImports(at.fiona)];
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    await world.db.deleteFrom('expense_row').where('import_id', 'is not', null).execute();
    await world.db.deleteFrom('import').execute();
    await world.db.deleteFrom('limit_rule').execute();
    await world.db.deleteFrom('closed_month').execute();
  });

  const imported = () =>
    world.db.selectFrom('expense').selectAll().where('import_id', 'is not', null).orderBy('import_line').execute();
  const countRows = async () => {
    const { count } = await world.db
      .selectFrom('expense_row')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('import_id', 'is not', null)
      .executeTakeFirstOrThrow();
    return count;
  };

  it('shows what was understood before anything is written, and then brings what I spent as drafts of mine', async () => {
    const page = await alice.bring(bank, 'bank.csv');
    const text = textOf(page.body);
    assert.match(text, /2 expenses can be imported/);
    assert.match(text, /from 5 January 2026 to 6 January 2026, and come to \$92\.50/);
    assert.match(text, /1 row in which nothing was spent is left out/);
    assert.match(text, /Date 2026-01-05 · 2026-01-06/);
    assert.equal(await countRows(), 0);
    const landed = await alice.land(page);
    assert.match(textOf(landed.body), /2 expenses came from this file/);
    const rows = await imported();
    assert.deepEqual(
      rows.map((row) => [
        row.item,
        row.team_amount_minor,
        row.spent_on,
        row.state,
        row.spender_name,
        row.import_line,
        row.category_id,
      ]),
      [
        ['Lunch', 12_50, '2026-01-05', 'draft', 'Alice Archer', 2, 'other'],
        ['Train to Berlin', 80_00, '2026-01-06', 'draft', 'Alice Archer', 3, 'other'],
      ],
    );
    // Each says where it came from, and nobody else sees a draft.
    const [first] = rows;
    assert.match(textOf((await at.alice.page(first?.id ?? '')).body), /Imported From bank\.csv, line 2, by Alice Archer on/);
    assert.equal((await at.bob.page(first?.id ?? '')).status, 404);
  });

  it('submits the drafts of a file together, but for those that a limit has something to say of', async () => {
    await world.db
      .insertInto('limit_rule')
      .values({
        id: crypto.randomUUID(),
        kind: 'expense',
        effect: 'warn',
        team_id: null,
        category_id: null,
        amount_minor: 50_00,
        currency: 'USD',
        days: null,
      })
      .execute();
    const landed = await alice.land(await alice.bring(bank));
    assert.match(textOf(landed.body), /2 of them are still a draft/);
    const sent = await submit(at.alice.browser, landed, alice.pathOf(landed, paths.teamImportSubmission));
    const page = await alice.settled(sent.location ?? '');
    assert.match(textOf(page.body), /1 of them is still a draft/);
    assert.deepEqual(
      (await imported()).map(({ item, state }) => [item, state]),
      [
        ['Lunch', 'submitted'],
        ['Train to Berlin', 'draft'],
      ],
    );
  });

  it('names each mistake by line and column, and imports only the good rows where that is what I choose', async () => {
    const file =
      'Day;Item;Amount;Currency\n05.01.2026;Lunch;12,50;USD\n06.01.2026;;3,00;USD\n32.01.2026;Taxi;1,00;USD\n07.01.2026;Tea;0;USD\n08.01.2026;Cake;4,00;XYZ\n09.01.2026;Bus;2,40\n';
    const page = await alice.bring(file);
    const text = textOf(page.body);
    assert.match(text, /1 expense can be imported/);
    for (const where of ['Line 3, column 2', 'Line 4, column 1', 'Line 5, column 3', 'Line 6, column 4', 'Line 7'])
      assert.ok(text.includes(where), `${where} in ${text}`);
    assert.match(text, /Import only the 1 good one, without the 5 rows with mistakes/);
    assert.match(textOf((await alice.land(page)).body), /1 expense came from this file.*5 rows with mistakes were left out/);
    assert.deepEqual(
      (await imported()).map(({ item }) => item),
      ['Lunch'],
    );
  });

  it('never guesses: days and amounts that can be read in two ways are asked for', async () => {
    const page = await alice.bring('Date,Item,Amount\n03/04/2026,Lunch,"1,234"\n05/06/2026,Tea,"2,345"\n');
    const text = textOf(page.body);
    assert.match(text, /Its days can be read in two ways/);
    assert.match(text, /Its amounts can be read in two ways/);
    assert.doesNotMatch(text, /can be imported/);
    const read = await alice.correct(page, { dateOrder: 'dmy', decimalMark: 'point' });
    assert.match(
      textOf(read.body),
      /2 expenses can be imported They are from 3 April 2026 to 5 June 2026, and come to \$3,579\.00/,
    );
    assert.match(textOf((await alice.correct(read, { dateOrder: 'mdy' })).body), /from 4 March 2026 to 6 May 2026/);
  });

  it('recognises the same file, and the same rows in another one, whatever has become of them since', async () => {
    await alice.land(await alice.bring(bank, 'january.csv'));
    const [first] = await imported();
    await at.alice.edit(first?.id ?? '', { item: 'Lunch with Bob', amount: '13' });
    const again = await alice.bring(bank, 'copy.csv');
    const text = textOf(again.body);
    assert.match(text, /The very same file was imported on .* by Alice Archer/);
    assert.match(text, /2 rows are in the team already, out of a file, and left out: lines 2, 3/);
    assert.match(text, /There is nothing to import/);
    const longer = await alice.bring(`${bank}2026-01-08,Lunch,-9.00\n`);
    assert.match(textOf(longer.body), /1 expense can be imported/);
    const once = await alice.correct(longer, { again: 'yes' });
    assert.match(textOf(once.body), /3 expenses can be imported/);
    // Two of the same in one file are two.
    const twice = await alice.bring('Date,Item,Amount\n2026-02-02,Coffee,3.20\n2026-02-02,Coffee,3.20\n');
    assert.match(textOf(twice.body), /2 expenses can be imported/);
  });

  it('brings in what the team spent elsewhere as it was decided there, for finance alone', async () => {
    const alicesId = await personIdOf(world, 'alice');
    const fionasId = await personIdOf(world, 'fiona');
    const file = [
      'Day,Spent by,Item,Amount,State',
      '2025-11-03,alice@example.com,Hotel,200.00,Reimbursed',
      '2025-11-04,Fiona Finch,Own taxi,20.00,Reimbursed',
      '2025-11-05,Somebody else,Flowers,30.00,Rejected',
      '2025-11-06,Bob Baker,Tea,3.00,Waiting for approval',
      '2025-11-07,Bob Baker,Cake,4.00,Approved',
      '2025-11-08,Bob Baker,Pie,5.00,Draft',
      '2025-11-09,,Paper,6.00,',
    ].join('\r\n');
    const refused = await alice.bring(file, 'past.csv', 'team');
    assert.match(textOf(refused.body), /become drafts of yours/, 'a member brings in their own, whatever they ask for');
    await alice.end(refused);
    const before = await at.bob.get('/team/finance');
    const page = await fiona.correct(await fiona.bring(file, 'past.csv', 'team'), { spender: 'Fiona Finch' });
    const text = textOf(page.body);
    assert.match(text, /Line 6, column 5: Only a manager of the team can bring in what is approved/);
    assert.match(text, /Line 7, column 5: A draft is its own person’s business/);
    await fiona.land(page);
    const rows = await imported();
    assert.deepEqual(
      rows.map((row) => [row.item, row.state, row.spender_id, row.spender_name, row.decided_by, row.settled_by, row.logged_by]),
      [
        ['Hotel', 'reimbursed', alicesId, 'Alice Archer', fionasId, fionasId, null],
        ['Own taxi', 'reimbursed', null, 'Fiona Finch', null, null, fionasId],
        ['Flowers', 'rejected', null, 'Somebody else', null, null, fionasId],
        ['Tea', 'submitted', await personIdOf(world, 'bob'), 'Bob Baker', null, null, fionasId],
        ['Paper', 'reimbursed', null, 'Fiona Finch', null, null, fionasId],
      ],
    );
    const after = await at.bob.get('/team/finance');
    const [was, is] = [before, after].map(({ body }) => Number(listIn(body).total.replace(/[$,]/g, '')));
    assert.equal(
      Math.round(((is ?? 0) - (was ?? 0)) * 100),
      229_00,
      'what is reimbursed or waits counts, and what is rejected does not',
    );
    const entry = await world.db
      .selectFrom('audit_entry')
      .selectAll()
      .where('action', '=', 'expenses-imported')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const detail = JSON.parse(entry.detail) as Record<string, unknown>;
    assert.equal(detail['file'], 'past.csv');
    assert.equal(detail['count'], 5);
    assert.equal(detail['reimbursed'], 3);
    assert.equal(entry.person_id, fionasId);
  });

  it('keeps to closed months and to limits that block', async () => {
    await world.db
      .insertInto('closed_month')
      .values({ month: '2026-01', closed_by: 'x', closed_by_name: 'Fiona Finch', closed_at: '2026-02-01T00:00:00.000Z' })
      .execute();
    const closed = await alice.bring(bank);
    assert.match(textOf(closed.body), /Line 2, column 1: January 2026 was closed by Fiona Finch on 1 February 2026/);
    assert.match(textOf(closed.body), /There is nothing to import/);
    await world.db.deleteFrom('closed_month').execute();
    await world.db
      .insertInto('limit_rule')
      .values({
        id: crypto.randomUUID(),
        kind: 'expense',
        effect: 'block',
        team_id: null,
        category_id: null,
        amount_minor: 50_00,
        currency: 'USD',
        days: null,
      })
      .execute();
    const limited = await fiona.bring(
      bank
        .replaceAll('-', '')
        .replaceAll('20260', '2026-0')
        .replace(/(2026-0\d)(\d\d)/g, '$1-$2'),
      'limited.csv',
      'team',
    );
    const waiting = await fiona.correct(limited, { state: 'submitted', sign: 'positive', spender: 'Somebody' });
    assert.match(textOf(waiting.body), /Line 3: \$80\.00 is more than the limit of \$50\.00 for one expense/);
  });

  it('keeps a month closed that was closed after the look', async () => {
    const page = await alice.bring(bank);
    await world.db
      .insertInto('closed_month')
      .values({ month: '2026-01', closed_by: 'x', closed_by_name: 'Fiona Finch', closed_at: '2026-02-01T00:00:00.000Z' })
      .execute();
    const landed = await alice.land(page);
    assert.match(textOf(landed.body), /Nothing was imported.*Look at it again/);
    assert.equal(await countRows(), 0);
  });

  it('is nobody else’s to see or to go on with, and asks for a role', async () => {
    const page = await alice.bring(bank);
    const address = alice.pathOf(page, paths.teamImportFile);
    for (const name of ['bob', 'fiona', 'manuel', 'dana'] as const) {
      assert.equal((await at[name].get(address)).status, 404, name);
      for (const path of [paths.teamImportReading, paths.teamImportLanding, paths.teamImportEnding, paths.teamImportSubmission])
        assert.equal((await at[name].post(alice.pathOf(page, path))).status, 404, name);
    }
    assert.equal((await at.dana.get(fillPath(paths.teamImport, { id: 'finance' }))).status, 403);
    assert.equal((await at.alice.get(fillPath(paths.teamImport, { id: 'marketing' }))).status, 404);
    assert.equal(await countRows(), 0);
  });

  it('is cancelled with nothing left of it, and a form that is sent twice imports once', async () => {
    const page = await alice.bring(bank);
    await alice.end(page);
    assert.equal((await alice.land(page)).status, 409);
    assert.equal(await countRows(), 0);
    const { count } = await world.db
      .selectFrom('import_piece')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    assert.equal(count, 0, 'the file is gone as well');
    const next = await alice.bring(bank);
    const path = alice.pathOf(next, paths.teamImportLanding);
    await Promise.all([at.alice.post(path, { rows: 'all' }), at.alice.post(path, { rows: 'all' })]);
    await alice.settled(world.url(alice.pathOf(next, paths.teamImportFile)));
    assert.equal(await countRows(), 2);
  });

  it('lets two imports of the same file at once come one after the other, so that each row comes once', async () => {
    const grant = { id: crypto.randomUUID(), person_id: await personIdOf(world, 'bob'), role: 'finance', team_id: null } as const;
    await world.db
      .insertInto('right_grant')
      .values({ ...grant, given_by: 'Dana Dyer', given_at: '2026-01-01T00:00:00.000Z' })
      .execute();
    const both = [fiona, new AtImports(at.bob)];
    const brought = await Promise.all(
      both.map(async (who) => who.correct(await who.bring(bank, 'a.csv', 'team'), { spender: 'Somebody' })),
    );
    const pages = await Promise.all(both.map(async (who, index) => who.land(brought[index] ?? assert.fail())));
    await world.db.deleteFrom('right_grant').where('id', '=', grant.id).execute();
    const texts = pages.map((page) => textOf(page.body));
    assert.equal(await countRows(), 2, texts.join('\n'));
  });
});
