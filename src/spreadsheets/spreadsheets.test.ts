import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { context, readFile } from '../../test/read-file.ts';
import { plainAmount } from '../expenses/money.ts';
import type { Reading } from './reading.ts';

interface Expected {
  readonly reading: Partial<Reading>;
  /** Line, day, amount and item of each expense. */
  readonly rows: readonly string[];
  readonly leftOut?: readonly string[];
}

/** A file of `test/spreadsheets/`, in pieces of several sizes; nothing is to be corrected in it. */
async function expectOf(name: string, { reading, rows, leftOut = [] }: Expected, teamCurrency = 'EUR') {
  const bytes = readFileSync(`test/spreadsheets/${name}`);
  for (const size of [1, 13, 10_000]) {
    const file = await readFile(bytes, {}, { ...context, teamCurrency }, size);
    for (const [key, value] of Object.entries(reading)) assert.deepEqual(file.reading[key as keyof Reading], value, key);
    assert.deepEqual(file.mistakes, []);
    assert.deepEqual(
      file.rows.map(({ line, spentOn, amountMinor, currency, item }) =>
        [line, spentOn, plainAmount(amountMinor, currency), currency, item].join(' '),
      ),
      rows,
    );
    assert.deepEqual(file.leftOut, leftOut);
    if (size === 10_000) return file.rows;
  }
  return [];
}

