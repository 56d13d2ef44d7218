import type { Expense } from '../expenses/life.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Booking } from './account-rules.ts';
import { amountCell, type Cell, dayCell, rateCell, textCell } from './export-columns.ts';
import { csvLine } from './export-csv.ts';

/** What the accountant is told of an expense. */
export type SettledExpense = Pick<
  Expense,
  | 'id'
  | 'team_id'
  | 'category_id'
  | 'spent_on'
  | 'item'
  | 'merchant'
  | 'spender_name'
  | 'amount_minor'
  | 'currency'
  | 'rate'
  | 'team_amount_minor'
>;

/** What belongs to it besides. */
export interface BookedWith {
  readonly team: Pick<VisibleTeam, 'currency'>;
  readonly booking: Booking;
  /** Of the payment. */
  readonly reference: string;
}

interface Column {
  readonly heading: string;
  cell(expense: SettledExpense, booked: BookedWith): Cell;
}

/** An accountant's program goes by headings and places, so both stay as they are. Amounts stand there both ways, also where they are one. */
const columns: readonly Column[] = [
  { heading: 'Date', cell: ({ spent_on }) => dayCell(spent_on) },
  { heading: 'Account', cell: (_, { booking }) => textCell(booking.account) },
  { heading: 'Cost centre', cell: (_, { booking }) => textCell(booking.cost_centre) },
  { heading: 'Tax code', cell: (_, { booking }) => textCell(booking.tax_code) },
  {
    heading: 'Text',
    cell: ({ item, merchant, spender_name: name }) => textCell([item, merchant, name].filter((text) => text !== '').join(' – ')),
  },
  { heading: 'Team currency', cell: (_, { team }) => textCell(team.currency) },
  { heading: 'Amount', cell: ({ team_amount_minor: minor }, { team }) => amountCell(minor, team.currency) },
  { heading: 'Paid currency', cell: ({ currency }) => textCell(currency) },
  { heading: 'Paid amount', cell: ({ amount_minor: minor, currency }) => amountCell(minor, currency) },
  { heading: 'Rate', cell: ({ rate }) => rateCell(rate) },
  { heading: 'Payment reference', cell: (_, { reference }) => textCell(reference) },
  { heading: 'Expense id', cell: ({ id }) => textCell(id) },
];

export function accountantHeadings(): string {
  return csvLine(columns.map(({ heading }) => ({ kind: 'text', text: heading })));
}

export function accountantLine(expense: SettledExpense, booked: BookedWith): string {
  return csvLine(columns.map(({ cell }) => cell(expense, booked)));
}
