import { type Kysely, PostgresAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;

  await db.schema.alterTable('team').addColumn('archived_at', 'text').execute();

  // The claims that the provider last told of somebody, as rules are held against them; and whether it told their groups.
  await db.schema
    .alterTable('person')
    .addColumn('claims', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
  await db.schema
    .alterTable('person')
    .addColumn('groups_state', 'text', (column) =>
      column.notNull().defaultTo('absent').check(sql`groups_state in ('absent', 'overflowing', 'empty', 'present')`),
    )
    .execute();
  await db.schema.alterTable('person').addColumn('groups_told_at', 'text').execute();
  await db.schema.alterTable('person').addColumn('disabled_at', 'text').execute();
  // By bytes on both engines, so that pages of people follow each other in one order.
  await db.schema
    .alterTable('person')
    .addColumn('sort_name', postgres ? sql`text collate "C"` : 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update person set sort_name = lower(coalesce(name, '') || ' ' || coalesce(email, ''))`.execute(db);
  await db.schema.createIndex('person_sort_name').on('person').columns(['sort_name', 'id']).execute();

  await remakeRules(db);

  await db.schema
    .createTable('right_grant')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('team_id', 'text', (column) => column.references('team.id'))
    .addColumn('given_by', 'text', (column) => column.notNull())
    .addColumn('given_at', 'text', (column) => column.notNull())
    .addCheckConstraint('right_grant_role_fits_team', roleFitsTeam)
    .execute();
  await createOnceIndexes(db, 'right_grant', ['person_id']);
  // Each of the two above has half the rows, so neither helps a request to find all that somebody was given.
  await db.schema.createIndex('right_grant_person').on('right_grant').columns(['person_id']).execute();

  await db.schema
    .createTable('rule_book')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('version', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into rule_book (id, version) values (1, 'first')`.execute(db);
  await (postgres ? followOnPostgres(db) : followOnSqlite(db));
}

const roleFitsTeam = sql`(role in ('member', 'manager') and team_id is not null) or (role in ('admin', 'finance', 'auditor') and team_id is null)`;

/** Made anew, because SQLite cannot change a CHECK. */
async function remakeRules(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('new_rule')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('claim', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull().defaultTo('equals').check(sql`operator in ('equals', 'matches')`))
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('team_id', 'text', (column) => column.references('team.id'))
    .addCheckConstraint('new_rule_role_fits_team', roleFitsTeam)
    .execute();
  await sql`insert into new_rule (id, claim, value, role, team_id) select id, claim, value, role, team_id from rule`.execute(db);
  await db.schema.dropTable('rule').execute();
  await db.schema.alterTable('new_rule').renameTo('rule').execute();
  await createOnceIndexes(db, 'rule', ['claim', 'operator', 'value']);
}

/** Two indexes, because NULLs count as different from each other in a unique index on both engines. */
async function createOnceIndexes(db: Kysely<unknown>, table: string, columns: string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_team_once`)
    .on(table)
    .columns([...columns, 'role', 'team_id'])
    .unique()
    .where(sql.ref('team_id'), 'is not', null)
    .execute();
  await db.schema
    .createIndex(`${table}_organisation_once`)
    .on(table)
    .columns([...columns, 'role'])
    .unique()
    .where(sql.ref('team_id'), 'is', null)
    .execute();
}

/** Whoever changes a rule, by whatever means, changes the version: so every process sees on its next request that it must read anew. */
async function followOnSqlite(db: Kysely<unknown>): Promise<void> {
  for (const event of ['insert', 'update', 'delete']) {
    await sql
      .raw(
        `create trigger rule_${event}_changes_version after ${event} on rule begin
           update rule_book set version = lower(hex(randomblob(16)));
         end`,
      )
      .execute(db);
  }
}

async function followOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function change_rule_book_version() returns trigger language plpgsql as $$
    begin
      update rule_book set version = gen_random_uuid()::text;
      return null;
    end $$`.execute(db);
  await sql`create trigger rule_changes_version after insert or update or delete or truncate on rule
    for each statement execute function change_rule_book_version()`.execute(db);
}
