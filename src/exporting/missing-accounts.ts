import type { Database } from '../database/schema.ts';
import { byLabel } from '../teams/teams.ts';
import { type AccountRule, bookingsBy } from './account-rules.ts';

/** A team and a category that are part of a settlement, and have no account. */
export interface MissingAccount {
  readonly settlement_id: string | null;
  readonly team_id: string;
  readonly team_label: string;
  readonly category_id: string;
  readonly category_label: string;
}

/** What has no account yet of these settlements, by category and team. */
export async function listMissingAccounts(
  db: Database,
  settlementIds: readonly string[],
  rules: readonly AccountRule[],
): Promise<MissingAccount[]> {
  if (settlementIds.length === 0) return [];
  const pairs = await db
    .selectFrom('expense')
    .innerJoin('team', 'team.id', 'expense.team_id')
    .innerJoin('category', 'category.id', 'expense.category_id')
    .distinct()
    .select(['settlement_id', 'team_id', 'team.label as team_label', 'category_id', 'category.label as category_label'])
    .where('settlement_id', 'in', settlementIds)
    .execute();
  const booking = bookingsBy(rules);
  return pairs
    .filter(({ team_id: team, category_id: category }) => booking(team, category).account === '')
    .toSorted((a, b) => byLabel.compare(a.category_label, b.category_label) || byLabel.compare(a.team_label, b.team_label));
}

/** Such as "Meals in Finance". */
export function describeMissing({ category_label: category, team_label: team }: MissingAccount): string {
  return `${category} in ${team}`;
}
