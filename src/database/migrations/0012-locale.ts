import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('person')
    .addColumn('locale', 'text', (column) => column.check(sql`length(locale) between 2 and 60`))
    .execute();
}
