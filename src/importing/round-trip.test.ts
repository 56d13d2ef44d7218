import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import type { Insertable } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { exportAs } from '../../test/export-scene.ts';
import { readCsv, type Row } from '../../test/exported.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { bring } from '../../test/importing.ts';
import { addMany } from '../../test/many-expenses.ts';
import { assertSpendingAddsUp } from '../../test/spending-sums.ts';
import { newPerson, newTeam } from '../../test/spending.ts';
import type { Database, ExpenseTable } from '../database/schema.ts';
import { convert } from '../expenses/conversion.ts';
import { MAX_AMOUNT } from '../expenses/money-input.ts';
import { sumUp } from '../expenses/list.ts';
import type { Viewer } from '../people/viewer.ts';
import { exportFormats } from '../exporting/export-formats.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { oneLine, severalLines } from '../web/forms.ts';

/** How many teams are exported and imported on each engine. */
const RUNS = 60;

/** What a form would have taken, and spreadsheets make something else of. */
const nasty = fc.constantFrom(
  '=1+1',
  '@SUM(A1)',
  '-2',
  '+49 30 12',
  "'quoted'",
  '"',
  ';',
  ',',
  '\t',
  '0042',
  '1,5',
  '€ 😀',
  'TRUE',
  'Total',
);
const words = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 12, unit: 'grapheme' })), { maxLength: 4 })
  .map((parts) => parts.join(' '));
const asTyped = (text: string) => oneLine(200).safeParse(text).data ?? '';
const line = words.map(asTyped);
const item = line.map((text) => (text === '' ? 'Something' : text));
const note = fc.array(words, { maxLength: 3 }).map((lines) => severalLines(2_000).safeParse(lines.join('\n')).data ?? '');
const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2026-11-23'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const currencies = ['USD', 'JPY', 'KWD', 'EUR', 'CHF'] as const;
const rate = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom(1, 100, 10_000))
  .map(([digits, scale]) => String(digits / scale));

const expense = fc.record({
  item,
  merchant: line,
  note,
  spender_name: item,
  spent_on: day,
  category_id: fc.constantFrom('meals', 'travel', 'other', 'software'),
  state: fc.constantFrom('submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed'),
  amount_minor: fc.integer({ min: 1, max: 10_000_000 }),
  paid: fc.option(
    fc.record({
      currency: fc.constantFrom(...currencies),
      rate,
      on: day,
      source: fc.constantFrom('typed', 'Finance', 'European Central Bank'),
    }),
  ),
});
type Made = typeof expense extends fc.Arbitrary<infer Value> ? Value : never;

function toRow({ paid, amount_minor, ...made }: Made, currency: string): Partial<Insertable<ExpenseTable>> {
  const bare = { ...made, amount_minor, currency, team_amount_minor: amount_minor };
  if (paid === null || paid.currency === currency) return bare;
  const worth = convert(amount_minor, paid.currency, currency, paid.rate);
  if (worth === 0 || worth > MAX_AMOUNT) return bare;
  return {
    ...bare,
    currency: paid.currency,
    team_amount_minor: worth,
    rate: paid.rate,
    rate_on: paid.on,
    rate_source: paid.source,
  };
}

/** What was spent, whoever has it now. */
function spentIn(bytes: Uint8Array): string[] {
  const notTheirs = ['Id', 'Team', 'Logged by', 'Logged at (UTC)', 'Payment reference', 'Receipts'];
  const bare = (row: Row) => Object.entries(row).filter(([heading]) => !notTheirs.includes(heading));
  return readCsv(bytes)
    .map((row) => JSON.stringify(bare(row)))
    .toSorted();
}

describeOnBothEngines('a team that is exported and imported into an empty one', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());

  const csv = (team: VisibleTeam, viewer: Viewer) => exportAs(exportFormats[0], db, { team, viewer });

  it('is the same rows, whatever stands in them, and comes to the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...currencies),
        fc.array(expense, { minLength: 1, maxLength: 12 }),
        async (currency, made) => {
          const [from, to] = [await newTeam(db, currency), await newTeam(db, currency)];
          const viewer = await newPerson(db, 'Fiona', { role: 'finance', teamId: null }, { role: 'manager', teamId: to.id });
          await addMany(
            db,
            from.id,
            made.map((one) => toRow(one, currency)),
          );
          const file = await csv(from, viewer);
          const { outcome, done, questions } = await bring(db, to, viewer, file, {
            reading: { dateOrder: 'ymd', decimalMark: '.' },
          });
          assert.ok(done, JSON.stringify({ ...outcome, questions }));
          assert.deepEqual(spentIn(await csv(to, viewer)), spentIn(file));
          const [was, is] = [await sumUp(db, from, viewer, { from: '1999-01-01' }), await sumUp(db, to, viewer, {})];
          assert.deepEqual(is, was, 'the kept total is the sum');
          await assertSpendingAddsUp(db, to.id);
        },
      ),
      { numRuns: RUNS, seed: 20_261_124 },
    );
  });

  it('is known when the same file comes once more, to the last row', async () => {
    const [from, to] = [await newTeam(db), await newTeam(db)];
    const viewer = await newPerson(db, 'Fiona', { role: 'finance', teamId: null });
    await addMany(
      db,
      from.id,
      Array.from({ length: 2_300 }, (_, index) => ({ item: `No. ${index % 1_000}` })),
    );
    const file = await csv(from, viewer);
    assert.equal((await bring(db, to, viewer, file)).outcome.good, 2_300);
    const { outcome, done } = await bring(db, to, viewer, file);
    assert.deepEqual([outcome.good, outcome.known, done], [0, 2_300, false]);
  });
});
