import { type Kysely, sql } from 'kysely';

/** The largest whole number that JavaScript holds exactly. */
const LARGEST = sql.raw('9007199254740991');

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('limit_rule')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) =>
      column.notNull().check(sql`kind in ('expense', 'day', 'month', 'receipt', 'age', 'duplicate')`),
    )
    .addColumn('effect', 'text', (column) => column.notNull().check(sql`effect in ('warn', 'block')`))
    .addColumn('team_id', 'text', (column) => column.references('team.id'))
    .addColumn('category_id', 'text', (column) => column.references('category.id'))
    .addColumn('amount_minor', 'bigint', (column) => column.check(sql`amount_minor > 0 and amount_minor <= ${LARGEST}`))
    .addColumn('currency', 'text', (column) => column.check(sql`length(currency) = 3`))
    .addColumn('days', 'integer', (column) => column.check(sql`days > 0`))
    .addCheckConstraint('limit_rule_amount', sql`(kind in ('age', 'duplicate')) = (amount_minor is null)`)
    .addCheckConstraint('limit_rule_currency', sql`(amount_minor is null) = (currency is null)`)
    .addCheckConstraint('limit_rule_days', sql`(kind = 'age') = (days is not null)`)
    .execute();

  await db.schema
    .createTable('closed_month')
    .addColumn('month', 'text', (column) => column.primaryKey().check(sql`length(month) = 7`))
    .addColumn('closed_by', 'text', (column) => column.notNull())
    .addColumn('closed_by_name', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text', (column) => column.notNull())
    .execute();
  // Whoever changes an expense and whoever closes its month write this row first, so that one waits for the other.
  await db.schema
    .createTable('month_lock')
    .addColumn('month', 'text', (column) => column.primaryKey())
    .execute();

  // What one person has spent on a day or in a month, and what everybody has in a month.
  await db.schema.createIndex('expense_spender_day').on('expense').columns(['spender_id', 'spent_on']).execute();
  await db.schema
    .createIndex('expense_spent_on')
    .on('expense')
    .columns(['spent_on', 'state', 'team_id', 'team_amount_minor'])
    .execute();
}
