import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { columnsByName } from './column-names.ts';
import { currencyOfHeading } from './heading-currency.ts';

describe('the heading of an amount', () => {
  it('names the currency of what stands below it, by its code, its sign or its word', () => {
    for (const [heading, currency] of [
      ['Betrag (EUR)', 'EUR'],
      ['Betrag [€]', 'EUR'],
      ['Betrag in €', 'EUR'],
      ['Betrag in Euro', 'EUR'],
      ['Débit euros', 'EUR'],
      ['Montant €', 'EUR'],
      ['Amount EUR', 'EUR'],
      ['Amount in GBP', 'GBP'],
      ['Amount (£)', 'GBP'],
      ['EUR-Betrag', 'EUR'],
      ['USD amount', 'USD'],
      ['amount_usd', 'USD'],
      ['amount (chf)', 'CHF'],
      ['Amount (EUR, incl. VAT)', 'EUR'],
      ['Betrag EUR (€)', 'EUR'],
      ['Amount (US$)', 'USD'],
    ] as const) {
      assert.equal(currencyOfHeading(heading, 'JPY'), currency, heading);
      assert.deepEqual(columnsByName([heading]), ['amount'], heading);
    }
    assert.equal(currencyOfHeading('AmountEUR', 'USD'), 'EUR');
    assert.equal(currencyOfHeading('Amount ($)', 'CAD'), 'CAD', 'a sign of several is the team’s where that has it');
  });

  it('names none where it only looks so', () => {
    for (const heading of [
      'Amount',
      'Betrag',
      'Amount (VAT)',
      'Montant (TTC)',
      'Betrag (netto)',
      'Total (all)',
      'Sub-total',
      'Soll/Haben',
      'Money out',
      '',
      '()[]',
    ])
      assert.equal(currencyOfHeading(heading, 'USD'), undefined, heading);
  });

  it('is unclear where it names several, or one that is not known', () => {
    for (const heading of [
      'Amount EUR/USD',
      'Betrag (EUR) (USD)',
      'Amount (XQZ)',
      'Amount in XQZ',
      'Amount ($)',
      'Amount (₿)',
      'Amount in dollars',
    ])
      assert.equal(currencyOfHeading(heading, 'EUR'), 'unclear', heading);
    assert.deepEqual(columnsByName(['Amount EUR/USD']), ['amount']);
  });

  it('may be as long as it likes', () => {
    assert.equal(currencyOfHeading('('.repeat(100_000) + ' EUR '.repeat(100_000), 'USD'), undefined);
  });
});
