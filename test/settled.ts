import { randomUUIDv7 } from 'node:crypto';
import type { Insertable } from 'kysely';
import type { Database, ExpenseTable, SettlementTable } from '../src/database/schema.ts';
import { addMany } from './many-expenses.ts';

/** What was reimbursed together, straight into the database: the expenses of each team by the team's id. @returns its id. */
export async function addSettled(
  db: Database,
  expenses: Readonly<Record<string, readonly Partial<Insertable<ExpenseTable>>[]>>,
  said: Partial<Insertable<SettlementTable>> = {},
): Promise<string> {
  const id = said.id ?? randomUUIDv7();
  const settlement = {
    reference: 'PAY-1',
    settled_by: 'f',
    settled_by_name: 'Fiona Finch',
    settled_at: '2026-04-02T08:00:00.000Z',
  };
  await db
    .insertInto('settlement')
    .values({ ...settlement, ...said, id })
    .execute();
  for (const [team, rows] of Object.entries(expenses))
    await addMany(
      db,
      team,
      rows.map((row) => ({ ...row, settlement_id: id })),
    );
  return id;
}
