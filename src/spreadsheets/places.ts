import type { Reading, Target } from './reading.ts';

/** Where each target stands among the cells of a record. */
export interface Places {
  /** -1 where no column is taken for it. */
  readonly at: Readonly<Record<Target, number>>;
  readonly items: readonly number[];
  readonly notes: readonly number[];
}

/** @throws RangeError where something is missing that every expense has. */
export function placesOf({ columns }: Pick<Reading, 'columns'>): Places {
  const all = (target: Target) => columns.flatMap((other, column) => (other === target ? [column] : []));
  const one = (target: Target) => columns.indexOf(target);
  const at: Record<Target, number> = {
    day: one('day'),
    item: one('item'),
    amount: one('amount'),
    currency: one('currency'),
    merchant: one('merchant'),
    category: one('category'),
    note: one('note'),
    spender: one('spender'),
    state: one('state'),
    paidAmount: one('paidAmount'),
    paidCurrency: one('paidCurrency'),
    rate: one('rate'),
    rateDay: one('rateDay'),
    rateSource: one('rateSource'),
  };
  // Who was paid says what for, where nothing else does.
  const items = at.item === -1 ? all('merchant') : all('item');
  if (at.day === -1 || at.amount === -1 || items.length === 0) {
    throw new RangeError('A file is read with a column for the day, for the amount, and for the item or the merchant');
  }
  return { at, items, notes: all('note') };
}
