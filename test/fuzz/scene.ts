import { createHash, randomUUIDv7 } from 'node:crypto';
import type { CastName } from '../cast.ts';
import type { Database } from '../../src/database/schema.ts';
import { addExpense } from '../../src/expenses/expenses.ts';
import { addTeam } from '../../src/teams/teams.ts';

/** Who does it: nobody signed in, somebody without a team, and one of each role. */
export const players = ['guest', 'nobody', 'alice', 'charlie', 'manuel', 'dana', 'audrey', 'fiona'] as const satisfies readonly (
  | CastName
  | 'guest'
)[];
export type Player = (typeof players)[number];

/** Those whom no rule lets see every team. */
export const withoutAllTeams: ReadonlySet<Player> = new Set(['guest', 'nobody', 'alice', 'charlie', 'manuel']);

/** In everything that people write about the team to which nobody here belongs. */
export const VAULT = 'vault7q';

/** A team of strangers, with its word in expenses of every state, names, notes, comments, receipts, imports, settlements and accounts. */
export async function addVault(db: Database): Promise<void> {
  const at = new Date(Date.UTC(2026, 0, 10));
  const instant = at.toISOString();
  const stranger = randomUUIDv7();
  const name = `${VAULT} person`;
  await db
    .insertInto('person')
    .values({
      id: stranger,
      issuer: 'elsewhere',
      subject: VAULT,
      name,
      email: null,
      email_verified: 0,
      admitted_at: instant,
      signed_in_at: instant,
    })
    .execute();
  const settled = { settled_by: stranger, settled_by_name: name, settled_at: instant };
  await db
    .insertInto('settlement')
    .values({ id: 'settlement-vault', reference: `${VAULT} reference`, ...settled })
    .execute();
  const states = ['draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed'] as const;
  const ids: string[] = [];
  await db.transaction().execute(async (transaction) => {
    const team = await addTeam(transaction, { id: 'vault', label: `${VAULT} label`, currency: 'USD' });
    for (const state of states) {
      const texts = { item: `${VAULT} item`, merchant: `${VAULT} merchant`, note: `${VAULT} note` };
      // What was decided without anybody who is known here has no spender either.
      const spender = ['draft', 'submitted', 'withdrawn'].includes(state) ? { spenderId: stranger } : {};
      const spent = { ...spender, spenderName: name, amountMinor: 7_654_321, loggedAt: at, state };
      ids.push((await addExpense(transaction, team, { ...texts, ...spent })).id);
    }
  });
  await db
    .updateTable('expense_row')
    .set({ settlement_id: 'settlement-vault' })
    .where('id', '=', ids.at(-1) ?? '')
    .execute();
  for (const id of ids) {
    const step = {
      id: randomUUIDv7(),
      expense_id: id,
      version: 1,
      at: instant,
      person_id: stranger,
      person_name: name,
      from_state: null,
    };
    await db
      .insertInto('expense_step')
      .values({ ...step, to_state: 'draft', comment: `${VAULT} comment` })
      .execute();
    const receipt = {
      id: randomUUIDv7(),
      expense_id: id,
      name: `${VAULT}.pdf`,
      type: 'application/pdf',
      size: VAULT.length,
      sha256: createHash('sha256').update(VAULT).digest('hex'),
    } as const;
    await db
      .insertInto('receipt')
      .values({ ...receipt, added_by: stranger, added_by_name: name, added_at: instant, stored_in: 'database' })
      .execute();
    await db
      .insertInto('receipt_piece')
      .values({ receipt_id: receipt.id, number: 1, bytes: Buffer.from(VAULT) })
      .execute();
  }
  await db
    .insertInto('import')
    .values({
      id: randomUUIDv7(),
      team_id: 'vault',
      kind: 'team',
      person_id: stranger,
      person_name: name,
      file_name: `${VAULT}.csv`,
      size: 3,
      sha256: 'b'.repeat(64),
      state: 'landed',
      choices: '{}',
      outcome: '{}',
      begun_at: instant,
      alive_at: instant,
    })
    .execute();
  await db
    .insertInto('account_rule')
    .values({ scope: 'vault/', team_id: 'vault', category_id: null, account: VAULT, cost_centre: VAULT, tax_code: '' })
    .execute();
}

/** Puts the rights back as they are now: whoever may change them would let others see what they must not. */
export async function rememberRights(db: Database): Promise<() => Promise<void>> {
  const rules = await db.selectFrom('rule').selectAll().execute();
  const remembered = rules.map(({ id }) => id);
  return async () => {
    await db.deleteFrom('rule').where('id', 'not in', remembered).execute();
    const left = new Set((await db.selectFrom('rule').select('id').execute()).map(({ id }) => id));
    const gone = rules.filter(({ id }) => !left.has(id));
    if (gone.length > 0) await db.insertInto('rule').values(gone).execute();
    await db.deleteFrom('right_grant').execute();
    await db.updateTable('person').set({ disabled_at: null }).where('disabled_at', 'is not', null).execute();
    await db.updateTable('team').set({ archived_at: null }).where('archived_at', 'is not', null).execute();
  };
}
