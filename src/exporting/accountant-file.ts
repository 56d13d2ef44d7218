import { createHash } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import type { Transaction } from '../database/schema.ts';
import type { Doing } from '../expenses/doing.ts';
import { holdSettlement, type Settlement } from '../expenses/settlements.ts';
import { auditedViewer } from '../people/audited.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { assertMay } from '../rights/policy.ts';
import { listVisibleTeams } from '../teams/teams.ts';
import { bookingsBy, listAccountRules } from './account-rules.ts';
import { accountantHeadings, accountantLine, type SettledExpense } from './accountant-layout.ts';
import { BYTE_ORDER_MARK } from './export-csv.ts';
import { describeMissing, listMissingAccounts } from './missing-accounts.ts';
import { inEnglish } from '../web/language.ts';
import { formatCount } from '../web/numbers.ts';

/** How many expenses one file holds. All of them are in memory while it is made, some ten megabytes; the pages pay back 50 at once. */
export const MOST_IN_FILE = 10_000;
/** How many missing accounts a refusal names. */
const MOST_NAMED = 5;

export interface AccountantFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * What the accountant gets of a settlement. It is made the first time and kept; from then on it is the same bytes, whatever has
 * changed since. Whoever saves it at the same moment waits and gets those.
 * @returns undefined where there is no such settlement.
 * @throws Problem `not-allowed` where it has not been saved yet, and this person may not be the first; `conflict` where an account
 * is missing; `too-large`.
 */
export async function saveForAccountant(db: Transaction, id: string, doing: Doing): Promise<AccountantFile | undefined> {
  const { viewer, at, reference } = doing;
  const settlement = await holdSettlement(db, id);
  if (settlement === undefined) return undefined;
  const again = settlement.saved_at !== null;
  if (!again) await keepFile(db, settlement, doing);
  const kept = db.selectFrom('accountant_file').selectAll().where('settlement_id', '=', id);
  const { content, sha256, expense_count: count } = await kept.executeTakeFirstOrThrow();
  const about = { kind: 'settlement', id, name: settlement.reference === '' ? null : settlement.reference };
  const detail = { again, count, sha256 };
  await recordAudit(db, { action: 'settlement-exported', by: auditedViewer(viewer), about, detail, reference }, () => at);
  return { name: nameOf(settlement), bytes: Buffer.from(content) };
}

async function keepFile(db: Transaction, settlement: Settlement, { viewer, at }: Doing): Promise<void> {
  assertMay(viewer, 'change-settlements');
  const { content, count } = await makeContent(db, settlement, viewer);
  await db
    .insertInto('accountant_file')
    .values({
      settlement_id: settlement.id,
      content,
      sha256: createHash('sha256').update(content).digest('hex'),
      expense_count: count,
      saved_at: at.toISOString(),
      saved_by: viewer.personId,
      saved_by_name: displayNameOf(viewer),
    })
    .execute();
}

/** Team by team, as people sort them, and in each by day. */
async function makeContent(
  db: Transaction,
  { id, reference }: Settlement,
  viewer: Viewer,
): Promise<{ readonly content: string; readonly count: number }> {
  // A settlement is of any teams: it goes to nobody who may not see all of them.
  assertMay(viewer, 'see-team');
  const rules = await listAccountRules(db);
  const missing = await listMissingAccounts(db, [id], rules);
  if (missing.length > 0) throw accountMissing(missing.map(describeMissing));
  const expenses = await listSettled(db, id);
  if (expenses.length > MOST_IN_FILE) {
    const sentence = () =>
      `This settlement has more than ${formatCount(MOST_IN_FILE)} expenses, which is more than one file for the accountant holds. Nothing was saved.`;
    throw new Problem('too-large', sentence(), { reason: 'settlement-too-large', logged: inEnglish(sentence) });
  }
  const booking = bookingsBy(rules);
  const byTeam = Map.groupBy(expenses, (expense) => expense.team_id);
  const lines = (await listVisibleTeams(db, viewer)).flatMap((team) =>
    (byTeam.get(team.id) ?? []).map((expense) =>
      accountantLine(expense, { team, booking: booking(team.id, expense.category_id), reference }),
    ),
  );
  return { content: BYTE_ORDER_MARK + accountantHeadings() + lines.join(''), count: lines.length };
}

/** By day; one more than a file holds where there are more. */
async function listSettled(db: Transaction, id: string): Promise<SettledExpense[]> {
  return db
    .selectFrom('expense')
    .select(['id', 'team_id', 'category_id', 'spent_on', 'item', 'merchant', 'spender_name'])
    .select(['amount_minor', 'currency', 'rate', 'team_amount_minor'])
    .where('settlement_id', '=', id)
    .orderBy('spent_on')
    .orderBy('id')
    .limit(MOST_IN_FILE + 1)
    .execute();
}

function accountMissing(what: readonly string[]): Problem {
  const more = what.length > MOST_NAMED ? ` and ${what.length - MOST_NAMED} more` : '';
  return new Problem(
    'conflict',
    `There is no account yet for ${what.slice(0, MOST_NAMED).join(', ')}${more}. Nothing was saved: set these accounts first, under Limits and then Accounts.`,
    { heading: 'An account is missing', reason: 'account-missing' },
  );
}

/** The same each time. */
function nameOf({ id, settled_at: at }: Settlement): string {
  return `outlay-accountant-${at.slice(0, 10)}-${id.slice(-12)}.csv`;
}
