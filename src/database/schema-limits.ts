export type LimitKind = 'expense' | 'day' | 'month' | 'receipt' | 'age' | 'duplicate';

/** What spending is held against when it is submitted; "rule" is the word for what gives rights. */
export interface LimitRuleTable {
  id: string;
  kind: LimitKind;
  /** Whether it only says so, or refuses the submission. */
  effect: 'warn' | 'block';
  /** Null for every team. */
  team_id: string | null;
  /** Null for every category. */
  category_id: string | null;
  /** In minor units; of every kind but age and duplicate. It counts for teams with this currency only. */
  amount_minor: number | null;
  currency: string | null;
  /** Of the age alone. */
  days: number | null;
}

/** A month of which no expense changes any more, as YYYY-MM; open again once its row is gone. */
export interface ClosedMonthTable {
  month: string;
  closed_by: string;
  /** As it was then. */
  closed_by_name: string;
  closed_at: string;
}

/** Written by whoever changes something in a month or closes it, so that they wait for each other; says nothing by itself. */
export interface MonthLockTable {
  month: string;
}
