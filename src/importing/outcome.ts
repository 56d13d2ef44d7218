import type { ExpenseState } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { SpendingTally } from '../expenses/spending.ts';
import type { Move } from '../expenses/totals.ts';
import type { FileMistake } from '../spreadsheets/records.ts';
import type { Whose } from './standing.ts';

/** How many mistakes are named one by one; whoever has more of them looks at those first. */
export const NAMED_MISTAKES = 100;
/** The most that one file comes to, in minor units of the team's currency and of those in it: far below what a team can spend. */
const LARGEST_FILE = 1_000_000_000_000_000;
/** Of how many rows that are left out for one reason the lines are named. */
const NAMED_LINES = 20;
/** How many of those who spent something are named. */
const NAMED_SPENDERS = 12;

/** What came of reading a file. */
export interface Outcome {
  /** Rows that can be imported. */
  readonly good: number;
  /** Rows with a mistake. */
  readonly bad: number;
  /** Rows that the team has already, out of this file or another one. */
  readonly known: number;
  readonly totals: number;
  readonly notSpent: number;
  readonly mistakes: readonly FileMistake[];
  readonly knownLines: readonly number[];
  /** Where totals stand, and where nothing was spent. */
  readonly totalLines: readonly number[];
  readonly notSpentLines: readonly number[];
  /** Of the good ones: who spent them, the first names that come, and how many rows are of others. */
  readonly spenders: readonly (Whose & { readonly count: number })[];
  readonly ofOthers: number;
  /** Of the good ones: the first and the last day; empty where there are none. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Of the good ones, in the team's currency, by what they will be. */
  readonly byState: Readonly<Partial<Record<ExpenseState, Move>>>;
  /** Of the good ones, what was paid, by currency. */
  readonly byCurrency: Readonly<Record<string, Move>>;
  /** Whether the file could not be read to its end, so that nobody knows what else is in it. */
  readonly broken: boolean;
  /** Why it ended; empty unless it has. */
  readonly why: string;
}

export const nothingYet: Outcome = {
  good: 0,
  bad: 0,
  known: 0,
  totals: 0,
  notSpent: 0,
  mistakes: [],
  knownLines: [],
  totalLines: [],
  notSpentLines: [],
  spenders: [],
  ofOthers: 0,
  firstDay: '',
  lastDay: '',
  byState: {},
  byCurrency: {},
  broken: false,
  why: '',
};

/** What is counted of a row that can be imported. */
export interface Counted {
  readonly spentOn: string;
  readonly categoryId: string;
  readonly spenderId: string | null;
  readonly state: ExpenseState;
  /** In the team's currency, in its minor units. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly paidMinor: number;
  readonly whose: Whose;
}

/** Adds up what comes of a file, row by row, in memory that does not grow with it. */
export class Tally {
  #good = 0;
  #sum = 0;
  #bad = 0;
  #known = 0;
  #broken = false;
  readonly #leftOut = { total: 0, 'not-spent': 0 };
  readonly #leftOutLines = { total: [] as number[], 'not-spent': [] as number[] };
  readonly #spenders = new Map<string, Whose & { readonly count: number }>();
  #ofOthers = 0;
  readonly #mistakes: FileMistake[] = [];
  readonly #knownLines: number[] = [];
  #firstDay = '';
  #lastDay = '';
  readonly #byState = new Map<ExpenseState, Move>();
  readonly #byCurrency = new Map<string, Move>();
  /** Of the good ones, as YYYY-MM: few, however many rows there are. */
  readonly months = new Set<string>();
  readonly spending = new SpendingTally();

  get bad(): number {
    return this.#bad;
  }

  get broken(): boolean {
    return this.#broken;
  }

  get byState(): ReadonlyMap<ExpenseState, Move> {
    return this.#byState;
  }

  take({ spentOn, categoryId, spenderId, state, amountMinor, currency, paidMinor, whose }: Counted): void {
    this.#good += 1;
    this.#sum += Math.max(amountMinor, paidMinor);
    if (this.#sum > LARGEST_FILE) {
      throw new Problem(
        'invalid',
        'What is in this file comes to more than Outlay can add up. Check its amounts, and which mark stands before the decimals.',
        { reason: 'import-too-large' },
      );
    }
    if (this.#firstDay === '' || spentOn < this.#firstDay) this.#firstDay = spentOn;
    if (spentOn > this.#lastDay) this.#lastDay = spentOn;
    this.months.add(spentOn.slice(0, 7));
    this.spending.take({
      spent_on: spentOn,
      category_id: categoryId,
      spender_id: spenderId,
      state,
      team_amount_minor: amountMinor,
    });
    add(this.#byState, state, amountMinor);
    add(this.#byCurrency, currency, paidMinor);
    this.#countSpender(whose);
  }

  refuse(mistakes: readonly FileMistake[]): void {
    this.#bad += 1;
    this.#mistakes.push(...mistakes.slice(0, NAMED_MISTAKES - this.#mistakes.length));
  }

  break(mistakes: readonly FileMistake[]): void {
    this.#broken = true;
    this.refuse(mistakes);
  }

  known(line: number): void {
    this.#known += 1;
    if (this.#knownLines.length < NAMED_LINES) this.#knownLines.push(line);
  }

  leftOut(why: 'total' | 'not-spent', line: number): void {
    this.#leftOut[why] += 1;
    if (this.#leftOutLines[why].length < NAMED_LINES) this.#leftOutLines[why].push(line);
  }

  #countSpender(whose: Whose): void {
    const key = `${whose.is} ${whose.name}`;
    const count = (this.#spenders.get(key)?.count ?? 0) + 1;
    if (count > 1 || this.#spenders.size < NAMED_SPENDERS) this.#spenders.set(key, { ...whose, count });
    else this.#ofOthers += 1;
  }

  outcome(): Outcome {
    return {
      good: this.#good,
      bad: this.#bad,
      known: this.#known,
      totals: this.#leftOut.total,
      notSpent: this.#leftOut['not-spent'],
      mistakes: this.#mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column),
      knownLines: this.#knownLines,
      totalLines: this.#leftOutLines.total,
      notSpentLines: this.#leftOutLines['not-spent'],
      spenders: [...this.#spenders.values()],
      ofOthers: this.#ofOthers,
      firstDay: this.#firstDay,
      lastDay: this.#lastDay,
      byState: Object.fromEntries(this.#byState),
      byCurrency: Object.fromEntries(this.#byCurrency),
      broken: this.#broken,
      why: '',
    };
  }
}

function add<Key>(moves: Map<Key, Move>, key: Key, amount: number): void {
  const before = moves.get(key);
  const sum = (before?.amount ?? 0) + amount;
  moves.set(key, { count: (before?.count ?? 0) + 1, amount: sum });
}
