import type { Kysely } from 'kysely';

/** What a category comes to is found without looking at a single expense: with all that the sum and the view ask for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('expense_team_category')
    .on('expense_row')
    .columns(['team_id', 'category_id', 'state', 'team_amount_minor', 'import_id'])
    .execute();
}
