import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { hostile } from '../../test/export-scene.ts';
import { readCsv } from '../../test/exported.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addSettled } from '../../test/settled.ts';
import { doing, draft, move, newPerson, newTeam } from '../../test/spending.ts';
import type { Database } from '../database/schema.ts';
import { moveAll } from '../expenses/steps-of-many.ts';
import type { Viewer } from '../people/viewer.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { type AccountScope, type Booking, keepAccountRule } from './account-rules.ts';
import { MOST_IN_FILE, saveForAccountant } from './accountant-file.ts';

describeOnBothEngines('what the accountant gets of a settlement', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let fiona: Viewer;
  let dinars: VisibleTeam;
  let yen: VisibleTeam;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    fiona = await newPerson(db, 'Fiona Finch', { role: 'finance', teamId: null });
    dinars = await newTeam(db, 'KWD');
    yen = await newTeam(db, 'JPY');
    await keep({}, { account: '4900', tax_code: 'V0' });
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function keep(scope: Partial<AccountScope>, booking: Partial<Booking>): Promise<void> {
    const nothing = { account: '', cost_centre: '', tax_code: '' };
    await db
      .transaction()
      .execute(async (transaction) =>
        keepAccountRule(transaction, { teamId: null, categoryId: null, ...scope }, { ...nothing, ...booking }, doing(fiona)),
      );
  }
  const save = async (id: string, by = fiona) =>
    db.transaction().execute(async (transaction) => saveForAccountant(transaction, id, doing(by)));
  const rowsOf = async (id: string) => readCsv((await save(id))?.bytes ?? assert.fail());

  it('is one row for each expense, team by team and day by day, with its booking and its amount both ways', async () => {
    await keep({ teamId: yen.id }, { cost_centre: '200' });
    await keep({ categoryId: 'travel' }, { account: '4660', tax_code: 'V10' });
    await keep({ teamId: yen.id, categoryId: 'travel' }, { account: '0661' });
    await db.updateTable('team').set({ label: 'Alpha' }).where('id', '=', yen.id).execute();
    const paid = { currency: 'USD', amount_minor: 20_00, rate: '0.3075', rate_on: '2026-03-31', rate_source: 'typed' };
    const id = await addSettled(db, {
      [dinars.id]: [
        {
          ...paid,
          team_amount_minor: 6_150,
          item: 'Taxi',
          merchant: 'Yellow',
          spender_name: 'Bob Baker',
          spent_on: '2026-03-31',
        },
        { currency: 'KWD', amount_minor: 5, team_amount_minor: 5, item: 'Stamp', merchant: '', spent_on: '2026-03-01' },
      ],
      [yen.id]: [{ currency: 'JPY', amount_minor: 12_000, team_amount_minor: 12_000, item: 'Train', category_id: 'travel' }],
    });
    const expenses = db.selectFrom('expense').select(['id', 'item']).where('settlement_id', '=', id);
    const ids = Object.fromEntries((await expenses.execute()).map((row) => [row.item, row.id]));
    const [headings = {}] = await rowsOf(id);
    assert.equal(
      Object.keys(headings).join(),
      'Date,Account,Cost centre,Tax code,Text,Team currency,Amount,Paid currency,Paid amount,Rate,Payment reference,Expense id',
    );
    assert.deepEqual(
      (await rowsOf(id)).map((row) => Object.values(row)),
      [
        '2026-04-01|0661|200|V10|Train – Elsewhere|JPY|12000|JPY|12000||PAY-1|Train',
        '2026-03-01|4900||V0|Stamp – Elsewhere|KWD|0.005|KWD|0.005||PAY-1|Stamp',
        '2026-03-31|4900||V0|Taxi – Yellow – Bob Baker|KWD|6.150|USD|20.00|0.3075|PAY-1|Taxi',
      ].map((row) => row.split('|').map((cell, index) => (index === 11 ? ids[cell] : cell))),
    );
  });

  it('has each text as text, and no formula in any place where somebody wrote something', async () => {
    const team = await newTeam(db);
    await keep({ teamId: team.id }, { account: '=1+1', cost_centre: '+2', tax_code: '@A1' });
    const { item, merchant, spender_name, reference } = hostile;
    const id = await addSettled(db, { [team.id]: [{ item, merchant, spender_name }] }, { reference });
    const [row] = await rowsOf(id);
    assert.deepEqual(
      [row?.['Account'], row?.['Cost centre'], row?.['Tax code'], row?.['Payment reference'], row?.['Text']],
      ["'=1+1", "'+2", "'@A1", `'${reference.replace(';', ";'")}`, `'${item} – "\u200B-2+3+cmd – ${spender_name}`],
    );
    const { bytes = Buffer.alloc(0) } = (await save(id)) ?? {};
    assert.doesNotMatch(bytes.toString(), /(?<=^|[,;\r\n]"?)[=+@-]/m);
  });

  it('is the same bytes for good, and first saved by whoever comes first, however many come at once', async () => {
    const team = await newTeam(db);
    const id = await addSettled(db, { [team.id]: [{ item: 'Größe 費用 😀' }, {}] });
    const files = await Promise.all(['A', 'B', 'C', 'D'].map(async (name) => save(id, { ...fiona, name })));
    const [first] = files;
    assert.ok(first !== undefined);
    for (const file of files) assert.deepEqual(file, first);
    await keep({ teamId: team.id }, { account: 'other' });
    await db.updateTable('team').set({ label: 'Other', currency: 'EUR' }).where('id', '=', team.id).execute();
    await db.updateTable('expense_row').set({ item: 'Other' }).where('settlement_id', '=', id).execute();
    assert.deepEqual(await save(id), first);
    const entries = await db.selectFrom('audit_entry').select('detail').where('about_id', '=', id).orderBy('id').execute();
    const details = entries.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);
    assert.deepEqual(
      details.map(({ again }) => again),
      [false, true, true, true, true],
    );
    assert.equal(new Set(details.map(({ sha256 }) => sha256)).size, 1);
    assert.equal(details[0]?.['count'], 2);
  });

  it('is refused where an account is missing, by the names of what lacks one, and nothing is kept', async () => {
    await db.deleteFrom('account_rule').execute();
    await keep({ categoryId: 'meals' }, { cost_centre: '10' });
    await keep({ categoryId: 'other' }, { account: '1' });
    const team = await newTeam(db);
    const id = await addSettled(db, { [team.id]: ['meals', 'other', 'travel', 'meals'].map((category_id) => ({ category_id })) });
    await assert.rejects(save(id), {
      kind: 'conflict',
      message: `There is no account yet for Meals in ${team.label}, Travel in ${team.label}. Nothing was saved: set these accounts first, under Limits and then Accounts.`,
    });
    const many = ['travel', 'accommodation', 'meals', 'office', 'software', 'training', 'marketing'];
    const lacking = await addSettled(db, { [team.id]: many.map((category_id) => ({ category_id })) });
    await assert.rejects(save(lacking), /Office in [^,]+, Software in [^,]+ and 2 more\. Nothing/);
    const kept = await db
      .selectFrom('accountant_file')
      .select('settlement_id')
      .where('settlement_id', 'in', [id, lacking])
      .execute();
    assert.deepEqual(kept, []);
    await keep({}, { account: '4900' });
    assert.equal((await rowsOf(id)).length, 4);
  });

  it('is first saved by finance, goes to nobody who does not see every team, and is nothing where there is no settlement', async () => {
    const team = await newTeam(db);
    const id = await addSettled(db, { [team.id]: [{}] });
    for (const role of ['auditor', 'admin'] as const) {
      const reader = await newPerson(db, 'Reader', { role, teamId: null });
      await assert.rejects(save(id, reader), { kind: 'not-allowed' });
    }
    const manager = await newPerson(db, 'Manager', { role: 'manager', teamId: team.id });
    await assert.rejects(save(id, manager), { kind: 'not-found' });
    assert.equal(await save(randomUUIDv7()), undefined);
  });

  it('may be of thousands of expenses; beyond what one file holds it is refused and not cut', async () => {
    const team = await newTeam(db);
    const some = { spent_on: '2026-03-01' };
    const large = await addSettled(db, { [team.id]: Array.from({ length: MOST_IN_FILE }, () => some) });
    const { bytes } = (await save(large)) ?? assert.fail();
    assert.equal(readCsv(bytes).length, MOST_IN_FILE);
    const tooLarge = await addSettled(db, { [team.id]: Array.from({ length: MOST_IN_FILE + 1 }, () => some) });
    await assert.rejects(save(tooLarge), { kind: 'too-large' });
  });

  it('holds all of it, also where it is saved while more is being reimbursed: the rest is another settlement', async () => {
    const team = await newTeam(db);
    const [alice, manuel] = [
      await newPerson(db, 'Alice', { role: 'member', teamId: team.id }),
      await newPerson(db, 'Manuel', { role: 'manager', teamId: team.id }),
    ];
    const values: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const expense = await draft(db, team, alice);
      const submitted = await move(db, expense, 'submission', alice);
      const { expense: approved } = await move(db, { ...expense, ...submitted.expense }, 'approval', manuel);
      values.push(`${approved.id}_${approved.version}`);
    }
    const settlements = async () =>
      db
        .selectFrom('expense')
        .select('settlement_id')
        .distinct()
        .where('team_id', '=', team.id)
        .where('state', '=', 'reimbursed')
        .execute();
    const reimbursing = moveAll(db, 'settlement', values, { comment: '', reference: 'PAY-9' }, doing(fiona));
    const saving = async (): Promise<void> => {
      for (const { settlement_id: id } of await settlements()) await save(id ?? '');
      if ((await Promise.race([reimbursing, Promise.resolve()])) === undefined) await saving();
    };
    await saving();
    assert.ok((await reimbursing).every((outcome) => outcome.done));
    const saved: string[] = [];
    for (const { settlement_id: id } of await settlements())
      saved.push(...(await rowsOf(id ?? '')).map((row) => row['Expense id'] ?? ''));
    assert.deepEqual(saved.toSorted(), values.map((value) => value.split('_')[0] ?? '').toSorted());
    assert.ok((await settlements()).length > 1, 'somebody was in between');
  });
});
