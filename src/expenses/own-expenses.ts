import type { Selectable } from 'kysely';
import type { Database, ExpenseStepTable } from '../database/schema.ts';
import type { Expense } from './life.ts';
import type { Receipt } from './receipts.ts';

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
  yield* streamBy(db, person, 'spender_id');
  yield* streamBy(db, person, 'logged_by');
}

/** Each by the index that begins with it; what somebody both spent and logged is found by the first. */
async function* streamBy(db: Database, { personId }: Person, column: 'spender_id' | 'logged_by'): AsyncGenerator<OwnExpense> {
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
    yield* await withAll(db, rows);
    last = rows.at(-1);
    if (rows.length < BATCH) return;
  }
}

async function withAll(db: Database, rows: readonly Expense[]): Promise<OwnExpense[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [steps, receipts] = await Promise.all([
    db.selectFrom('expense_step').selectAll().where('expense_id', 'in', ids).orderBy('version').execute(),
    db.selectFrom('receipt').selectAll().where('expense_id', 'in', ids).where('size', 'is not', null).orderBy('id').execute(),
  ]);
  const stepsOf = Map.groupBy(steps, (step) => step.expense_id);
  const receiptsOf = Map.groupBy(receipts as Receipt[], (receipt) => receipt.expense_id);
  return rows.map((row) => ({ ...row, steps: stepsOf.get(row.id) ?? [], receipts: receiptsOf.get(row.id) ?? [] }));
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
