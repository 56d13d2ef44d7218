import { sql } from 'kysely';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/open.ts';
import type { Database } from '../../src/database/schema.ts';
import { addRule } from '../../src/rights/rule-changes.ts';
import { addTeam } from '../../src/teams/teams.ts';
import type { Engine } from '../../test/databases.ts';
import { TEAM, TEAM_GROUP } from './people.ts';

/** How many people spend in the large team. */
const SPENDERS = 50;
/** How many of the latest expenses are still drafts, or wait for somebody; all before are settled. */
const RECENT = 2_000;
/** How many other teams and rules there are. */
const OTHERS = 50;

/**
 * Fills a database with one large team among others: so many expenses over three years, of 50 people in all categories, and what is kept
 * beside them (what the team has spent in all and by month, day, category and person), by the database itself. Indexes are dropped
 * meanwhile and made again.
 */
export async function fillWithLargeTeam(url: string, engine: Engine, rows: number): Promise<void> {
  const db = await openDatabase(url);
  await migrate(db);
  await db.transaction().execute(async (transaction) => {
    await addTeam(transaction, { id: TEAM, label: 'Large', currency: 'EUR' });
    await addRule(transaction, {
      claim: 'groups',
      operator: 'equals',
      value: TEAM_GROUP,
      gives: { role: 'member', teamId: TEAM },
    });
    for (let index = 0; index < OTHERS; index += 1) {
      const id = `team-${index}`;
      await addTeam(transaction, { id, label: `Team ${index}`, currency: 'EUR' });
      const gives = { role: 'member', teamId: id } as const;
      await addRule(transaction, { claim: 'groups', operator: 'equals', value: `group-${index}`, gives });
    }
  });
  const indexes = await listIndexes(db, engine);
  for (const { name } of indexes) await sql`drop index ${sql.ref(name)}`.execute(db);
  await insertExpenses(db, engine, rows);
  for (const { made } of indexes) await sql.raw(made).execute(db);
  await addSums(db);
  // What PostgreSQL does by itself within a minute.
  if (engine === 'postgres') await sql`vacuum analyze`.execute(db);
  else await sql`pragma wal_checkpoint(truncate)`.execute(db);
  await db.destroy();
}

/** Those that are made by a statement of their own, with that. */
async function listIndexes(db: Database, engine: Engine): Promise<readonly { name: string; made: string }[]> {
  const { rows } = await (engine === 'sqlite'
    ? sql<{ name: string; made: string }>`
          select name, sql as made from sqlite_master where type = 'index' and tbl_name = 'expense_row' and sql is not null`
    : sql<{ name: string; made: string }>`
          select indexname as name, indexdef as made from pg_indexes
          where tablename = 'expense_row' and indexname not like '%_pkey'`
  ).execute(db);
  return rows;
}

/** The text of a whole number in hexadecimal, and of an instant and a day so many seconds after 1 December 2023. */
const words = {
  sqlite: {
    numbers: (rows: number) =>
      sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${rows})`,
    hex: (n: string) => sql.raw(`printf('%012x', ${n})`),
    at: (seconds: string) => sql.raw(`strftime('%Y-%m-%dT%H:%M:%S.000Z', 1701388800 + ${seconds}, 'unixepoch')`),
    day: (seconds: string) => sql.raw(`strftime('%Y-%m-%d', 1701388800 + ${seconds}, 'unixepoch')`),
  },
  postgres: {
    numbers: (rows: number) => sql`with numbers (n) as (select generate_series(1, ${rows}::bigint))`,
    hex: (n: string) => sql.raw(`lpad(to_hex(${n}), 12, '0')`),
    at: (seconds: string) =>
      sql.raw(`to_char(to_timestamp(1701388800 + ${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`),
    day: (seconds: string) => sql.raw(`to_char(to_timestamp(1701388800 + ${seconds}) at time zone 'UTC', 'YYYY-MM-DD')`),
  },
} as const;

async function insertExpenses(db: Database, engine: Engine, rows: number): Promise<void> {
  const { numbers, hex, at, day } = words[engine];
  // Spread over three years of 94,608,000 seconds.
  const seconds = `((n * 94608000) / ${rows})`;
  const id = sql`'018c2000-0000-7000-8000-' || ${hex('n')}`;
  const spender = sql`'018c1000-0000-7000-8000-' || ${hex(`(n * 31) % ${SPENDERS}`)}`;
  const state = sql.raw(`case
    when n > ${rows - RECENT} then case n % 20 when 0 then 'draft' when 1 then 'rejected' when 2 then 'approved' else 'submitted' end
    when n % 97 = 0 then 'rejected' when n % 101 = 0 then 'withdrawn' else 'reimbursed' end`);
  await sql`
    insert into expense_row (id, team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id,
      spent_on, amount_minor, currency, team_amount_minor, state, decided_by, settled_by, logged_at, changed_at)
    ${numbers(rows)}, made as (
      select n, ${id} as id, ${spender} as spender_id, 'Person ' || ((n * 31) % ${sql.lit(SPENDERS)}) as spender, 100 + (n * 7919) % 99900 as amount,
        ${state} as state, ${at(seconds)} as logged_at, ${day(seconds)} as day
      from numbers
    )
    select id, ${TEAM}, spender_id, spender, spender_id, spender, 'Train to the customer, no. ' || n,
      case n % 4 when 0 then 'Deutsche Bahn' when 1 then 'SNCF' when 2 then 'Trenitalia' else '' end,
      case n % 2 when 0 then 'With the team; for the workshop' else '' end,
      case n % 5 when 0 then 'travel' when 1 then 'meals' when 2 then 'office' when 3 then 'software' else 'other' end,
      day, amount, 'EUR', amount, state,
      case when state in ('approved', 'rejected', 'reimbursed') then '018c1000-0000-7000-8000-ffffffffffff' end,
      case when state = 'reimbursed' then '018c1000-0000-7000-8000-ffffffffffff' end,
      logged_at, logged_at
    from made`.execute(db);
}

/** What is kept beside expenses: as `src/expenses/totals.ts` and `src/expenses/spending.ts` would have moved it. */
async function addSums(db: Database): Promise<void> {
  await sql`
    insert into team_total (team_id, state, expense_count, amount_minor)
    select team_id, state, count(*), sum(team_amount_minor) from expense_row group by team_id, state`.execute(db);
  const kinds = [
    ['team', sql`substr(spent_on, 1, 7)`, sql`''`],
    ['category', sql`spent_on`, sql`category_id`],
    ['person', sql`spent_on`, sql`coalesce(spender_id, '')`],
  ] as const;
  for (const [kind, period, about] of kinds)
    await sql`
      insert into spending (team_id, kind, period, about_id, expense_count, amount_minor)
      select team_id, ${sql.lit(kind)}, ${period}, ${about}, count(*), sum(team_amount_minor) from expense_row
      where state in ('submitted', 'approved', 'reimbursed') group by 1, 2, 3, 4`.execute(db);
}
