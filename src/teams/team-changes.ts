import type { Selectable } from 'kysely';
import type { Database, TeamTable, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { byLabel } from './teams.ts';

/** A team as admins see it: without what was spent in it. */
export interface TeamEntry extends Selectable<TeamTable> {
  readonly expenses: number;
}

/** Every team, by label, for whoever may see the organisation. */
export async function listTeamEntries(db: Database): Promise<TeamEntry[]> {
  const rows = await entries(db).execute();
  return rows.map(toEntry).toSorted((a, b) => byLabel.compare(a.label, b.label));
}

export async function findTeamEntry(db: Database, id: string): Promise<TeamEntry | undefined> {
  const row = await entries(db).where('team.id', '=', id).executeTakeFirst();
  return row && toEntry(row);
}

function entries(db: Database) {
  return (
    db
      .selectFrom('team')
      // Drafts are their owners' alone, and in no total.
      .leftJoin('team_total', 'team_total.team_id', 'team.id')
      .selectAll('team')
      .select(({ fn }) => fn.sum<number | null>('team_total.expense_count').as('expenses'))
      .groupBy('team.id')
  );
}

function toEntry(row: Selectable<TeamTable> & { expenses: number | null }): TeamEntry {
  return { ...row, expenses: row.expenses ?? 0 };
}

/** Adds a team for an admin. @returns false where there is one at this address already, be it since a moment ago. */
export async function createTeam(
  db: Transaction,
  team: Pick<Selectable<TeamTable>, 'id' | 'label' | 'currency'>,
): Promise<boolean> {
  const added = await db
    .insertInto('team')
    .values(team)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

/**
 * Changes what a team is called, above which amount a second person must approve, and, before its first expense, its first
 * limit and its first budget, in which currency it spends.
 * @returns the team as it was; undefined where there is none.
 * @throws Problem `conflict` where it has expenses, limits or budgets, and another currency is wanted: they were agreed on in the one they have.
 */
export async function changeTeam(
  db: Transaction,
  id: string,
  wanted: Pick<Selectable<TeamTable>, 'label' | 'currency' | 'second_approval_above'>,
): Promise<Selectable<TeamTable> | undefined> {
  // A write first: whoever logs the first expense is waited for, and what follows sees it.
  const team = await db
    .updateTable('team')
    .set((row) => ({ label: row.ref('label') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (team === undefined) return undefined;
  let query = db.updateTable('team').set(wanted).where('id', '=', id);
  if (wanted.currency !== team.currency) {
    const limits = db.selectFrom('limit_rule').select('id').where('team_id', '=', id).where('currency', 'is not', null);
    if ((await limits.executeTakeFirst()) !== undefined) throw currencyStays(`limits in ${team.currency}`);
    const budgets = db.selectFrom('budget').select('month').where('team_id', '=', id);
    if ((await budgets.executeTakeFirst()) !== undefined) throw currencyStays(`budgets in ${team.currency}`);
    query = query.where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('expense_row').select('expense_row.id').where('expense_row.team_id', '=', id))),
    );
  }
  const changed = await query.returning('id').executeTakeFirst();
  if (changed === undefined) throw currencyStays(`expenses in ${team.currency}`);
  return team;
}

function currencyStays(what: string): Problem {
  return new Problem('conflict', `This team has ${what}, so its currency stays. Nothing was changed.`, {
    heading: 'The currency stays',
    reason: 'currency-in-use',
  });
}

/** @param at since when; null restores it. @returns the team; undefined where that changed nothing. */
export async function setArchived(db: Transaction, id: string, at: string | null): Promise<Selectable<TeamTable> | undefined> {
  return db
    .updateTable('team')
    .set({ archived_at: at })
    .where('id', '=', id)
    .where('archived_at', at === null ? 'is not' : 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** An address for a team, from what it is called: what is left of its letters and digits. */
export function suggestTeamId(label: string): string {
  const id = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return id.slice(0, 64).replace(/-+$/, '');
}
