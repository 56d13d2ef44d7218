import type { Database } from '../database/schema.ts';
import type { LimitKind } from '../database/schema-limits.ts';
import {
  type Judge,
  type Measured,
  prepareAge,
  prepareAmount,
  prepareDay,
  prepareDuplicate,
  prepareMonth,
  prepareReceipt,
} from './limit-judges.ts';

interface Kind {
  /** As a choice. */
  readonly label: string;
  readonly measure: 'amount' | 'days' | 'nothing';
  /** @param measure in words. */
  readonly says: (measure: string) => string;
  /** Beside an expense in a list. */
  readonly mark: string;
  /** Asks the database once for all of the expenses. */
  readonly prepare: (db: Database, expenses: readonly Measured[], at: Date) => Promise<Judge>;
}

/** Every kind of limit that there is to choose from, and what each says and does: the one table. */
export const kinds: Readonly<Record<LimitKind, Kind>> = {
  expense: {
    label: 'An amount for one expense',
    measure: 'amount',
    says: (amount) => `At most ${amount} for one expense`,
    mark: 'Above a limit',
    prepare: prepareAmount,
  },
  day: {
    label: 'An amount per person and day',
    measure: 'amount',
    says: (amount) => `At most ${amount} per person and day`,
    mark: 'Above a limit',
    prepare: prepareDay,
  },
  month: {
    label: 'An amount per person and month',
    measure: 'amount',
    says: (amount) => `At most ${amount} per person and month`,
    mark: 'Above a limit',
    prepare: prepareMonth,
  },
  receipt: {
    label: 'A receipt above an amount',
    measure: 'amount',
    says: (amount) => `A receipt for more than ${amount}`,
    mark: 'No receipt',
    prepare: prepareReceipt,
  },
  age: {
    label: 'How old it may be',
    measure: 'days',
    says: (days) => `At most ${days} old when it is submitted`,
    mark: 'Old',
    prepare: prepareAge,
  },
  duplicate: {
    label: 'Nothing logged twice',
    measure: 'nothing',
    says: () => 'Nothing logged twice: same person, day, amount and merchant',
    mark: 'Perhaps logged twice',
    prepare: prepareDuplicate,
  },
};
