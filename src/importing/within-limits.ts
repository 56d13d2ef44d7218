import type { Database } from '../database/schema.ts';
import type { IncomingExpense } from '../expenses/incoming.ts';
import { checkLimitsOfAll } from '../expenses/limits.ts';
import { amountColumns } from '../expenses/expenses.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { FileMistake } from '../spreadsheets/records.ts';

/**
 * What keeps expenses from being submitted, or from being paid back here, by their lines: the same limits as for what is logged by hand. Of those in one file
 * none counts for another one; whoever decides is told of sums as always.
 */
export async function findBlocked(
  db: Database,
  team: VisibleTeam,
  expenses: readonly IncomingExpense[],
  at: Date,
): Promise<ReadonlyMap<number, FileMistake>> {
  const submitted = expenses.filter(({ state }) => state === 'submitted' || state === 'approved');
  if (submitted.length === 0) return new Map();
  const measured = submitted.map((expense) => ({
    id: String(expense.line),
    team_id: team.id,
    team_currency: team.currency,
    spender_id: expense.spenderId,
    spender_name: expense.spenderName,
    logged_by: expense.loggedBy,
    logged_by_name: expense.loggedByName,
    item: expense.item,
    merchant: expense.merchant,
    note: expense.note,
    category_id: expense.categoryId,
    spent_on: expense.spentOn,
    ...amountColumns(expense, team.currency),
    // What it is until it is submitted: what is said of it now is said to whoever brings it.
    state: 'draft' as const,
    version: 1,
    first_approved_by: null,
    decided_by: null,
    settled_by: null,
    settlement_id: null,
    logged_at: at.toISOString(),
    changed_at: at.toISOString(),
    import_id: null,
    import_line: expense.line,
    import_key: expense.key,
  }));
  const found = await checkLimitsOfAll(db, measured, at);
  return new Map(
    submitted.flatMap(({ line }) => {
      const blocking = found.get(String(line))?.filter(({ effect }) => effect === 'block') ?? [];
      const sentence = blocking.map((finding) => finding.sentence).join(' ');
      return blocking.length === 0 ? [] : [[line, { line, column: 0, sentence }] as const];
    }),
  );
}
