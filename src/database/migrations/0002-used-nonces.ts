import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('used_nonce')
    .addColumn('nonce_hash', 'text', (column) => column.primaryKey())
    .addColumn('used_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('used_nonce_used_at').on('used_nonce').columns(['used_at']).execute();
}
