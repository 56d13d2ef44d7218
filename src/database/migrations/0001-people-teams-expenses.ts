import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('person')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('email', 'text')
    .addColumn('email_verified', 'integer', (column) => column.notNull().check(sql`email_verified in (0, 1)`))
    .addColumn('admitted_at', 'text', (column) => column.notNull())
    .addColumn('signed_in_at', 'text', (column) => column.notNull())
    .addUniqueConstraint('person_issuer_subject', ['issuer', 'subject'])
    .execute();

  await db.schema
    .createTable('session')
    .addColumn('id_hash', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('sid', 'text')
    .addColumn('auth_time', 'text')
    .addColumn('acr', 'text')
    .addColumn('sealed_id_token', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('session_person').on('session').columns(['person_id']).execute();
  await db.schema.createIndex('session_issuer_sid').on('session').columns(['issuer', 'sid']).execute();
  await db.schema.createIndex('session_issuer_subject').on('session').columns(['issuer', 'subject']).execute();
  await db.schema.createIndex('session_seen_at').on('session').columns(['seen_at']).execute();

  await db.schema
    .createTable('team')
    // Part of an address; the whole of the rule stands in teams.ts, this much in SQL that both engines know.
    .addColumn('id', 'text', (column) =>
      column.primaryKey().check(sql`id = lower(id) and length(id) between 1 and 64 and substr(id, 1, 1) <> '-'`),
    )
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull().check(sql`length(currency) = 3`))
    .execute();

  await db.schema
    .createTable('rule')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('claim', 'text', (column) => column.notNull().check(sql`claim in ('email')`))
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role in ('member', 'admin')`))
    .addColumn('team_id', 'text', (column) => column.references('team.id'))
    .addCheckConstraint('rule_team_fits_role', sql`(role = 'admin') = (team_id is null)`)
    .execute();
  // Two indexes, because NULLs count as different from each other in a unique index on both engines.
  await db.schema
    .createIndex('rule_team_once')
    .on('rule')
    .columns(['claim', 'value', 'team_id', 'role'])
    .unique()
    .where(sql.ref('team_id'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('rule_organisation_once')
    .on('rule')
    .columns(['claim', 'value', 'role'])
    .unique()
    .where(sql.ref('team_id'), 'is', null)
    .execute();

  // 9007199254740991 is the largest whole number JavaScript holds exactly; no amount and no total may pass it.
  await db.schema
    .createTable('expense')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('spender_name', 'text', (column) => column.notNull())
    .addColumn('item', 'text', (column) => column.notNull())
    .addColumn('amount_minor', 'bigint', (column) =>
      column.notNull().check(sql`amount_minor > 0 and amount_minor <= 9007199254740991`),
    )
    .addColumn('currency', 'text', (column) => column.notNull().check(sql`length(currency) = 3`))
    .addColumn('logged_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('expense_team_newest').on('expense').columns(['team_id', 'logged_at', 'id']).execute();

  await db.schema
    .createTable('team_total')
    .addColumn('team_id', 'text', (column) => column.primaryKey().references('team.id'))
    .addColumn('expense_count', 'bigint', (column) => column.notNull().check(sql`expense_count >= 0`))
    .addColumn('amount_minor', 'bigint', (column) =>
      column.notNull().check(sql`amount_minor >= 0 and amount_minor <= 9007199254740991`),
    )
    .execute();

  await db.schema
    .createTable('sample_organisation')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('loaded_at', 'text', (column) => column.notNull())
    .execute();
}
