import { type Kysely, sql } from 'kysely';

/** Made anew and not changed: a session that began before says neither when it ends nor where it began, so people sign in again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('session').execute();
  await db.schema
    .createTable('session')
    .addColumn('id_hash', 'text', (column) => column.primaryKey())
    .addColumn('person_id', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('sid', 'text')
    .addColumn('auth_time', 'text')
    .addColumn('acr', 'text')
    .addColumn('amr', 'text', (column) => column.notNull())
    .addColumn('nonce_hash', 'text', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('sealed_id_token', 'text', (column) => column.notNull())
    .addColumn('sealed_refresh_token', 'text')
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .addColumn('ends_at', 'text', (column) => column.notNull())
    .addColumn('revalidate_at', 'text')
    .addCheckConstraint('session_revalidates_by_token', sql`(revalidate_at is null) = (sealed_refresh_token is null)`)
    .execute();
  await db.schema.createIndex('session_person').on('session').columns(['person_id']).execute();
  await db.schema.createIndex('session_issuer_sid').on('session').columns(['issuer', 'sid']).execute();
  await db.schema.createIndex('session_issuer_subject').on('session').columns(['issuer', 'subject']).execute();
  await db.schema.createIndex('session_seen_at').on('session').columns(['seen_at']).execute();
  await db.schema.createIndex('session_ends_at').on('session').columns(['ends_at']).execute();

  await db.schema
    .createTable('access_end')
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('sid', 'subject')`))
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('access_end_key', ['issuer', 'kind', 'value'])
    .execute();
  await db.schema.createIndex('access_end_ended_at').on('access_end').columns(['ended_at']).execute();

  await db.schema
    .createTable('used_logout_token')
    .addColumn('jti_hash', 'text', (column) => column.primaryKey())
    .addColumn('used_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('used_logout_token_used_at').on('used_logout_token').columns(['used_at']).execute();
}
