import type { Pace } from '../database/pace.ts';
import { type Finding, weak } from './finding.ts';

/** Beyond these, in milliseconds and seconds: every page asks a few times, and whoever holds a row keeps others waiting. */
const FAR = 20;
const LONG = 60;

/** What is to be said of how quickly a database answers; nothing where it does. */
export function judgePace({ roundTrip, running, idleInTransaction }: Pace): Finding[] {
  const found: Finding[] = [];
  if (roundTrip > FAR) {
    found.push(
      weak('database-far', `The database takes ${Math.round(roundTrip)} ms to answer nothing at all.`, {
        why: 'Each page asks it a few times, one after the other.',
        say: 'Let it run near Outlay, in the same network; or it is too busy.',
      }),
    );
  }
  if (running > LONG) {
    found.push(
      weak('slow-query', `A query has been running in the database for ${Math.round(running)} s.`, {
        why: 'An export or a backup of very much may take so long; anything else should not.',
        say: 'Look which one it is.',
        paste:
          "select pid, now() - query_start as since, query from pg_stat_activity where state = 'active' and datname = current_database() order by 2 desc",
      }),
    );
  }
  if (idleInTransaction > LONG) {
    found.push(
      weak(
        'open-transaction',
        `Somebody has had a transaction open for ${Math.round(idleInTransaction)} s without asking anything.`,
        {
          why: 'What it has changed is held: whoever wants to change the same waits. Outlay leaves none open.',
          say: 'End it where it was begun, or here.',
          paste:
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%' and state_change < now() - interval '1 minute'",
        },
      ),
    );
  }
  return found;
}
