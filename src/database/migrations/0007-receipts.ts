import { type Kysely, PostgresAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;

  await db.schema
    .createTable('receipt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('expense_id', 'text', (column) => column.notNull().references('expense.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    // 10 MB. With the hash missing until all of it has arrived.
    .addColumn('size', 'integer', (column) => column.check(sql`size > 0 and size <= 10485760`))
    .addColumn('sha256', 'text', (column) => column.check(sql`length(sha256) = 64`))
    .addColumn('added_by', 'text', (column) => column.notNull())
    .addColumn('added_by_name', 'text', (column) => column.notNull())
    .addColumn('added_at', 'text', (column) => column.notNull())
    // Without a CHECK, like the type: there will be further places, and SQLite cannot change one.
    .addColumn('stored_in', 'text', (column) => column.notNull())
    .addCheckConstraint('receipt_whole', sql`(size is null) = (sha256 is null)`)
    .execute();
  await db.schema.createIndex('receipt_expense').on('receipt').columns(['expense_id', 'id']).execute();
  await db.schema.createIndex('receipt_sha256').on('receipt').column('sha256').execute();
  await db.schema.createIndex('receipt_begun').on('receipt').column('added_at').where(sql.ref('size'), 'is', null).execute();

  await db.schema
    .createTable('receipt_piece')
    .addColumn('receipt_id', 'text', (column) => column.notNull().references('receipt.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull().check(sql`number > 0`))
    .addColumn('bytes', postgres ? 'bytea' : 'blob', (column) =>
      column.notNull().check(sql`length(bytes) > 0 and length(bytes) <= 262144`),
    )
    .addPrimaryKeyConstraint('receipt_piece_key', ['receipt_id', 'number'])
    .execute();

  await db.schema
    .createTable('receipt_leftover')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('stored_in', 'text', (column) => column.notNull())
    .execute();
  await (postgres ? noteOnPostgres(db) : noteOnSqlite(db));
}

/** However a receipt goes, also with its expense, what lies outside of the database is noted in the same transaction. */
async function noteOnSqlite(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create trigger receipt_leaves_something after delete on receipt when old.stored_in <> 'database' begin
         insert into receipt_leftover (id, stored_in) values (old.id, old.stored_in);
       end`,
    )
    .execute(db);
}

async function noteOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function note_receipt_leftover() returns trigger language plpgsql as $$
    begin
      insert into receipt_leftover (id, stored_in) values (old.id, old.stored_in);
      return null;
    end $$`.execute(db);
  await sql`create trigger receipt_leaves_something after delete on receipt
    for each row when (old.stored_in <> 'database') execute function note_receipt_leftover()`.execute(db);
}
