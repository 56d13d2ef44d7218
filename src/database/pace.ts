import { sql } from 'kysely';
import { isPostgres } from './engine.ts';
import type { Database } from './schema.ts';

/** How many times it is asked for nothing; the quickest counts, because only what is always there is the way to it. */
const TIMES = 5;

/** How quickly a database answers. */
export interface Pace {
  /** For asking for nothing and getting it, in milliseconds. */
  readonly roundTrip: number;
  /** For how long the oldest query of anybody has been running in it, and the oldest transaction in which nothing is asked has been open, in seconds. */
  readonly running: number;
  readonly idleInTransaction: number;
}

/** Asks the database itself; reads and changes nothing. On SQLite nobody else runs a query that we could ask about. */
export async function readPace(db: Database): Promise<Pace> {
  const roundTrips: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now();
    await sql`select 1`.execute(db);
    roundTrips.push(performance.now() - began);
  }
  const roundTrip = Math.min(...roundTrips);
  if (!isPostgres(db)) return { roundTrip, running: 0, idleInTransaction: 0 };
  // Of other users only who may see them is told; what is unknown counts as nothing.
  const { rows } = await sql<{ running: number; idle: number }>`
    select coalesce(max(extract(epoch from clock_timestamp() - query_start)) filter (where state = 'active'), 0)::float8 as running,
      coalesce(max(extract(epoch from clock_timestamp() - state_change)) filter (where state like 'idle in transaction%'), 0)::float8 as idle
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`.execute(
    db,
  );
  return { roundTrip, running: rows[0]?.running ?? 0, idleInTransaction: rows[0]?.idle ?? 0 };
}
