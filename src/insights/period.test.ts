import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { around, monthsOf, neighbourOf, periodOf, queryOf, readPeriod, sayPeriod, shiftMonth } from './period.ts';

const now = new Date(Date.UTC(2026, 10, 28, 12));
const november = { kind: 'month', from: '2026-11-01', to: '2026-11-30' };

describe('a period', () => {
  it('is a month, a quarter, a year or some days, as the address says', () => {
    assert.deepEqual(readPeriod({ period: '2024-02' }, now), { kind: 'month', from: '2024-02-01', to: '2024-02-29' });
    assert.deepEqual(readPeriod({ period: '2026-Q4' }, now), { kind: 'quarter', from: '2026-10-01', to: '2026-12-31' });
    assert.deepEqual(readPeriod({ period: '2025' }, now), { kind: 'year', from: '2025-01-01', to: '2025-12-31' });
    assert.deepEqual(readPeriod({ from: '2026-01-15', to: '2026-01-15' }, now), {
      kind: 'days',
      from: '2026-01-15',
      to: '2026-01-15',
    });
  });

  it('is the running month where the address says nothing that can be looked at', () => {
    const nonsense = [
      {},
      { period: '2026-13' },
      { period: '2026-Q5' },
      { period: '1999' },
      { period: '20226' },
      { period: ['2025'] },
      { period: '__proto__' },
      { from: '2026-01-01' },
      { from: '2026-02-01', to: '2026-01-01' },
      { from: '2026-02-30', to: '2026-03-01' },
      { from: '2010-01-01', to: '2026-01-01' },
      { from: '1999-12-31', to: '2000-01-01' },
      { from: "'; drop", to: '2026-01-01' },
    ];
    for (const query of nonsense) assert.deepEqual(readPeriod(query, now), november, JSON.stringify(query));
  });

  it('is what its own address asks for, and has a neighbour that leads back', () => {
    const day = fc
      .date({ min: new Date('2001-01-01'), max: new Date('2190-01-01'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10));
    const kind = fc.constantFrom('month', 'quarter', 'year');
    fc.assert(
      fc.property(day, kind, fc.integer({ min: 0, max: 1_000 }), (from, some, length) => {
        const to = new Date(Date.parse(from) + length * 86_400_000).toISOString().slice(0, 10);
        const whole = around({ kind: 'days', from, to: from }, some, now);
        for (const period of [whole, { kind: 'days', from, to } as const]) {
          assert.deepEqual(readPeriod(queryOf(period), now), period);
          const next = neighbourOf(period, 1);
          assert.ok(next !== undefined && next.from > period.to);
          assert.equal(Date.parse(next.from) - Date.parse(period.to), 86_400_000, 'without a gap');
          assert.deepEqual(neighbourOf(next, -1), period);
          const months = monthsOf(period);
          assert.deepEqual([months[0]?.from, months.at(-1)?.to], [period.from, period.to]);
          for (const [index, { from: begins, to: ends, month }] of months.entries()) {
            assert.ok(begins.startsWith(month) && ends.startsWith(month));
            if (index > 0) assert.equal(shiftMonth(months[index - 1]?.month ?? '', 1), month);
          }
        }
      }),
    );
  });

  it('has no neighbour beyond what an expense can be of', () => {
    assert.equal(neighbourOf(periodOf('2000'), -1), undefined);
    assert.equal(neighbourOf(periodOf('2199-12'), 1), undefined);
  });

  it('has the month, quarter and year around it: those of today where it is still going on', () => {
    assert.deepEqual(around(periodOf('2026'), 'month', now), november);
    assert.deepEqual(around(periodOf('2025'), 'month', now), periodOf('2025-12'));
    assert.deepEqual(around(periodOf('2025-Q1'), 'year', now), periodOf('2025'));
  });

  it('is said in words', () => {
    assert.deepEqual(
      ['2026-11', '2026-Q1', '2026'].map((text) => sayPeriod(periodOf(text))),
      ['November 2026', 'Quarter 1 of 2026', '2026'],
    );
    assert.equal(sayPeriod({ kind: 'days', from: '2026-01-05', to: '2026-02-01' }), '5 January 2026 to 1 February 2026');
  });
});
