import type { ImportKind } from '../database/schema-imports.ts';
import { columnsByName } from '../spreadsheets/column-names.ts';
import { currencyOfHeading } from '../spreadsheets/heading-currency.ts';
import { quoted } from '../spreadsheets/quoting.ts';
import type { Reading } from '../spreadsheets/reading.ts';
import type { VisibleTeam } from '../teams/teams.ts';

/** What becomes of what is in a file: all that whoever imports it decides. */
export interface Choices {
  readonly reading: Reading;
  /** As the file reads like this: its headings, and cells of its first rows, for whoever looks at it. */
  readonly headings: readonly string[];
  readonly examples: readonly (readonly string[])[];
  /** The category of rows that name none of ours; empty makes each of them a mistake. */
  readonly category: string;
  /** For the team's: what rows are that do not say. */
  readonly state: 'reimbursed' | 'submitted';
  /** Whether what the team has already out of a file is taken once more. */
  readonly again: boolean;
  /** For the team's: who spent what names nobody, by name or address; undefined where nobody has said. */
  readonly spender?: string | undefined;
}

/** How much of a cell is shown, in characters. */
const SHOWN = 30;

/** A row as it is shown. */
export function shortened(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.trim()).map((cell) => (cell.length > SHOWN ? `${cell.slice(0, SHOWN)}…` : cell));
}

/** What is decided about a file, and what it is a file of. */
export interface Deciding {
  readonly choices: Choices;
  readonly kind: ImportKind;
  readonly team: Pick<VisibleTeam, 'currency'>;
}

/** How a file is read, once nothing about it is left open. */
export type SettledReading = Reading & {
  readonly dateOrder: NonNullable<Reading['dateOrder']>;
  readonly decimalMark: NonNullable<Reading['decimalMark']>;
};

/** The currency that the heading of the amounts names, as `currencyOfHeading` has it. */
export function namedCurrency({ choices, team }: Pick<Deciding, 'choices' | 'team'>): string | undefined {
  return currencyOfHeading(amountHeading(choices), team.currency);
}

/** The columns whose headings say that they have amounts in another currency than those that are taken. */
export function otherAmounts({ choices, team }: Pick<Deciding, 'choices' | 'team'>): number[] {
  const taken = namedCurrency({ choices, team });
  return choices.headings.flatMap((heading, column) => {
    const named = currencyOfHeading(heading, team.currency);
    return named !== undefined && named !== taken && columnsByName([heading])[0] === 'amount' ? [column] : [];
  });
}

/** What is to be said before a file can be looked at; empty where nothing is left open. */
export function openQuestions({ choices, kind, team }: Deciding): string[] {
  const { columns, dateOrder, decimalMark, currency } = choices.reading;
  const isUnclear = currency === undefined && !columns.includes('currency') && namedCurrency({ choices, team }) === 'unclear';
  if (choices.headings.length > 0 && choices.examples.length === 0)
    return ['There are no rows below the headings of this file, so there is nothing in it to import.'];
  return [
    ...(columns.includes('day') ? [] : ['Say which column has the day.']),
    ...(columns.includes('amount') ? [] : ['Say which column has the amount.']),
    ...(columns.includes('item') || columns.includes('merchant') ? [] : ['Say which column says what it was.']),
    ...(dateOrder === undefined ? ['Its days can be read in two ways. Say which part comes first.'] : []),
    ...(decimalMark === undefined ? ['Its amounts can be read in two ways. Say which mark stands before the decimals.'] : []),
    ...(isUnclear
      ? [`The heading ${quoted(amountHeading(choices))} does not say in which one currency its amounts are. Say which.`]
      : []),
    ...(kind === 'own' || columns.includes('spender') || (choices.spender ?? '') !== ''
      ? []
      : ['No column says who spent it. Say which one does, or who it was.']),
  ];
}

/** @returns undefined while something is left open. */
export function settledReading(deciding: Deciding): SettledReading | undefined {
  const { reading } = deciding.choices;
  const { dateOrder, decimalMark } = reading;
  if (dateOrder === undefined || decimalMark === undefined || openQuestions(deciding).length > 0) return undefined;
  const named = namedCurrency(deciding);
  const currency = reading.currency ?? (named === 'unclear' ? undefined : named);
  return { ...reading, dateOrder, decimalMark, currency };
}

function amountHeading({ headings, reading }: Pick<Choices, 'headings' | 'reading'>): string {
  return headings[reading.columns.indexOf('amount')] ?? '';
}
