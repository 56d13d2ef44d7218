import type { Database, Transaction } from '../database/schema.ts';
import type { LimitKind } from '../database/schema-limits.ts';
import { Problem } from '../problems.ts';
import type { VisibleExpense } from './expenses.ts';
import { isAbout, type Limit, type Measured } from './limit-judges.ts';
import { kinds } from './limit-kinds.ts';
import { listLimits } from './limit-rules.ts';

/** Something about an expense that is not within a limit. */
export interface Finding {
  readonly effect: 'warn' | 'block';
  /** Of a limit unless said otherwise. */
  readonly about?: 'budget';
  /** In two or three words, for a list. */
  readonly mark: string;
  /** For whoever logs it while it is theirs to submit, and then for whoever decides. */
  readonly sentence: string;
}

/** What is to be said of this expense, what blocks it first. In at most six queries, and one where there are no limits. */
export async function checkLimits(db: Database, expense: VisibleExpense, at: Date): Promise<Finding[]> {
  const found = await checkLimitsOfAll(db, [{ ...expense, team_currency: expense.team.currency }], at);
  return found.get(expense.id) ?? [];
}

/** The same for a page of them, by their ids, in as many queries as for one. */
export async function checkLimitsOfAll(
  db: Database,
  expenses: readonly Measured[],
  at: Date,
): Promise<ReadonlyMap<string, Finding[]>> {
  const limits = expenses.length === 0 ? [] : await listLimits(db);
  const found = new Map<string, Finding[]>(expenses.map(({ id }) => [id, []]));
  const byKind = Map.groupBy(limits, ({ kind }) => kind);
  // In the order of the table, whichever was set first.
  for (const kind of Object.keys(kinds) as LimitKind[]) {
    const alike = byKind.get(kind) ?? [];
    const concerned = expenses.filter((expense) => alike.some((limit) => countsFor(limit, expense)));
    if (concerned.length === 0) continue;
    const judge = await kinds[kind].prepare(db, concerned, at);
    for (const expense of concerned) {
      for (const limit of alike.filter((limit) => countsFor(limit, expense))) {
        const sentence = judge(limit, expense);
        if (sentence !== undefined) found.get(expense.id)?.push({ effect: limit.effect, mark: kinds[kind].mark, sentence });
      }
    }
  }
  return new Map([...found].map(([id, findings]) => [id, findings.toSorted((a, b) => a.effect.localeCompare(b.effect))]));
}

/** An amount in one currency says nothing about spending in another. */
function countsFor(limit: Limit, expense: Measured): boolean {
  return isAbout(limit, expense) && (limit.currency === null || limit.currency === expense.team_currency);
}

/** @throws Problem `invalid` with what blocks its submission. To be asked while this transaction holds the spender and the expense. */
export async function assertWithinLimits(db: Transaction, expense: VisibleExpense, at: Date): Promise<void> {
  const blocking = (await checkLimits(db, expense, at)).filter(({ effect }) => effect === 'block');
  if (blocking.length === 0) return;
  throw new Problem('invalid', [...blocking.map(({ sentence }) => sentence), 'It was not submitted.'].join(' '), {
    heading: 'It cannot be submitted like this',
    reason: 'limit-blocks',
    logged: 'A limit keeps an expense from being submitted.',
  });
}

/**
 * Waits for whoever else submits something that this person spent, and keeps others waiting until this transaction ends: a sum
 * is only right while nobody adds to it. Their row and not one of the team's, because limits count over all teams, too.
 */
export async function holdSpender(db: Transaction, spenderId: string | null): Promise<void> {
  if (spenderId === null) return;
  // A write, because both engines let others wait for it, and let whoever waited see what was done meanwhile.
  await db
    .updateTable('person')
    .set((row) => ({ name: row.ref('name') }))
    .where('id', '=', spenderId)
    .execute();
}
