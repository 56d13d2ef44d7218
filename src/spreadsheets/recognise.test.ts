import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { columnsByName } from './column-names.ts';
import type { Encoding, Reading } from './reading.ts';
import { type Recognised, recognise, recogniseAs } from './recognise.ts';

function of(file: string | Uint8Array, chosen: Partial<Reading> = {}, isWhole = true): Recognised {
  const result = recogniseAs(Buffer.from(file as Uint8Array), isWhole, chosen);
  return 'mistake' in result ? assert.fail(result.mistake) : result;
}

function refusal(file: string | Uint8Array, chosen: Partial<Reading> = {}): string {
  const result = recogniseAs(Buffer.from(file as Uint8Array), true, chosen);
  return 'mistake' in result ? result.mistake : assert.fail('it was taken');
}

const plain = 'Date,Item,Amount\n2026-01-31,Café,12.50\n';

describe('the encoding of a file', () => {
  it('is recognised by its mark, by its pattern, or by what it cannot be', () => {
    const wide = (text: string) => Buffer.from(text, 'utf16le');
    const files: readonly (readonly [Encoding, Buffer])[] = [
      ['utf-8', Buffer.from(plain)],
      ['utf-8', Buffer.from(`\uFEFF${plain}`)],
      ['utf-16le', wide(`\uFEFF${plain}`)],
      ['utf-16be', wide(`\uFEFF${plain}`).swap16()],
      ['utf-16le', wide(plain)],
      ['utf-16be', wide(plain).swap16()],
      ['windows-1252', Buffer.from(plain, 'latin1')],
    ];
    for (const [encoding, file] of files) {
      const { reading, headings, examples } = of(file);
      assert.equal(reading.encoding, encoding);
      assert.deepEqual(headings, ['Date', 'Item', 'Amount']);
      assert.deepEqual(examples, [['2026-01-31', 'Café', '12.50']]);
    }
    assert.equal(of('Date,Item,Amount\n2026-01-31,Lunch,12.50').reading.encoding, 'utf-8', 'with no letter that tells');
  });

  it('of a beginning that ends within a character is that of the rest', () => {
    const file = Buffer.from(`Date,Item,Amount\n2026-01-31,Lunch,5.00\n2026-01-31,Caf`.concat('é'));
    const { reading, examples } = of(file.subarray(0, -1), {}, false);
    assert.equal(reading.encoding, 'utf-8');
    assert.deepEqual(examples, [['2026-01-31', 'Lunch', '5.00']], 'without the record that is cut');
  });

  it('is what somebody says', () => {
    assert.deepEqual(of(plain, { encoding: 'windows-1252' }).examples, [['2026-01-31', 'CafÃ©', '12.50']]);
    assert.match(
      refusal(Buffer.from('é', 'latin1'), { encoding: 'utf-8' }),
      /^This file is not in UTF-8. Choose another encoding/,
    );
  });
});

describe('a file that is no CSV', () => {
  it('is refused with what to do', () => {
    for (const [file, sentence] of [
      [Buffer.from('PK\x03\x04rest'), /^This is an Excel workbook or a zip archive.* save it as CSV/],
      [Buffer.from('D0CF11E0A1B11AE1', 'hex'), /workbook of an old Excel. Open it, and save it as CSV/],
      [Buffer.from('%PDF-1.7\n'), /PDF document.* as CSV/],
      [Buffer.from('1F8B0800', 'hex'), /compressed file.* Unpack it/],
      [Buffer.from('Date,Amount\n2026-01-31,\0\n'), /NUL/],
      [Buffer.alloc(0), /^There is nothing in this file/],
      [Buffer.from('\uFEFF \r\n\r\n'), /^There is nothing in this file/],
      [Buffer.from('Only\none\ncolumn\n'), /^Only one column was found/],
    ] as const) {
      assert.match(refusal(file), sentence);
      const direct = recognise(file, true);
      assert.ok('mistake' in direct);
    }
    assert.match(refusal(Buffer.from('PK\x03\x04rest'), { encoding: 'utf-8' }), /Excel workbook/, 'whatever somebody says');
  });
});

