/**
 * What counts as spent, in the team's currency, kept in the same transaction as the expenses: so that no chart has to add them up,
 * and a team with ten million of them is looked at as fast as one with ten.
 */
export interface SpendingTable {
  team_id: string;
  kind: SpendingKind;
  /** The day, as YYYY-MM-DD; the month, as YYYY-MM, where it is of the whole team. */
  period: string;
  /** The category or the person; empty for the whole team, and for people who are not known here. */
  about_id: string;
  expense_count: number;
  amount_minor: number;
}

export type SpendingKind = 'team' | 'category' | 'person';

/** What a team is to spend at most in a month. */
export interface BudgetTable {
  team_id: string;
  /** As YYYY-MM. */
  month: string;
  /** Empty for all that the team spends. */
  category_id: string;
  /** In the team's currency; more than 0. */
  amount_minor: number;
}
