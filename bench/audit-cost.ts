import { randomUUIDv7 } from 'node:crypto';
import { linkPending } from '../src/audit/linking.ts';
import { recordAudit } from '../src/audit/record.ts';
import type { Database, Transaction } from '../src/database/schema.ts';
import { engines, POSTGRES_URL } from '../test/databases.ts';
import { openFreshDatabase } from '../test/fresh-database.ts';
import { startPostgres } from '../test/postgres.ts';

/*
 * `npm run bench:audit`: what it costs a write that it is recorded. A transaction that logs an expense and moves its team's
 * total, against the same one with an entry in the audit record; rounds of each in turn, and the median of the rounds'
 * ratios. Linking is measured by itself, because no request waits for it. Both engines wait for the disk.
 */

const ROUNDS = 15;
const WRITES = 200;

const now = () => new Date();

async function write(db: Transaction): Promise<void> {
  await db
    .insertInto('expense_row')
    .values({
      id: randomUUIDv7(),
      team_id: 'finance',
      spender_name: 'Carol Lee',
      logged_by_name: 'Carol Lee',
      category_id: 'travel',
      spent_on: '2026-01-05',
      team_amount_minor: 1_250,
      state: 'reimbursed',
      changed_at: now().toISOString(),
      item: 'Train to the customer',
      amount_minor: 1_250,
      currency: 'EUR',
      logged_at: now().toISOString(),
    })
    .execute();
  await db
    .updateTable('team_total')
    .set((total) => ({
      expense_count: total('expense_count', '+', 1),
      amount_minor: total('amount_minor', '+', 1_250),
    }))
    .where('team_id', '=', 'finance')
    .execute();
}

async function writeRecorded(db: Transaction): Promise<void> {
  await write(db);
  await recordAudit(
    db,
    {
      action: 'grant-added',
      by: { id: '01900000-0000-7000-8000-000000000000', name: 'Hannah Smith' },
      about: { kind: 'team', id: 'finance', name: 'Finance' },
      detail: { role: 'member', claim: 'email', value: 'carol.lee@example.com' },
      reference: 'ABCD2345',
    },
    now,
  );
}

/** Milliseconds per transaction. */
async function time(db: Database, work: (db: Transaction) => Promise<void>): Promise<number> {
  const began = performance.now();
  for (let count = 0; count < WRITES; count += 1) await db.transaction().execute(work);
  return (performance.now() - began) / WRITES;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await using postgres = await startPostgres(true);
process.env[POSTGRES_URL] = postgres.url;
for (const engine of engines) {
  await using fresh = await openFreshDatabase(engine);
  const { db } = fresh;
  await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'EUR' }).execute();
  await db
    .insertInto('team_total')
    .values({ team_id: 'finance', state: 'reimbursed', expense_count: 0, amount_minor: 0 })
    .execute();
  const [plain, recorded, ratios, links]: [number[], number[], number[], number[]] = [[], [], [], []];
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [without, withEntry] = [await time(db, write), await time(db, writeRecorded)];
    const began = performance.now();
    const linked = await linkPending(db);
    if (round === 0) continue;
    links.push((performance.now() - began) / linked);
    plain.push(without);
    recorded.push(withEntry);
    ratios.push(withEntry / without);
  }
  console.log(
    `${engine}: a write ${median(plain).toFixed(3)} ms, recorded ${median(recorded).toFixed(3)} ms; ` +
      `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); ` +
      `linking ${median(links).toFixed(3)} ms an entry`,
  );
}
