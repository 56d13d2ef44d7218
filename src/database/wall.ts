import { sql } from 'kysely';
import { Problem } from '../problems.ts';
import { isPostgres } from './engine.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';

/** What Outlay's own role may do with a table, where that is not everything short of changing the table itself. */
const rights: Readonly<Record<string, string>> = {
  audit_entry: 'select, insert',
  audit_link: 'select, insert',
  audit_head: 'select, update',
  rule_book: 'select, update',
  accountant_file: 'select, insert',
  audit_pending: 'select, insert, delete',
  expense: 'select',
  kysely_migration: 'select',
  kysely_migration_lock: '',
};
const USUAL_RIGHTS = 'select, insert, update, delete';

/**
 * Brings the database up to this program, and says anew what its own role may do where another one owns the tables.
 * @param ownerUrl that other role's address; without one, `db` owns what it uses.
 * @returns the names of the migrations that ran now, oldest first.
 * @throws Problem `unavailable` as `migrate` does, and where the two addresses do not fit together.
 */
export async function bringUpToDate(db: Database, ownerUrl: string | undefined): Promise<string[]> {
  if (ownerUrl === undefined) return migrate(db);
  const owner = await openDatabase(ownerUrl, 'DATABASE_OWNER_URL');
  try {
    const [application, owning] = [await whoIs(db), await whoIs(owner)];
    if (application.database !== owning.database) {
      throw new Problem('unavailable', 'DATABASE_URL and DATABASE_OWNER_URL name different databases. Nothing was changed.');
    }
    if (application.role === owning.role) {
      throw new Problem(
        'unavailable',
        `DATABASE_URL and DATABASE_OWNER_URL name the same user, "${owning.role}", so nothing would stand between. Nothing was changed.`,
      );
    }
    const ran = await migrate(owner);
    await grantTo(owner, application.role);
    return ran;
  } finally {
    await owner.destroy();
  }
}

async function whoIs(db: Database): Promise<{ database: string; role: string }> {
  const asked = sql<{ database: string; role: string }>`select current_database() as database, current_user as role`;
  const { rows } = await asked.execute(db);
  const [row] = rows;
  if (row === undefined) throw new TypeError('PostgreSQL does not say who we are');
  return row;
}

/** Exactly these rights, at once: whatever the role had before is gone, and no moment is without them. */
async function grantTo(owner: Database, role: string): Promise<void> {
  const name = sql.id(role);
  try {
    await owner.transaction().execute(async (transaction) => {
      // Several processes may start at once; PostgreSQL fails where two change the rights of one table together.
      await sql`select pg_advisory_xact_lock(hashtext('outlay rights'))`.execute(transaction);
      const { rows } = await sql<{ schema: string; table: string | null }>`
        select current_schema() as schema, name as "table" from (select 1) as one left join (
          select schemaname, tablename as name from pg_tables union all select schemaname, viewname from pg_views
        ) as relation on schemaname = current_schema()`.execute(transaction);
      const schema = sql.id(rows[0]?.schema ?? 'public');
      await sql`revoke all on schema ${schema} from ${name}`.execute(transaction);
      await sql`grant usage on schema ${schema} to ${name}`.execute(transaction);
      await sql`revoke all on all tables in schema ${schema} from ${name}`.execute(transaction);
      for (const { table } of rows) {
        const allowed = table === null ? '' : (rights[table] ?? USUAL_RIGHTS);
        if (table === null || allowed === '') continue;
        await sql`grant ${sql.raw(allowed)} on ${schema}.${sql.id(table)} to ${name}`.execute(transaction);
      }
    });
  } catch (cause) {
    throw new Problem(
      'unavailable',
      `The rights of the database user "${role}" cannot be set. Every table and the database itself must belong to the user of ` +
        'DATABASE_OWNER_URL; docs/operations.md has the SQL.',
      { cause },
    );
  }
}

/**
 * Whether this role could change what the audit record says: it owns the tables or what they lie in, is a member of whoever
 * does, or has been given more than it needs. False on SQLite, which has no roles.
 */
export async function canChangeAudit(db: Database): Promise<boolean> {
  if (!isPostgres(db)) return false;
  const { rows } = await sql<{ found: number }>`
    select 1 as found from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid in (to_regclass('audit_entry'), to_regclass('audit_link'))
      and (pg_has_role(current_user, relowner, 'member') or pg_has_role(current_user, nspowner, 'member')
        or has_table_privilege(pg_class.oid, 'delete, truncate, trigger') or has_any_column_privilege(pg_class.oid, 'update'))`.execute(
    db,
  );
  return rows.length > 0;
}
