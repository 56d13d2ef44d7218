import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ReadRates, readRateFile } from './rate-file.ts';

const latest = '2026-11-24';

function read(text: string | Uint8Array): ReadRates {
  return readRateFile(typeof text === 'string' ? Buffer.from(text) : text, latest, 'European Central Bank');
}

function mistakesIn(text: string | Uint8Array): readonly string[] {
  const result = read(text);
  return 'mistakes' in result ? result.mistakes : assert.fail('it was taken');
}

function ratesIn(text: string): string[] {
  const result = read(text);
  if ('mistakes' in result) assert.fail(result.mistakes.join(' '));
  assert.ok(result.rates.every(({ base, source }) => base === 'EUR' && source === 'European Central Bank'));
  return result.rates.map(({ day, currency, rate }) => `${day} ${currency} ${rate}`);
}

describe('a file of rates', () => {
  it('is taken as the European Central Bank publishes it each day', () => {
    const daily = 'Date, USD, JPY, BGN, CZK, \r\n24 November 2026, 1.0850, 162.35, 1.9558, 25.1340, \r\n';
    assert.deepEqual(ratesIn(daily), [
      '2026-11-24 USD 1.0850',
      '2026-11-24 JPY 162.35',
      '2026-11-24 BGN 1.9558',
      '2026-11-24 CZK 25.1340',
    ]);
  });

  it('is taken with all of its days, but for those without a rate, and currencies that are no more', () => {
    const history =
      'Date,USD,JPY,CYP,\n2026-11-24,1.0850,162.35,N/A,\n2026-11-23,1.0841,N/A,,\n1999-01-04,1.1789,133.73,0.58231,\n';
    assert.deepEqual(ratesIn(history), [
      '2026-11-24 USD 1.0850',
      '2026-11-24 JPY 162.35',
      '2026-11-23 USD 1.0841',
      '1999-01-04 USD 1.1789',
      '1999-01-04 JPY 133.73',
    ]);
    assert.equal(
      ratesIn(`\uFEFFDate,USD\n\n5 January 2026,1.1\n\n`).length,
      1,
      'a byte order mark, and lines with nothing in them',
    );
  });

  it('is refused whole, and said why, by line and column', () => {
    const line = '2026-11-24,1.0850,162.35';
    for (const [text, sentence] of [
      ['', /^Line 1 is to begin with “Date”/],
      ['<html>', /^Line 1 is to begin with “Date”/],
      ['Date\n2026-11-24', /^Line 1 is to begin with “Date”/],
      [`Date,USD,XXQ\n${line}`, /^Line 1, column 3: “XXQ” is no currency/],
      [`Date,USD,EUR\n${line}`, /^Line 1, column 3: “EUR” is no currency with a rate of its own/],
      [`Date,USD,USD\n${line}`, /^Line 1, column 3: “USD” is there twice/],
      ['Date,USD,JPY\n2026-11-24,1.0850', /^Line 2 has 2 columns, and the first one has 3/],
      ['Date,USD\n2026-11-24,0', /^Line 2, column 2: “0” is no rate/],
      ['Date,USD\n2026-11-24,-1', /“-1” is no rate/],
      ['Date,USD\n2026-11-24,1e5', /“1e5” is no rate/],
      ['Date,USD\n2026-11-24,1.0\u0000', /is no rate/],
      ['Date,USD\n20226-11-24,1.0850', /^Line 2, column 1: “20226-11-24” is no day/],
      ['Date,USD\n2026-02-30,1.0850', /is no day/],
      ['Date,USD\n31 Nonember 2026,1.0850', /is no day/],
      ['Date,USD\n2026-11-25,1.0850', /“2026-11-25” has not come yet/],
      ['Date,USD\n2026-13-03,1.0850', /Line 2, column 1: “2026-13-03” is no day, such as 2026-01-31/],
      ['Date,USD\n1998-12-31,1.0850', /is before the first day of the euro/],
      ['Date,USD\n2026-11-24,1\n\n24 November 2026,2', /^Line 4 is of the same day as line 2/],
      ['Date,USD\n2026-11-24,N/A', /There is no rate in this file/],
      [`Date,USD\n2026-11-24,${'9'.repeat(10_000_000)}`, /“9{40}…” is no rate/],
    ] as const) {
      assert.match(mistakesIn(text)[0] ?? '', sentence);
    }
    assert.match(mistakesIn(Buffer.from('PK\x03\x04rest'))[0] ?? '', /zip archive/);
    assert.match(mistakesIn(Buffer.from([0xff, 0xfe, 0x44, 0]))[0] ?? '', /no text in UTF-8/);
  });

  it('tells ten mistakes at most', () => {
    const wrong = Array.from({ length: 100 }, (_, index) => `2026-01-${index},1`).join('\n');
    assert.equal(mistakesIn(`Date,USD\n${wrong}`).length, 10);
  });
});
