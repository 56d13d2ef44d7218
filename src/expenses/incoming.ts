import { randomUUIDv7 } from 'node:crypto';
import { CompiledQuery, type Insertable } from 'kysely';
import type { Database, ExpenseState, ExpenseTable, Transaction } from '../database/schema.ts';
import type { ImportTable } from '../database/schema-imports.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { amountColumns, type ExpenseContent, type VisibleExpense } from './expenses.ts';
import type { SpendingTally } from './spending.ts';
import { addToTotals, type Move } from './totals.ts';

/** An expense out of a file, checked already. */
export interface IncomingExpense extends ExpenseContent {
  readonly line: number;
  /** What it was in the file, by which the same is recognised. */
  readonly key: string;
  readonly spenderId: string | null;
  readonly spenderName: string;
  readonly loggedBy: string | null;
  readonly loggedByName: string;
  readonly state: ExpenseState;
  readonly decidedBy: string | null;
  readonly settledBy: string | null;
}

/** How many rows one statement writes: so many values of each are what both engines take. */
export const INCOMING_BATCH = 500;

/**
 * Writes expenses that do not count yet.
 * @returns a function to be called with at most `INCOMING_BATCH` at a time; it keeps the statement, which costs more to make than
 * to run.
 */
export function incomingWriter(
  team: VisibleTeam,
  importId: string,
  at: Date,
): (db: Transaction, expenses: readonly IncomingExpense[]) => Promise<void> {
  const instant = at.toISOString();
  const toRow = (expense: IncomingExpense): Insertable<ExpenseTable> => ({
    id: randomUUIDv7(),
    team_id: team.id,
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
    state: expense.state,
    decided_by: expense.decidedBy,
    settled_by: expense.settledBy,
    logged_at: instant,
    changed_at: instant,
    import_id: importId,
    import_line: expense.line,
    import_key: expense.key,
  });
  let whole: string | undefined;
  return async (db, expenses) => {
    const rows = expenses.map(toRow);
    if (rows.length === 0) return;
    const insert = () => db.insertInto('expense_row').values(rows);
    if (rows.length < INCOMING_BATCH) {
      await insert().execute();
    } else {
      whole ??= insert().compile().sql;
      await db.executeQuery(CompiledQuery.raw(whole, rows.flatMap(Object.values)));
    }
  };
}

/**
 * Which of these are in the team already, by what they were in a file, whatever has become of them since. Drafts of others are not:
 * nobody is to know of them, or to do without a row because of them.
 */
export async function findKnownKeys(
  db: Database,
  team: VisibleTeam,
  { personId }: { readonly personId: string },
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (let start = 0; start < keys.length; start += INCOMING_BATCH) {
    const some = keys.slice(start, start + INCOMING_BATCH);
    // Always as many, so that it is always the same statement.
    const asked = [...some, ...Array<string>(INCOMING_BATCH - some.length).fill(some[0] ?? '')];
    const rows = await db
      .selectFrom('expense')
      .select('import_key')
      .where('team_id', '=', team.id)
      .where('import_key', 'in', asked)
      .where(({ or, eb }) => or([eb('state', '<>', 'draft'), eb('spender_id', '=', personId), eb('logged_by', '=', personId)]))
      .execute();
    for (const { import_key: key } of rows) if (key !== null) known.add(key);
  }
  return known;
}

/** Whether anything in the team came from a file at all; otherwise no row of another one can be known. */
export async function hasKnownKeys(db: Database, team: VisibleTeam): Promise<boolean> {
  const row = await db
    .selectFrom('expense')
    .select('id')
    .where('team_id', '=', team.id)
    .where('import_key', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Marks what this import writes as not counting yet. Before its first row. */
export async function holdBack(db: Transaction, importId: string): Promise<void> {
  await db.insertInto('import_pending').values({ import_id: importId }).execute();
}

/** From now on everybody sees them, and they count. */
export async function letCount(
  db: Transaction,
  team: VisibleTeam,
  importId: string,
  moves: ReadonlyMap<ExpenseState, Move>,
  spending: SpendingTally,
): Promise<void> {
  // First, because it moves the version of what is shown of the team, which every other change moves before the totals.
  await db.deleteFrom('import_pending').where('import_id', '=', importId).execute();
  await addToTotals(db, team.id, moves);
  await spending.write(db, team.id);
}

/** How many rows one statement removes, so that nobody waits long for it. */
const REMOVED_AT_ONCE = 2_000;

/** Removes what an import has written that does not count yet, to the last row. */
export async function removeHeldBack(db: Database, importId: string): Promise<void> {
  for (;;) {
    const rows = db
      .selectFrom('expense_row')
      .innerJoin('import_pending', 'import_pending.import_id', 'expense_row.import_id')
      .select('expense_row.id')
      .where('expense_row.import_id', '=', importId)
      .limit(REMOVED_AT_ONCE);
    const { numDeletedRows } = await db.deleteFrom('expense_row').where('id', 'in', rows).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) break;
  }
  await db.deleteFrom('import_pending').where('import_id', '=', importId).execute();
}

/** How many of an import's expenses are still drafts. */
export async function countDraftsOf(db: Database, importId: string): Promise<number> {
  const { count } = await db
    .selectFrom('expense')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('import_id', '=', importId)
    .where('state', '=', 'draft')
    .executeTakeFirstOrThrow();
  return count;
}

/** The next draft of an import, by its line. */
export async function findDraftOf(
  db: Database,
  importId: string,
  afterLine: number,
): Promise<{ readonly id: string; readonly line: number } | undefined> {
  const row = await db
    .selectFrom('expense')
    .select(['id', 'import_line'])
    .where('import_id', '=', importId)
    .where('import_line', '>', afterLine)
    .where('state', '=', 'draft')
    .orderBy('import_line')
    .executeTakeFirst();
  return row === undefined || row.import_line === null ? undefined : { id: row.id, line: row.import_line };
}

/** Which file an expense came from, and in which line it stood there. */
export interface Origin {
  readonly import: Pick<ImportTable, 'file_name' | 'person_name' | 'begun_at'>;
  readonly line: number;
}

/** @returns undefined for what somebody logged here. */
export async function findOrigin(db: Database, expense: VisibleExpense): Promise<Origin | undefined> {
  const { import_id: id, import_line: line } = expense;
  if (id === null || line === null) return undefined;
  const found = await db
    .selectFrom('import')
    .select(['file_name', 'person_name', 'begun_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return found && { import: found, line };
}
