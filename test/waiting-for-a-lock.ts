import { sql } from 'kysely';
import type { Database } from '../src/database/schema.ts';
import { until } from './raw-request.ts';

/**
 * Until this work, begun while a transaction is open, has come as far as it can: until it waits for a lock, or has ended. On SQLite it has
 * not even begun, because one connection does one thing after the other.
 */
export async function untilItWaits(db: Database, engine: 'sqlite' | 'postgres', work: Promise<unknown>): Promise<void> {
  if (engine === 'sqlite') return;
  let isOver = false;
  const ended = () => void (isOver = true);
  work.then(ended, ended);
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => isOver || (await waiting.execute(db)).rows.length > 0);
}
