import { createHash } from 'node:crypto';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Database } from '../../src/database/schema.ts';
import { assertSpendingAddsUp } from '../spending-sums.ts';
import { TEAM } from './stage.ts';
import { stages, type Told } from './writers.ts';

interface Ledger {
  readonly told: ReadonlyMap<string, Told>;
  readonly tried: ReadonlySet<string>;
}

/** Everything that was promised and is not so, in sentences. @param thorough also reads all receipts and the audit record. */
export async function listLost(db: Database, ledger: Ledger, thorough: boolean): Promise<string[]> {
  const lost = [...(await lostExpenses(db, ledger)), ...(await halfDone(db)), ...(await lostReceipts(db, ledger, thorough))];
  if (!thorough) return lost;
  const { fault } = await verifyAudit(db);
  return fault === undefined ? lost : [...lost, fault.sentence];
}

async function lostExpenses(db: Database, { told, tried }: Ledger): Promise<string[]> {
  const rows = await db
    .selectFrom('expense')
    .select(['id', 'item', 'state', 'amount_minor', 'spender_id'])
    .where('team_id', '=', TEAM)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lost = rows.filter(({ id, spender_id }) => spender_id !== null && !tried.has(id)).map(({ id }) => `Nobody logged ${id}`);
  for (const [id, { item, amount, stage }] of told) {
    const row = byId.get(id);
    if (row === undefined) lost.push(`${id} was logged and is not there`);
    else if (stages.findIndex((one) => one === row.state) < stages.indexOf(stage))
      lost.push(`${id} was ${stage} and is ${row.state}`);
    else if (row.item !== item || row.amount_minor !== amount) lost.push(`${id} is not what was logged`);
  }
  const items = new Set(rows.map((row) => row.item));
  if (items.size !== rows.filter(({ spender_id }) => spender_id !== null).length + countSample(rows))
    lost.push('Something is there twice');
  return lost;
}

/** What the sample organisation brought is of people who never signed in. */
function countSample(rows: readonly { readonly item: string; readonly spender_id: string | null }[]): number {
  return new Set(rows.filter(({ spender_id }) => spender_id === null).map(({ item }) => item)).size;
}

/** Each expense has a history that leads to its state, and the sums and the audit record say the same. */
async function halfDone(db: Database): Promise<string[]> {
  const lost: string[] = [];
  const expenses = await db
    .selectFrom('expense')
    .select(['id', 'state', 'version', 'team_amount_minor'])
    .where('team_id', '=', TEAM)
    .where('spender_id', 'is not', null)
    .execute();
  const steps = Map.groupBy(
    await db.selectFrom('expense_step').selectAll().orderBy('expense_id').orderBy('version').execute(),
    (step) => step.expense_id,
  );
  for (const { id, state, version } of expenses) {
    const history = steps.get(id) ?? [];
    const follows = history.every(
      (step, at) => step.version > (history[at - 1]?.version ?? 0) && step.from_state === (history[at - 1]?.to_state ?? null),
    );
    const last = history.at(-1);
    // A draft that a form was sent for twice is a version further than its history.
    if (!follows || last?.to_state !== state || last.version > version)
      lost.push(`The history of ${id} does not lead to where it is`);
  }
  const entries = await db
    .selectFrom('audit_entry')
    .select((row) => ['action', row.fn.countAll<number>().as('count')])
    .where('action', 'in', ['expense-submitted', 'expense-approved'])
    .groupBy('action')
    .execute();
  for (const stage of ['submitted', 'approved'] as const) {
    const taken = [...steps.values()].flat().filter((step) => step.to_state === stage).length;
    const recorded = entries.find(({ action }) => action === `expense-${stage}`)?.count ?? 0;
    if (taken !== recorded) lost.push(`${taken} expenses were ${stage}, and the audit record has ${recorded}`);
  }
  await assertSpendingAddsUp(db, TEAM).catch(() => lost.push('What is kept of the spending is not the sum of the expenses'));
  return [...lost, ...(await wrongTotals(db))];
}

async function wrongTotals(db: Database): Promise<string[]> {
  const [kept, real] = await Promise.all([
    db.selectFrom('team_total').selectAll().where('team_id', '=', TEAM).where('expense_count', '>', 0).execute(),
    db
      .selectFrom('expense')
      .select((row) => ['state', row.fn.countAll<number>().as('count'), row.fn.sum<number>('team_amount_minor').as('amount')])
      .where('team_id', '=', TEAM)
      .where('state', '<>', 'draft')
      .groupBy('state')
      .execute(),
  ]);
  const sums = (rows: readonly { state: string; count: number; amount: number }[]) =>
    rows
      .map(({ state, count, amount }) => `${state} ${count} ${amount}`)
      .toSorted()
      .join(', ');
  const told = sums(kept.map(({ state, expense_count: count, amount_minor: amount }) => ({ state, count, amount })));
  return told === sums(real) ? [] : [`The totals are ${told}, and the expenses come to ${sums(real)}`];
}

async function lostReceipts(db: Database, { told }: Ledger, thorough: boolean): Promise<string[]> {
  const lost: string[] = [];
  const receipts = await db
    .selectFrom('receipt')
    .select(['id', 'expense_id', 'size', 'sha256'])
    .where('size', 'is not', null)
    .execute();
  const there = new Set(receipts.map((receipt) => `${receipt.expense_id} ${receipt.sha256}`));
  if (there.size !== receipts.length) lost.push('A receipt is there twice');
  for (const [id, { receipts: shas }] of told) {
    for (const sha of shas) if (!there.has(`${id} ${sha}`)) lost.push(`A receipt of ${id} was added and is not there`);
  }
  for (const { id, size, sha256 } of thorough ? receipts : receipts.slice(-20)) {
    const pieces = await db.selectFrom('receipt_piece').select('bytes').where('receipt_id', '=', id).orderBy('number').execute();
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
    if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256)
      lost.push(`Receipt ${id} is not whole`);
  }
  return lost;
}
