import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { describeFailure } from '../web/failure.ts';
import { clearStopped } from './imports.ts';

/** How often what nobody goes on with is looked for, in milliseconds. */
const INTERVAL = 60_000;

/**
 * Ends and removes what nobody goes on with, once a minute, so that a file lies no longer than it is said to, and an import whose
 * process has died ends without anybody's doing. A failure is logged once until it works again.
 */
export function startClearing(db: Database, log: Logger, now: Clock, interval = INTERVAL): AsyncDisposable {
  let failing = false;
  let underWay: Promise<void> | undefined;

  async function clear(): Promise<void> {
    try {
      await clearStopped(db, now());
      failing = false;
    } catch (error) {
      if (!failing)
        log.error({ event: 'imports-not-cleared', failure: describeFailure(error) }, 'files of imports were not removed');
      failing = true;
    }
  }

  const timer = setInterval(() => {
    underWay ??= clear().finally(() => {
      underWay = undefined;
    });
  }, interval).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await underWay;
    },
  };
}
