import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { context, readFile } from '../../test/read-file.ts';
import { toCsv, withoutFormulas } from '../exporting/export-csv.ts';
import type { ExportedExpense } from '../exporting/export-rows.ts';
import { convert } from '../expenses/conversion.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { asOneLine, asSeveralLines } from '../web/forms.ts';
import { asWritten } from './our-export.ts';
import type { ImportedRow } from './row.ts';

const plain = {
  id: '01900000-0000-7000-8000-000000000001',
  spent_on: '2026-01-31',
  spender_name: 'Anna Müller',
  item: 'Lunch, with the customer',
  merchant: 'Café "Nord"',
  category_id: 'meals',
  category_label: 'Meals',
  state: 'approved',
  amount_minor: 1250,
  currency: 'EUR',
  team_amount_minor: 1250,
  rate: null,
  rate_on: null,
  rate_source: null,
  note: '',
  receipt_count: 1,
  logged_by_name: 'Bob',
  logged_at: '2026-02-01T08:00:00.000Z',
  settlement_reference: null,
};
const expenses = [
  plain,
  { ...plain, item: '=1+1', merchant: '-2', note: 'one\n\n=two;+3\n"four"', state: 'submitted', spender_name: '@Ann' },
  {
    ...plain,
    amount_minor: 24_500,
    currency: 'JPY',
    rate: '0.0061',
    rate_on: '2026-01-30',
    rate_source: 'European Central Bank',
    team_amount_minor: convert(24_500, 'JPY', 'EUR', '0.0061'),
  },
  {
    ...plain,
    amount_minor: 8000,
    currency: 'USD',
    rate: '0.9210',
    rate_on: '2026-01-31',
    rate_source: 'typed',
    state: 'reimbursed',
    team_amount_minor: convert(8000, 'USD', 'EUR', '0.9210'),
    settlement_reference: '+49 30; =1',
  },
];

async function exported(list: readonly unknown[], currency = 'EUR'): Promise<Buffer> {
  async function* batches() {
    yield list as readonly ExportedExpense[];
  }
  const team = { id: 'finance', label: 'Finance', currency } as VisibleTeam;
  return Buffer.concat(await Array.fromAsync(toCsv(team, batches())));
}

/** The row that it comes back as. */
function asRow(expense: typeof plain, line: number): Omit<ImportedRow, 'line'> & { line: number } {
  const {
    rate,
    rate_on: rateOn,
    rate_source: rateSource,
    team_amount_minor: amountMinor,
  } = expense as Record<string, unknown> & typeof plain;
  return {
    line,
    spentOn: expense.spent_on,
    item: expense.item,
    merchant: expense.merchant,
    note: expense.note,
    category: expense.category_label,
    spender: expense.spender_name,
    state: expense.state as ImportedRow['state'],
    amountMinor: expense.amount_minor,
    currency: expense.currency,
    inTeam: rate === null ? undefined : { amountMinor, rate, rateOn: rateOn ?? '', rateSource: rateSource ?? '' },
  };
}

describe('our own export', () => {
  it('comes back as the expenses it was made of, with nothing to correct', async () => {
    const file = readFileSync('test/spreadsheets/our-export.csv');
    assert.deepEqual(file, await exported(expenses), 'the file is what is exported');
    const { reading, rows, mistakes, leftOut } = await readFile(file);
    assert.deepEqual([reading.dateOrder, reading.decimalMark, reading.sign], ['ymd', '.', 'positive']);
    assert.deepEqual([mistakes, leftOut], [[], []]);
    assert.deepEqual(
      rows,
      expenses.map((expense, index) => asRow(expense as typeof plain, [2, 3, 7, 8][index] ?? 0)),
    );
  });

  it('comes back whole whatever stands in it', async () => {
    const unit = fc.constantFrom(...`a=+-@'"\`;, \t\n\ré費\u200C1`.split(''));
    const text = fc.string({ unit, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ item: text, merchant: text, note: text, spender: text, cents: fc.integer({ min: 1, max: 10 ** 11 }) }),
          { maxLength: 4 },
        ),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        fc.integer({ min: 1, max: 50 }),
        async (given, currency, size) => {
          const list = given.map(({ item, merchant, note, spender, cents }) => ({
            ...plain,
            item: asOneLine(item) || 'x',
            merchant: asOneLine(merchant),
            note: asSeveralLines(note),
            spender_name: asOneLine(spender),
            amount_minor: cents,
            team_amount_minor: cents,
            currency,
          }));
          const { rows, mistakes } = await readFile(
            await exported(list, currency),
            {},
            { ...context, teamCurrency: currency },
            size,
          );
          assert.deepEqual(mistakes, []);
          assert.deepEqual(
            rows.map((row) => ({ ...row, line: 0 })),
            list.map((expense) => asRow(expense, 0)),
          );
        },
      ),
    );
  });

  it('has its apostrophes taken away exactly where they were put', () => {
    const unit = fc.constantFrom('=', '-', "'", '"', ';', ' ', '\t', '\n', '\r', 'a', '\u200B', '＝');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 15 }), (text) => {
        const kept = text.trim();
        assert.equal(asWritten(withoutFormulas(kept)), kept);
      }),
      { numRuns: 2000 },
    );
  });

  it('is no longer certainly ours in another order, so its apostrophes stay', async () => {
    const { rows } = await readFile("Day,Item,Amount\n2026-01-31,'=1+1,5.00\n");
    assert.equal(rows[0]?.item, "'=1+1");
  });

  it('is read as it is saved again by a German Excel', async () => {
    const file = (await exported([{ ...plain, item: 'Lunch' }]))
      .toString()
      .replace('12.50', '12,50')
      .replaceAll(',', ';')
      .replace('12;50', '12,50');
    const { reading, rows } = await readFile(file.replaceAll('"Lunch"', 'Lunch').replace('2026-01-31', '31.01.2026'));
    assert.deepEqual([reading.delimiter, reading.decimalMark, reading.dateOrder], [';', ',', 'dmy']);
    assert.deepEqual(
      rows.map(({ spentOn, amountMinor }) => [spentOn, amountMinor]),
      [['2026-01-31', 1250]],
    );
  });
});
