import { type Kysely, PostgresAdapter, sql } from 'kysely';

/**
 * What is shown of a team has a version that every change of it moves, by whatever means it is changed: so that a page may be kept for
 * as long as the version is the same (docs/decisions/0034). The one without a team is of what all teams share.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('data_version')
    .addColumn('team_id', 'text', (column) => column.primaryKey())
    .addColumn('version', 'text', (column) => column.notNull())
    .execute();
  await (db.getExecutor().adapter instanceof PostgresAdapter ? moveOnPostgres(db) : moveOnSqlite(db));
}

/** What people are called stands beside what they spent; whatever else of a person changes is not shown of a team. */
const RENAMED = 'old.name is distinct from new.name or old.email is distinct from new.email';

async function moveOnSqlite(db: Kysely<unknown>): Promise<void> {
  const moves: readonly (readonly [table: string, events: readonly string[], team: string, when?: string])[] = [
    // What an import has written is shown from the instant on at which it is no longer pending.
    ['expense_row', ['insert'], 'new.team_id', shown('new')],
    ['expense_row', ['delete'], 'old.team_id', shown('old')],
    ['expense_row', ['update'], 'new.team_id'],
    ['expense_row', ['update of team_id'], 'old.team_id'],
    ['import_pending', ['delete'], '(select team_id from import where id = old.import_id)'],
    ['team', ['update'], 'new.id'],
    ['budget', ['insert', 'update'], 'new.team_id'],
    ['budget', ['delete'], 'old.team_id'],
    ['category', ['insert', 'update', 'delete'], `''`],
    ['person', ['update'], `''`, RENAMED.replaceAll('is distinct from', 'is not')],
  ];
  for (const [table, events, team, when] of moves)
    for (const event of events)
      await sql
        .raw(
          `create trigger ${table}_${event.replaceAll(' ', '_')}_moves_version after ${event} on ${table}
             ${when === undefined ? '' : `when ${when}`} begin
             insert into data_version (team_id, version) values (${team}, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end`,
        )
        .execute(db);
}

function shown(row: 'new' | 'old'): string {
  return `${row}.import_id is null or ${row}.import_id not in (select import_id from import_pending)`;
}

/** By statement, so that a statement that writes many rows moves the version once. */
async function moveOnPostgres(db: Kysely<unknown>): Promise<void> {
  const teams: Readonly<Record<string, string>> = {
    changed: `select team_id from changed`,
    shown: `select team_id from changed where import_id is null or import_id not in (select import_id from import_pending)`,
    both: `select team_id from was union select team_id from changed`,
    landed: `select import.team_id from changed join import on import.id = changed.import_id`,
    themselves: `select id from changed`,
    shared: `select ''`,
  };
  for (const [name, query] of Object.entries(teams))
    await sql
      .raw(
        `create function move_version_of_${name}() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (${query}) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$`,
      )
      .execute(db);
  for (const [table, event, rows, name] of [
    ['expense_row', 'insert', 'new table as changed', 'shown'],
    ['expense_row', 'delete', 'old table as changed', 'shown'],
    ['expense_row', 'update', 'old table as was new table as changed', 'both'],
    ['import_pending', 'delete', 'old table as changed', 'landed'],
    ['team', 'update', 'new table as changed', 'themselves'],
    ['budget', 'insert', 'new table as changed', 'changed'],
    ['budget', 'delete', 'old table as changed', 'changed'],
    ['budget', 'update', 'old table as was new table as changed', 'both'],
  ] as const)
    await sql
      .raw(
        `create trigger ${table}_${event}_moves_version after ${event} on ${table}
           referencing ${rows} for each statement execute function move_version_of_${name}()`,
      )
      .execute(db);
  await sql
    .raw(
      `create trigger category_moves_version after insert or update or delete on category
         for each statement execute function move_version_of_shared()`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger person_moves_version after update on person
         for each row when (${RENAMED}) execute function move_version_of_shared()`,
    )
    .execute(db);
}
