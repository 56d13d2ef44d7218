/** By what the expenses of a team and a category are booked, each empty where a less exact rule says it. */
export interface AccountRuleTable {
  /** The ids of team and category with a slash between, each empty for every one: a pair has one rule at most. */
  scope: string;
  /** Null for every team. */
  team_id: string | null;
  /** Null for every category. */
  category_id: string | null;
  account: string;
  cost_centre: string;
  tax_code: string;
}

/** What was saved of a settlement for the accountant; written once, so that it is the same whenever it is fetched. */
export interface AccountantFileTable {
  settlement_id: string;
  /** The whole file. */
  content: string;
  /** Of its bytes, in hex. */
  sha256: string;
  expense_count: number;
  saved_at: string;
  saved_by: string;
  /** As it was then. */
  saved_by_name: string;
}
