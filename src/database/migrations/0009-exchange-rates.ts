import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('exchange_rate')
    .addColumn('day', 'text', (column) => column.notNull().check(sql`length(day) = 10`))
    .addColumn('base', 'text', (column) => column.notNull().check(sql`length(base) = 3`))
    .addColumn('currency', 'text', (column) => column.notNull().check(sql`length(currency) = 3`))
    .addColumn('rate', 'text', (column) => column.notNull().check(sql`length(rate) between 1 and 33`))
    .addColumn('source', 'text', (column) => column.notNull().check(sql`source not in ('', 'typed')`))
    .addPrimaryKeyConstraint('exchange_rate_key', ['currency', 'day', 'base'])
    .addCheckConstraint('exchange_rate_between_two', sql`base <> currency`)
    .execute();
  await db.schema.createIndex('exchange_rate_day').on('exchange_rate').column('day').execute();
}
