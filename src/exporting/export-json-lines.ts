import { jsonLine } from '../web/json-lines.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Batches, ExportedExpense } from './export-rows.ts';
import { plainAmount } from '../expenses/money.ts';

/** A team's expenses as JSON Lines, for programs: one object to a line, in the words of the database, and each text as it is. */
export async function* toJsonLines(team: VisibleTeam, batches: Batches): AsyncGenerator<Buffer> {
  for await (const expenses of batches) yield Buffer.from(expenses.map((expense) => jsonLine(toJson(expense, team))).join(''));
}

/** What is not known, or is not so, is null; no member is ever missing. */
function toJson(expense: ExportedExpense, team: VisibleTeam): object {
  return {
    id: expense.id,
    team: { id: team.id, label: team.label },
    day: expense.spent_on,
    spender: { id: expense.spender_id, name: expense.spender_name },
    item: expense.item,
    merchant: expense.merchant,
    category: { id: expense.category_id, label: expense.category_label },
    state: expense.state,
    amount: money(expense.team_amount_minor, team.currency),
    paid:
      expense.rate === null
        ? null
        : {
            ...money(expense.amount_minor, expense.currency),
            rate: expense.rate,
            rateOn: expense.rate_on,
            rateFrom: expense.rate_source,
          },
    note: expense.note,
    receipts: expense.receipt_count,
    loggedBy: { id: expense.logged_by, name: expense.logged_by_name },
    loggedAt: expense.logged_at,
    paymentReference: expense.settlement_reference,
  };
}

/** In minor units, and in digits with a point: no reader has to know how many decimals a currency has, or to round. */
function money(minor: number, currency: string): object {
  return { minor, value: plainAmount(minor, currency), currency };
}
