import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * Without foreign keys: the record outlives whom it speaks of. What refuses changes is part of the tables, so that it holds
 * for whatever program comes, and not for Outlay alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_entry')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text')
    .addColumn('person_name', 'text')
    .addColumn('about_kind', 'text')
    .addColumn('about_id', 'text')
    .addColumn('about_name', 'text')
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('reference', 'text')
    .addCheckConstraint('audit_entry_about_whole', sql`(about_kind is null) = (about_id is null)`)
    .execute();
  // An id begins with its instant, so the order of ids is that of time, and a span of time is one of ids.
  await db.schema.createIndex('audit_entry_person').on('audit_entry').columns(['person_id', 'id']).execute();
  await db.schema.createIndex('audit_entry_about').on('audit_entry').columns(['about_kind', 'about_id', 'id']).execute();
  await db.schema.createIndex('audit_entry_action').on('audit_entry').columns(['action', 'id']).execute();

  await db.schema
    .createTable('audit_link')
    .addColumn('seq', 'bigint', (column) => column.notNull().primaryKey())
    .addColumn('entry_id', 'text', (column) => column.notNull().unique())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('audit_pending')
    .addColumn('entry_id', 'text', (column) => column.notNull().primaryKey())
    .execute();

  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.notNull().primaryKey().check(sql`id = 1`))
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into audit_head (id, seq, hash) values (1, 0, ${sql.lit('0'.repeat(64))})`.execute(db);

  await (db.getExecutor().adapter instanceof PostgresAdapter ? refuseOnPostgres(db) : refuseOnSqlite(db));
}

async function refuseOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function audit_takes_no_change() returns trigger language plpgsql as $$
    begin
      raise exception '% takes no change', tg_table_name using errcode = 'insufficient_privilege';
    end $$`.execute(db);
  for (const table of ['audit_entry', 'audit_link']) {
    await sql`
      create trigger ${sql.ref(`${table}_no_change`)} before update or delete or truncate on ${sql.table(table)}
      for each statement execute function audit_takes_no_change()`.execute(db);
  }
}

async function refuseOnSqlite(db: Kysely<unknown>): Promise<void> {
  const tables = {
    audit_entry: sql`id = new.id`,
    audit_link: sql`seq = new.seq or entry_id = new.entry_id`,
  };
  for (const [table, same] of Object.entries(tables)) {
    const refuse = sql`begin select raise(abort, ${sql.lit(`${table} takes no change`)}); end`;
    const trigger = (name: string) => sql.ref(`${table}_${name}`);
    await sql`create trigger ${trigger('no_update')} before update on ${sql.table(table)} ${refuse}`.execute(db);
    await sql`create trigger ${trigger('no_delete')} before delete on ${sql.table(table)} ${refuse}`.execute(db);
    // "insert or replace" deletes without asking the trigger above.
    await sql`
      create trigger ${trigger('no_replace')} before insert on ${sql.table(table)}
      when exists (select 1 from ${sql.table(table)} where ${same}) ${refuse}`.execute(db);
  }
}
