import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { addHostileScene, addScene, type ExportScene, exportAs, hostile } from '../../test/export-scene.ts';
import { readCsv, readJsonLines } from '../../test/exported.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { readWorkbook } from '../../test/workbook.ts';
import type { Database } from '../database/schema.ts';
import { exportFormats } from './export-formats.ts';

const [csv, excel, jsonLines] = exportFormats;

describeOnBothEngines('what an export says of an expense', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let scene: ExportScene;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    scene = await addHostileScene(db);
  });
  after(() => fresh[Symbol.asyncDispose]());

  it('is, in CSV, each text as text, amounts as plain numbers beside their currencies, and days as days', async () => {
    const [row] = readCsv(await exportAs(csv, db, scene));
    const { id } = await db.selectFrom('expense').select('id').where('team_id', '=', scene.team.id).executeTakeFirstOrThrow();
    assert.deepEqual(row, {
      Id: id,
      Team: `'=HYPERLINK("https://evil.example";"Team")`,
      Day: '2026-04-01',
      'Spent by': `'${hostile.spender_name}`,
      Item: `'${hostile.item}`,
      Merchant: `'"\u200B-2+3+cmd`,
      Category: 'Meals',
      State: 'Reimbursed',
      Amount: '25.246',
      Currency: 'KWD',
      'Paid amount': '12345',
      'Paid currency': 'JPY',
      Rate: '0.002045',
      'Rate of': '2026-03-31',
      'Rate from': `'${hostile.rate_source}`,
      Note: `line one\r\n'=1+1\n\t;'+2;'"=3" _x0041_ 費用 😀 <script>alert(1)</script>\u2028end `,
      Receipts: '2',
      'Logged by': `'\t'=1+1`,
      'Logged at (UTC)': '2026-04-01 00:00:00',
      'Payment reference': `'${hostile.reference.replace(';', ";'")}`,
    });
  });

  it('is, in a workbook, each text as text, amounts as numbers with the decimals of their currency, and days as days', async () => {
    const [sheet, about, ...more] = readWorkbook(await exportAs(excel, db, scene));
    assert.deepEqual([sheet?.name, about?.name, more], ['Expenses', 'About', []]);
    const [headings = {}, row = {}, ...rest] = sheet?.rows ?? [];
    assert.deepEqual(rest, []);
    const { id } = await db.selectFrom('expense').select('id').where('team_id', '=', scene.team.id).executeTakeFirstOrThrow();
    const number = (digits: string, format = 'General') => ({ value: Number(digits), digits, format });
    const day = String.raw`yyyy\-mm\-dd`;
    assert.deepEqual(Object.fromEntries(Object.entries(row).map(([column, cell]) => [headings[column], cell])), {
      Id: id,
      Team: hostile.label,
      Day: number('46113', day),
      'Spent by': hostile.spender_name,
      Item: hostile.item,
      Merchant: '"\u200B-2+3+cmd',
      Category: 'Meals',
      State: 'Reimbursed',
      Amount: number('25.246', '#,##0.000'),
      Currency: 'KWD',
      'Paid amount': number('12345', '#,##0'),
      'Paid currency': 'JPY',
      Rate: number('0.002045'),
      'Rate of': number('46112', day),
      'Rate from': hostile.rate_source,
      Note: hostile.note.replace('\r', ''),
      Receipts: number('2'),
      'Logged by': hostile.logged_by_name,
      'Logged at (UTC)': number('46113', String.raw`yyyy\-mm\-dd\ hh:mm:ss`),
      'Payment reference': hostile.reference,
    });
    assert.deepEqual(
      about?.rows.map(({ A, B }) => [A, typeof B === 'object' ? B.value : B]),
      [
        ['Team', hostile.label],
        ['Which', 'All that there are'],
        ['Order', 'Newest first'],
        ['How many', 1],
        ['Saved at (UTC)', Date.UTC(2026, 10, 24, 10, 20, 30) / 86_400_000 + 25_569],
        ['Saved by', hostile.spender_name],
      ],
    );
  });

  it('is, in JSON Lines, one object to a line, in the words of the database, with each text as it is', async () => {
    const bytes = await exportAs(jsonLines, db, scene);
    const row = await db.selectFrom('expense').selectAll().where('team_id', '=', scene.team.id).executeTakeFirstOrThrow();
    assert.deepEqual(readJsonLines(bytes), [
      {
        id: row.id,
        team: { id: scene.team.id, label: hostile.label },
        day: '2026-04-01',
        spender: { id: null, name: hostile.spender_name },
        item: hostile.item,
        merchant: hostile.merchant,
        category: { id: 'meals', label: 'Meals' },
        state: 'reimbursed',
        amount: { minor: 25_246, value: '25.246', currency: 'KWD' },
        paid: {
          minor: 12_345,
          value: '12345',
          currency: 'JPY',
          rate: '0.002045',
          rateOn: '2026-03-31',
          rateFrom: hostile.rate_source,
        },
        note: hostile.note,
        receipts: 2,
        loggedBy: { id: null, name: hostile.logged_by_name },
        loggedAt: '2026-04-01T00:00:00.000Z',
        paymentReference: hostile.reference,
      },
    ]);
    assert.doesNotMatch(bytes.toString(), /[\u0085\u2028]/, 'no reader takes a part of a text for the end of a line');
    const [own] = readJsonLines(
      await exportAs(jsonLines, db, await addScene(db, 'USD', { state: 'submitted', spender_id: 'a' })),
    );
    assert.deepEqual([own?.['paid'], own?.['state'], own?.['paymentReference']], [null, 'submitted', null]);
  });

  it('has as many decimals as the currency, and nothing of a payment in another one where there was none', async () => {
    for (const [currency, minor, amount] of [
      ['USD', 123_450, '1234.50'],
      ['USD', 5, '0.05'],
      ['JPY', 123_450, '123450'],
      ['KWD', 123_450, '123.450'],
      ['CLF', 1, '0.0001'],
      ['EUR', 100_000_000_000, '1000000000.00'],
    ] as const) {
      const [row] = readCsv(
        await exportAs(csv, db, await addScene(db, currency, { team_amount_minor: minor, amount_minor: minor })),
      );
      const {
        Amount,
        Currency,
        Rate,
        'Paid amount': paid,
        'Rate of': on,
        'Rate from': from,
        'Payment reference': by,
      } = row ?? {};
      assert.deepEqual([Amount, Currency, paid, Rate, on, from, by], [amount, currency, '', '', '', '', '']);
    }
  });

  it('names a category that is no longer offered, and who typed a rate', async () => {
    await db.updateTable('category').set({ retired_at: '2026-01-01T00:00:00.000Z' }).where('id', '=', 'training').execute();
    const typed = { currency: 'EUR', rate: '1.1', rate_on: '2026-04-01', rate_source: 'typed', category_id: 'training' };
    const [row] = readCsv(await exportAs(csv, db, await addScene(db, 'USD', typed)));
    assert.equal(row?.['Rate from'], 'typed by whoever logged it');
    assert.match(row?.['Category'] ?? '', /^Training/);
  });
});
