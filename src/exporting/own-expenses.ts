import type { Selectable } from 'kysely';
import type { Database, ExpenseStepTable } from '../database/schema.ts';
import type { Expense } from '../expenses/life.ts';
import type { Receipt } from '../expenses/receipts.ts';

/** How many rows are in memory at once. */
const BATCH = 200;

type Person = { readonly personId: string };

/** An expense that somebody spent or logged, with all that belongs to it. */
export type OwnExpense = Expense & {
  readonly steps: readonly Selectable<ExpenseStepTable>[];
  readonly receipts: readonly Receipt[];
};

/** All that somebody spent or logged, in whichever team and state, the oldest first; first what they spent themselves. */
export async function* streamOwnExpenses(db: Database, person: Person): AsyncGenerator<OwnExpense> {
  for await (const rows of batchesOf(db, person)) {
    const [steps, receipts] = await Promise.all([stepsOf(db, rows), receiptsOf(db, rows)]);
    for (const row of rows) yield { ...row, steps: steps.get(row.id) ?? [], receipts: receipts.get(row.id) ?? [] };
  }
}

/** The receipts of all these, those of one expense together. */
export async function* streamOwnReceipts(db: Database, person: Person): AsyncGenerator<Receipt> {
  for await (const rows of batchesOf(db, person)) {
    const receipts = await receiptsOf(db, rows);
    for (const { id } of rows) yield* receipts.get(id) ?? [];
  }
}

async function* batchesOf(db: Database, person: Person): AsyncGenerator<Expense[]> {
  yield* batchesBy(db, person, 'spender_id');
  yield* batchesBy(db, person, 'logged_by');
}

/** Each by the index that begins with it; what somebody both spent and logged is found by the first. None is empty. */
async function* batchesBy(db: Database, { personId }: Person, column: 'spender_id' | 'logged_by'): AsyncGenerator<Expense[]> {
  let last: Expense | undefined;
  for (;;) {
    let query = db.selectFrom('expense').selectAll().where(column, '=', personId);
    if (column === 'logged_by')
      query = query.where(({ or, eb }) => or([eb('spender_id', 'is', null), eb('spender_id', '<>', personId)]));
    if (last !== undefined) {
      const { logged_at: at, id } = last;
      query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('logged_at', 'id'), '>', tuple(at, id)));
    }
    const rows = await query.orderBy('logged_at').orderBy('id').limit(BATCH).execute();
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
    last = rows.at(-1);
  }
}

async function stepsOf(db: Database, rows: readonly Expense[]) {
  const steps = db.selectFrom('expense_step').selectAll().where('expense_id', 'in', idsOf(rows)).orderBy('version');
  return Map.groupBy(await steps.execute(), (step) => step.expense_id);
}

async function receiptsOf(db: Database, rows: readonly Expense[]) {
  const receipts = db.selectFrom('receipt').selectAll().where('expense_id', 'in', idsOf(rows)).where('size', 'is not', null);
  return Map.groupBy((await receipts.orderBy('id').execute()) as Receipt[], (receipt) => receipt.expense_id);
}

function idsOf(rows: readonly Expense[]): string[] {
  return rows.map(({ id }) => id);
}

/** The steps that somebody took, with their own expenses and others', the oldest first. */
export async function* stepsTaken(db: Database, { personId }: Person): AsyncGenerator<Selectable<ExpenseStepTable>> {
  let after = '';
  for (;;) {
    const rows = await db
      .selectFrom('expense_step')
      .selectAll()
      .where('person_id', '=', personId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    yield* rows;
    after = rows.at(-1)?.id ?? '';
    if (rows.length < BATCH) return;
  }
}
