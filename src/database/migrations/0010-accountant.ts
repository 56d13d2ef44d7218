import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('account_rule')
    // One for each pair: NULLs would differ from each other in a unique index.
    .addColumn('scope', 'text', (column) => column.primaryKey())
    .addColumn('team_id', 'text', (column) => column.references('team.id'))
    .addColumn('category_id', 'text', (column) => column.references('category.id'))
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('cost_centre', 'text', (column) => column.notNull())
    .addColumn('tax_code', 'text', (column) => column.notNull())
    .addCheckConstraint('account_rule_scope', sql`scope = coalesce(team_id, '') || '/' || coalesce(category_id, '')`)
    .addCheckConstraint('account_rule_says_something', sql`account <> '' or cost_centre <> '' or tax_code <> ''`)
    .execute();

  await db.schema
    .createTable('accountant_file')
    .addColumn('settlement_id', 'text', (column) => column.primaryKey().references('settlement.id'))
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull().check(sql`length(sha256) = 64`))
    .addColumn('expense_count', 'integer', (column) => column.notNull())
    .addColumn('saved_at', 'text', (column) => column.notNull())
    .addColumn('saved_by', 'text', (column) => column.notNull())
    .addColumn('saved_by_name', 'text', (column) => column.notNull())
    .execute();

  // The newest first, and what each is made of: team by team, in the order of days.
  await db.schema.createIndex('settlement_newest').on('settlement').columns(['settled_at', 'id']).execute();
  await db.schema
    .createIndex('expense_settlement')
    .on('expense')
    .columns(['settlement_id', 'team_id', 'spent_on', 'id'])
    .where(sql.ref('settlement_id'), 'is not', null)
    .execute();
}
