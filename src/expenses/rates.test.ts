import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { doing, newPerson } from '../../test/spending.ts';
import type { Database } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';
import { findRate, keepRates, listConversions, listRates } from './rates.ts';

describeOnBothEngines('an exchange rate', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let fiona: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    fiona = await newPerson(db, 'Fiona Finch', { role: 'finance', teamId: null });
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(() => db.deleteFrom('exchange_rate').execute());

  async function keep(
    ...rates: readonly (readonly [day: string, base: string, currency: string, rate: string])[]
  ): Promise<void> {
    const rows = rates.map(([day, base, currency, rate]) => ({ day, base, currency, rate, source: 'Somebody' }));
    await db.transaction().execute(async (transaction) => keepRates(transaction, rows, 'rates.csv', doing(fiona)));
  }

  it('is the newest of the day or the week before it, with its own day', async () => {
    await keep(['2026-01-02', 'CHF', 'USD', '1.1'], ['2026-01-05', 'CHF', 'USD', '1.2'], ['2026-01-20', 'CHF', 'USD', '1.3']);
    for (const [day, rate, on] of [
      ['2026-01-02', '1.1', '2026-01-02'],
      ['2026-01-04', '1.1', '2026-01-02'],
      ['2026-01-05', '1.2', '2026-01-05'],
      ['2026-01-12', '1.2', '2026-01-05'],
    ] as const) {
      assert.deepEqual(pick(await findRate(db, 'CHF', 'USD', day)), { rate, on, source: 'Somebody' }, day);
    }
    for (const day of ['2026-01-01', '2026-01-13', '2026-01-19'])
      assert.equal(await findRate(db, 'CHF', 'USD', day), undefined, day);
  });

  it('is found the other way round, and by way of a third currency of the same day', async () => {
    await keep(
      ['2026-01-05', 'EUR', 'USD', '1.0850'],
      ['2026-01-05', 'EUR', 'CHF', '0.9420'],
      ['2026-01-06', 'EUR', 'CHF', '0.9500'],
    );
    assert.equal((await findRate(db, 'EUR', 'USD', '2026-01-06'))?.rate, '1.0850');
    assert.equal((await findRate(db, 'USD', 'EUR', '2026-01-06'))?.rate, '0.921658986175');
    // On the sixth only one of both is known.
    assert.deepEqual(pick(await findRate(db, 'CHF', 'USD', '2026-01-06')), {
      rate: '1.15180467091',
      on: '2026-01-05',
      source: 'Somebody',
    });
    assert.equal(await findRate(db, 'CHF', 'JPY', '2026-01-06'), undefined);
  });

  it('that is straight counts before one that is worked out, of the same day', async () => {
    await keep(
      ['2026-01-05', 'EUR', 'USD', '1'],
      ['2026-01-05', 'EUR', 'CHF', '1'],
      ['2026-01-05', 'USD', 'CHF', '2'],
      ['2026-01-05', 'CHF', 'USD', '3'],
    );
    assert.equal((await findRate(db, 'CHF', 'USD', '2026-01-05'))?.rate, '3');
    assert.equal((await findRate(db, 'USD', 'CHF', '2026-01-05'))?.rate, '2');
  });

  it('of today is listed as a conversion today finds it, also where a newer one is worked out of others', async () => {
    await keep(
      ['2026-01-04', 'CHF', 'USD', '9'],
      ['2026-01-05', 'EUR', 'USD', '1.2'],
      ['2026-01-05', 'EUR', 'CHF', '0.8'],
      ['2026-01-06', 'USD', 'GBP', '0.8'],
      ['2026-01-06', 'NOK', 'SEK', '1'],
    );
    const listed = await listConversions(db, '2026-01-06', ['EUR', 'USD']);
    assert.deepEqual(
      listed.map(({ from, to, rate, on, via, isInverse }) => `${from} ${to} ${rate} ${on} ${via}${isInverse ? 'back' : ''}`),
      [
        'CHF EUR 1.25 2026-01-05 back',
        'USD EUR 0.833333333333 2026-01-05 back',
        'CHF USD 1.5 2026-01-05 EUR',
        'EUR USD 1.2 2026-01-05 ',
        'GBP USD 1.25 2026-01-06 back',
      ],
    );
    for (const { from, to, rate, on, source } of listed)
      assert.deepEqual(pick(await findRate(db, from, to, '2026-01-06')), { rate, on, source });
  });

  it('entered again counts from now on, and each entering is recorded once', async () => {
    const recorded = async () =>
      (await db.selectFrom('audit_entry').select('id').where('action', '=', 'rates-kept').orderBy('id').execute()).length;
    const before = await recorded();
    await keep(['2026-01-05', 'CHF', 'USD', '1.1']);
    await keep(['2026-01-05', 'CHF', 'USD', '1.2']);
    assert.equal((await findRate(db, 'CHF', 'USD', '2026-01-05'))?.rate, '1.2');
    assert.equal(await recorded(), before + 2);
  });

  it('of many days is entered at once', async () => {
    const days = Array.from({ length: 3_000 }, (_, index) => new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10));
    await keep(...days.map((day) => [day, 'EUR', 'USD', '1.1'] as const));
    assert.equal((await db.selectFrom('exchange_rate').select('day').execute()).length, 3_000);
  });

  it('counts today where it is the newest of its pair in the last week', async () => {
    await keep(
      ['2026-01-01', 'EUR', 'JPY', '160'],
      ['2026-01-04', 'EUR', 'USD', '1.1'],
      ['2026-01-05', 'EUR', 'USD', '1.2'],
      ['2026-01-05', 'EUR', 'CHF', '0.9'],
      ['2026-01-13', 'EUR', 'CHF', '0.8'],
    );
    const rates = await listRates(db, '2026-01-09');
    assert.deepEqual(
      rates.map(({ currency, rate }) => `${currency} ${rate}`),
      ['CHF 0.9', 'USD 1.2'],
    );
  });

  it('is refused by the database where it is between one currency and itself, or pretends to be typed', async () => {
    const row = { day: '2026-01-05', base: 'EUR', currency: 'USD', rate: '1', source: 'Somebody' };
    for (const wrong of [{ base: 'USD' }, { source: 'typed' }, { source: '' }, { day: 'today' }, { rate: '' }])
      await assert.rejects(
        db
          .insertInto('exchange_rate')
          .values({ ...row, ...wrong })
          .execute(),
        /check/i,
      );
  });
});

function pick(found: { rate: string; on: string; source: string } | undefined) {
  return found && { rate: found.rate, on: found.on, source: found.source };
}