describe('a file of real life', () => {
  it('of a German bank has its account above, semicolons, commas, Windows-1252, and what was spent below zero', async () => {
    const [first] = await expectOf('german-bank.csv', {
      reading: { encoding: 'windows-1252', delimiter: ';', headingLine: 6, dateOrder: 'dmy', decimalMark: ',', sign: 'negative' },
      rows: [
        '7 2026-01-30 1234.56 EUR Lastschrift, Rechnung 4711 für Büromaterial',
        '9 2026-01-28 47.80 EUR Kartenzahlung, Mittagessen, 3 Personen',
        '10 2026-01-05 850.00 EUR Dauerauftrag, Miete Januar – Lager',
      ],
      leftOut: ['8 not-spent'],
    });
    assert.equal(first?.merchant, 'Müller & Söhne GmbH');
  });

  it('of a British bank has days first, and a column each for what went out and what came in', async () => {
    await expectOf(
      'british-bank.csv',
      {
        reading: { delimiter: ',', dateOrder: 'dmy', decimalMark: '.', sign: 'positive' },
        rows: [
          '2 2026-01-30 86.40 GBP TRAINLINE',
          "4 2026-01-07 12.95 GBP PRET, KING'S CROSS",
          '5 2026-01-02 1250.00 GBP CITY OFFICE RENT',
        ],
        leftOut: ['3 not-spent'],
      },
      'GBP',
    );
  });

  it('of an American card has months first, quotes within quotes, and payments above zero', async () => {
    const rows = await expectOf(
      'american-card.csv',
      {
        reading: { delimiter: ',', dateOrder: 'mdy', decimalMark: '.', sign: 'negative' },
        rows: [
          `2 2026-01-31 58.20 USD JOE'S "FAMOUS" DINER, NEW YORK`,
          '3 2026-01-15 1482.90 USD UNITED 0162345',
          '5 2026-01-03 19.99 USD OFFICE DEPOT #123',
        ],
        leftOut: ['4 not-spent'],
      },
      'USD',
    );
    assert.deepEqual([rows[1]?.category, rows[1]?.note], ['Travel', 'Conference']);
  });

  it('of a Dutch bank has days without marks, and a word for what came in', async () => {
    await expectOf('dutch-bank.csv', {
      reading: { delimiter: ';', dateOrder: 'ymd', decimalMark: ',', sign: 'positive' },
      rows: ['2 2026-01-31 23.40 EUR NS Reizigers', '4 2026-01-02 1008.75 EUR Bakkerij de Wit'],
      leftOut: ['3 not-spent'],
    });
  });

  it('of a German Excel has a byte order mark, semicolons, and euros behind its amounts', async () => {
    const rows = await expectOf('excel-german.csv', {
      reading: { encoding: 'utf-8', delimiter: ';', dateOrder: 'dmy', decimalMark: ',' },
      rows: [
        '2 2026-01-31 129.90 EUR Bahnfahrt nach Köln',
        '3 2026-01-30 1190.00 EUR Schulung „TypeScript“',
        '4 2026-01-02 23.50 EUR Druckerpapier',
      ],
    });
    assert.deepEqual(
      rows.map(({ spender, category }) => `${spender}: ${category}`),
      ['Anna Müller: Reisekosten', 'Jörg Weiß: Fortbildung', 'Anna Müller: Material'],
    );
  });

  it('of a French Excel has spaces that do not break between its thousands', async () => {
    await expectOf('excel-french.csv', {
      reading: { delimiter: ';', dateOrder: 'dmy', decimalMark: ',' },
      rows: [
        '2 2026-01-31 1234.50 EUR Déjeuner d’équipe',
        '3 2026-01-15 1086.00 EUR Billets de train',
        '4 2026-01-02 45.90 EUR Fournitures',
      ],
    });
  });

  it('of a Spanish program says in its first line what the delimiter is', async () => {
    await expectOf('separator-line.csv', {
      reading: { encoding: 'utf-8', delimiter: ';', headingLine: 2, dateOrder: 'dmy', decimalMark: ',' },
      rows: ['3 2026-01-31 1234.50 EUR Comida con el cliente', '4 2026-01-02 9.80 EUR Taxi'],
    });
  });

  it('of Excel as “Unicode text” has UTF-16 and tabs', async () => {
    const rows = await expectOf('excel-unicode-text.txt', {
      reading: { encoding: 'utf-16le', delimiter: '\t', dateOrder: 'mdy', decimalMark: '.' },
      rows: ['2 2026-01-31 1204.00 EUR Hotel', '4 2026-01-05 12.30 EUR 3.5" disks'],
    });
    assert.deepEqual([rows[0]?.spender, rows[0]?.note], ['Zoë Łukasz', 'two nights,\nwith breakfast']);
  });

  it('of an ERP has bars, numbers of employees and accounts, four decimals, no quotes, and states of its own', async () => {
    const rows = await expectOf('erp-pipes.txt', {
      reading: { delimiter: '|', dateOrder: 'ymd', decimalMark: '.' },
      rows: ['2 2026-01-30 86.40 EUR Team lunch', '3 2026-01-29 349.00 EUR 15" monitor', '4 2026-01-02 17.50 EUR Taxi'],
    });
    assert.deepEqual([rows[0]?.spender, rows[0]?.category, rows[0]?.state], ['00012345', '476900', undefined]);
  });

  it('of somebody’s own has a title, empty lines and sums, and a filling station that is none', async () => {
    await expectOf('totals-at-end.csv', {
      reading: { headingLine: 3 },
      rows: ['5 2026-01-05 24.50 EUR Lunch', '6 2026-01-09 61.00 EUR Books', '10 2026-01-20 14.00 EUR Taxi'],
      leftOut: ['9 total', '12 total'],
    });
  });

  it('has notes of several lines in quotes', async () => {
    const rows = await expectOf('notes-in-lines.csv', {
      reading: {},
      rows: ['2 2026-01-05 24.50 EUR Lunch', '6 2026-01-09 61.00 EUR Books'],
    });
    assert.equal(rows[0]?.note, 'With: Ann, Bob\nand "the boss"\n\npaid by card');
  });

  it('has amounts in the currencies of its rows, with their decimals and signs', async () => {
    await expectOf('other-currencies.csv', {
      reading: { decimalMark: '.' },
      rows: [
        '2 2026-01-05 24500 JPY Hotel',
        '3 2026-01-06 8200 JPY Dinner',
        '4 2026-01-09 61.20 CHF Train',
        '5 2026-01-10 12.345 KWD Dates',
        '6 2026-01-11 14.00 GBP Taxi',
        '7 2026-01-12 9.80 EUR Lunch',
      ],
    });
  });
});