describe('how a file is divided', () => {
  it('is recognised by the names of its columns, and by what is in them', () => {
    for (const delimiter of [',', ';', '\t', '|'] as const) {
      const rows = [
        ['Date', 'Item', 'Amount'],
        ['31.01.2026', '"a, b; c | d"', '"1.234,50"'],
        ['30.01.2026', 'e', '"5,00"'],
      ];
      const { reading, examples } = of(rows.map((cells) => cells.join(delimiter)).join('\n'));
      assert.deepEqual([reading.delimiter, reading.headingLine], [delimiter, 1]);
      assert.deepEqual(examples[0], ['31.01.2026', 'a, b; c | d', '1.234,50']);
    }
    const unknown = of('Foo;Bar;Baz\n01.02.2026;Lunch, large;12,50\n02.02.2026;Taxi;7,00\n');
    assert.deepEqual([unknown.reading.delimiter, unknown.reading.headingLine], [';', 1]);
    assert.deepEqual(unknown.reading.columns, [undefined, undefined, undefined]);
    assert.deepEqual([unknown.reading.dateOrder, unknown.reading.decimalMark], ['dmy', ',']);
  });

  it('is recognised without headings', () => {
    const { reading, headings, examples } = of('01.02.2026;12,50\n02.02.2026;7,00\n');
    assert.deepEqual([reading.delimiter, reading.headingLine, reading.columns.length], [';', 0, 2]);
    assert.deepEqual(headings, []);
    assert.equal(examples.length, 2);
  });

  it('is recognised below what a bank writes above', () => {
    const above = 'Account;"DE00\nCurrency;EUR\n\nFrom;01.01.2026;To;31.01.2026\n';
    const { reading, examples } = of(`${above}Datum;Betrag;Verwendungszweck\n31.01.2026;5,00;a\n30.01.2026;6,00;b\n`);
    assert.equal(reading.headingLine, 5);
    assert.deepEqual(reading.columns, ['day', 'amount', 'item']);
    assert.equal(examples.length, 2);
  });

  it('is what the first line tells Excel', () => {
    const { reading } = of('sep=;\r\nDate,time;Item;Amount\r\n31.01.2026;a,b;5,00\r\n');
    assert.deepEqual([reading.delimiter, reading.headingLine], [';', 2]);
    assert.equal(of('sep=,\n01.02.2026,1\n').reading.headingLine, 0);
  });

  it('is what somebody says, and the rest is found out by it', () => {
    const file = 'Bank\nDate,Item,Amount\n2026-01-31,Lunch,5.00\n';
    assert.deepEqual(of(file, { headingLine: 3 }).headings, ['2026-01-31', 'Lunch', '5.00']);
    assert.deepEqual(of(file, { headingLine: 0 }).reading.columns.length, 3);
    const otherwise = of(file, { delimiter: ';' });
    assert.deepEqual([otherwise.reading.delimiter, otherwise.reading.columns.length], [';', 1]);
    const columns = ['day', 'merchant', 'amount'] as const;
    assert.deepEqual(of(file, { columns }).reading.columns, columns);
    assert.deepEqual(of(file, { columns: ['day'] }).reading.columns, ['day', 'item', 'amount'], 'of another number');
    assert.deepEqual(of(file, { sign: 'negative', dateOrder: 'mdy', decimalMark: ',' }).reading, {
      encoding: 'utf-8',
      delimiter: ',',
      headingLine: 2,
      dateOrder: 'mdy',
      decimalMark: ',',
      sign: 'negative',
      columns: ['day', 'item', 'amount'],
    });
    assert.equal(of('A,B,C\n01/02/2026,13/01/2026,5.00\n', { columns: ['day', 'note', 'amount'] }).reading.dateOrder, undefined);
    assert.equal(of('A,B,C\n01/02/2026,13/01/2026,5.00\n', { columns: ['note', 'day', 'amount'] }).reading.dateOrder, 'dmy');
  });
});

