import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { describeFailure } from '../web/failure.ts';
import { type NewAuditEntry, recordAudit } from './record.ts';

/** How many refusals one process records within a minute: strangers can cause them, and must not fill the database. */
export const REFUSALS_PER_MINUTE = 60;

/** How many of them are of one person who is signed in, so that nobody hides behind their own. */
export const REFUSALS_OF_ONE = 10;

export interface RefusalParts {
  readonly db: Database;
  readonly now: Clock;
  readonly log: Logger;
}

/**
 * Records what was refused, within a bound. The one that fills it says so (`furtherInLogOnly`); those after it stand in the
 * log alone until the minute is over.
 */
export class RefusalRecord {
  readonly #parts: RefusalParts;
  #minute = Number.NaN;
  #recorded = 0;
  readonly #recordedOf = new Map<string, number>();

  constructor(parts: RefusalParts) {
    this.#parts = parts;
  }

  /**
   * Never fails: that something was refused counts more than that it is recorded. What could not be recorded is logged.
   * @param findAbout asked only where there is room, whom or what it is about.
   */
  async add(entry: NewAuditEntry, findAbout?: (db: Database) => Promise<NewAuditEntry['about']>): Promise<void> {
    const { db, now, log } = this.#parts;
    const minute = Math.floor(now().getTime() / 60_000);
    if (minute !== this.#minute) {
      [this.#minute, this.#recorded] = [minute, 0];
      this.#recordedOf.clear();
    }
    const ofThem = this.#recordedOf.get(entry.by?.id ?? '') ?? 0;
    if (this.#recorded === REFUSALS_PER_MINUTE || ofThem === REFUSALS_OF_ONE) return;
    this.#recorded += 1;
    if (entry.by !== undefined) this.#recordedOf.set(entry.by.id, ofThem + 1);
    const isLast = this.#recorded === REFUSALS_PER_MINUTE || ofThem + 1 === REFUSALS_OF_ONE;
    const detail = isLast ? { furtherInLogOnly: true, ...entry.detail } : entry.detail;
    try {
      const about = entry.about ?? (await findAbout?.(db));
      await recordAudit(db, { ...entry, about, detail }, now);
    } catch (error) {
      const { action, reference } = entry;
      log.error({ event: 'not-recorded', action, reference, failure: describeFailure(error) }, 'a refusal is not in the record');
    }
  }
}
