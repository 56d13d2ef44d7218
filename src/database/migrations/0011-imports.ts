import { type Kysely, PostgresAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  await db.schema
    .createTable('import')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('own', 'team')`))
    .addColumn('person_id', 'text', (column) => column.notNull())
    .addColumn('person_name', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull().check(sql`size >= 0`))
    .addColumn('sha256', 'text', (column) => column.notNull().check(sql`length(sha256) in (0, 64)`))
    .addColumn('state', 'text', (column) =>
      column.notNull().check(sql`state in ('arriving', 'arrived', 'checking', 'checked', 'landing', 'landed', 'ended')`),
    )
    .addColumn('choices', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('bytes_read', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('begun_at', 'text', (column) => column.notNull())
    .addColumn('alive_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('import_team').on('import').columns(['team_id', 'begun_at', 'id']).execute();
  await db.schema.createIndex('import_file').on('import').columns(['team_id', 'sha256']).execute();
  // What one brings, another one is to recognise: so they come one after the other.
  await sql`create unique index import_one_at_a_time on import (team_id) where state = 'landing'`.execute(db);
  await db.schema
    .createTable('import_piece')
    .addColumn('import_id', 'text', (column) => column.notNull().references('import.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull().check(sql`number > 0`))
    .addColumn('bytes', postgres ? 'bytea' : 'blob', (column) =>
      column.notNull().check(sql`length(bytes) > 0 and length(bytes) <= 262144`),
    )
    .addPrimaryKeyConstraint('import_piece_key', ['import_id', 'number'])
    .execute();
  await hideWhatIsArriving(db);
  await totalWhatIsSpent(db);
}

/** A file may hold a million drafts, which are their owner's alone: they are in no total, and what is not spent comes to nothing. */
async function totalWhatIsSpent(db: Kysely<unknown>): Promise<void> {
  await sql`delete from team_total where state = 'draft'`.execute(db);
  await sql`update team_total set amount_minor = 0 where state in ('rejected', 'withdrawn')`.execute(db);
}

/**
 * What an import has written counts from one instant on, however much it is: until then its id stands in `import_pending`, and the
 * expenses that everything reads leave it out.
 */
async function hideWhatIsArriving(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('import_pending')
    .addColumn('import_id', 'text', (column) => column.primaryKey().references('import.id'))
    .execute();
  await db.schema.alterTable('expense').renameTo('expense_row').execute();
  await db.schema.alterTable('expense_row').addColumn('import_id', 'text').execute();
  await db.schema.alterTable('expense_row').addColumn('import_line', 'integer').execute();
  await db.schema.alterTable('expense_row').addColumn('import_key', 'text').execute();
  await sql`create index expense_import on expense_row (import_id, import_line) where import_id is not null`.execute(db);
  await sql`create index expense_import_key on expense_row (team_id, import_key) where import_key is not null`.execute(db);
  await sql`create view expense as select * from expense_row
    where import_id is null or import_id not in (select import_id from import_pending)`.execute(db);
}