describe('what a file does not say', () => {
  it('is not guessed', () => {
    const { reading } = of('Date,Item,Amount\n01/02/2026,a,"1,234"\n03/04/2026,b,"5,678"\n');
    assert.deepEqual([reading.dateOrder, reading.decimalMark], [undefined, undefined]);
  });

  it('is said by any of its rows', () => {
    const rows = '01/02/2026,a,"1,234"\n'.repeat(3000);
    const { reading } = of(`Date,Item,Amount\n${rows}31/01/2026,b,12.50\n`);
    assert.deepEqual([reading.dateOrder, reading.decimalMark], ['dmy', '.']);
  });

  it('does not matter for amounts that are whole, where all of the file is there', () => {
    const file = 'Date,Item,Amount\n2026-01-31,a,12\n2026-01-30,b,7\n';
    assert.equal(of(file).reading.decimalMark, '.');
    assert.equal(of(file, {}, false).reading.decimalMark, undefined);
  });
});

describe('a file that is made to take long', () => {
  const LONG = 65_536;
  const [head, row] = ['day,amount,item', '2026-01-31,5.00,a'];

  it('is recognised all the same, whatever its beginning is full of', () => {
    for (const unit of [
      '(',
      '[',
      '1',
      ' ',
      '\t',
      '"',
      ',',
      ';',
      "'",
      '.',
      '0',
      '\u00AD',
      '-',
      'a ',
      '(]',
      '\n',
      '\r',
      'x\n',
      '"\n',
      '2026-01-01 ',
    ]) {
      const long = unit.repeat(LONG / unit.length);
      for (const file of [
        `${head},${long}\n${row}\n`,
        `${head}\n${row},${long}\n`,
        `${long}a\n${row}\n`,
        `${head}\n${long}\n${row}\n`,
      ])
        assert.ok(recognise(Buffer.from(file), true), unit);
    }
  });
});

describe('the sign of a file', () => {
  it('is that of most amounts', () => {
    const file = (...amounts: string[]) => `Date,Item,Amount\n${amounts.map((amount) => `2026-01-31,a,"${amount}"\n`).join('')}`;
    assert.equal(of(file('-5.00', '(6.00)', '7.00')).reading.sign, 'negative');
    assert.equal(of(file('5.00-', '-6.00')).reading.sign, 'negative');
    assert.equal(of(file('5.00', '-6.00')).reading.sign, 'positive');
  });
});

describe('columns', () => {
  it('are known by their names in six languages, whatever their accents, case and marks', () => {
    for (const [headings, targets] of [
      ['Date,Description,Amount,Currency', 'day,item,amount,currency'],
      ['DATUM;BESCHREIBUNG;BETRAG;WÄHRUNG', 'day,item,amount,currency'],
      ['Buchungstag;Wertstellung (Valuta);Buchungstext;Umsatz in EUR', 'day,,item,amount'],
      ['Auftraggeber/Begünstigter;Beguenstigter/Zahlungspflichtiger', 'merchant,'],
      ['Beguenstigter/Zahlungspflichtiger;Waehrung;Soll;Haben', 'merchant,currency,amount,'],
      ['Buchungsdatum;Zahlungsempfänger*in;Betrag (€);Kostenart;Mitarbeiter', 'day,merchant,amount,category,spender'],
      ['Date opération;Libellé;Débit euros;Crédit euros;Devise', 'day,item,amount,,currency'],
      ['Fecha operación;Concepto;Importe;Categoría;Empleado', 'day,item,amount,category,spender'],
      ['Datum;Omschrijving;Bedrag;Munt;Medewerker', 'day,item,amount,currency,spender'],
      ['Data contabile;Descrizione;Importo;Fornitore;Stato', 'day,item,amount,merchant,state'],
      ['Money Out,Money In', 'amount,'],
      ['Debit,Credit', 'amount,'],
      ['Payee,Supplier,Employee Name,Memo,Notes', 'merchant,,spender,note,note'],
      ['Verwendungszweck;Buchungstext', 'item,item'],
      ['Id;Balance;Konto;日付', ',,,'],
    ] as const)
      assert.equal(columnsByName(headings.split(/[;,]/)).join(), targets, headings);
  });

  it('with the states of another program are not taken for ours', () => {
    const columns = (state: string) => of(`Date,Item,Amount,Status\n2026-01-31,a,5.00,${state}\n`).reading.columns[3];
    assert.equal(columns('Completed'), undefined);
    assert.equal(columns('Waiting for approval'), 'state');
    assert.equal(columns('reimbursed'), 'state');
    assert.equal(columns(''), 'state');
  });
});
