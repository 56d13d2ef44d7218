import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { Problem } from '../problems.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/**
 * Brings the database up to this program: forward only, under the engine's own lock, all or nothing per run. Where there is
 * nothing to do, nothing but reading is done, so that a role without further rights can ask.
 * @returns the names of the migrations that ran now, oldest first.
 * @throws Problem `unavailable` when the database has been used by a newer Outlay, or when a migration fails (nothing of
 * it is left behind).
 */
export async function migrate<T>(db: Kysely<T>, migrations: Readonly<Record<string, Migration>> = allMigrations) {
  const executed = await listExecuted(db);
  const unknown = executed.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new Problem(
      'unavailable',
      `The database is newer than this program: it has "${unknown.join('", "')}", which this Outlay does not know. ` +
        'Nothing was changed. Start the newer Outlay again, or restore a backup from before the upgrade.',
    );
  }
  if (executed.length === Object.keys(migrations).length) return [];
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === 'Error')?.migrationName;
    throw new Problem(
      'unavailable',
      `The database could not be brought up to date${failed === undefined ? '' : ` ("${failed}" failed)`}. It was left as it was.`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}

/** What this program has and the database has not, and the other way round: both none where they fit together; and whether the database is empty. */
export async function compareMigrations<T>(db: Kysely<T>): Promise<{ missing: string[]; unknown: string[]; empty: boolean }> {
  const executed = await listExecuted(db);
  const known = Object.keys(allMigrations);
  return {
    missing: known.filter((name) => !executed.includes(name)),
    unknown: executed.filter((name) => !known.includes(name)),
    empty: executed.length === 0,
  };
}

/** @throws Problem `unavailable` for a database that this program would have to change before it can be read. */
export async function assertUpToDate<T>(db: Kysely<T>): Promise<void> {
  const { missing } = await compareMigrations(db);
  if (missing.length === 0) return;
  throw new Problem('unavailable', 'The database is older than this program, or empty. Run `npx outlay migrate` first.');
}

async function listExecuted<T>(db: Kysely<T>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}
