import { type SessionData, Store } from 'express-session';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import type { Clock } from '../web/clock.ts';
import { addSession, endSession, hashSessionId, type Beginning, touchSession } from './sessions.ts';
import { type SessionLimits, TOUCH_INTERVAL } from './session-limits.ts';
import { findViewer, type Viewer } from './viewer.ts';

/** How often sign-ins clear away what has ended, in milliseconds. */
const CLEARING_INTERVAL = 60_000;

/** What Passport keeps in the session: what to store when one begins, who it is when one is read. */
export type SignedIn = { readonly begins: Omit<Beginning, 'id_hash'>; readonly begunAt: Date } | { readonly viewer: Viewer };

declare module 'express-session' {
  interface SessionData {
    passport?: { user?: SignedIn };
  }
}

/**
 * express-session's sessions in our own table. A session is written once, when somebody signs in, and never changed:
 * so a request that was under way when its session ended cannot write it back to life.
 */
export class SessionStore extends Store {
  readonly #db: Database;
  readonly #ruleBook: RuleBook;
  /** Beginnings already written: express-session saves the session of the request that signs somebody in a second time. */
  readonly #written = new WeakSet<object>();
  readonly #limits: SessionLimits;
  readonly #now: Clock;
  #clearedAt = -Infinity;

  constructor(db: Database, ruleBook: RuleBook, limits: SessionLimits, now: Clock) {
    super();
    this.#db = db;
    this.#ruleBook = ruleBook;
    this.#limits = limits;
    this.#now = now;
  }

  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    answer(callback, async () => {
      const viewer = await findViewer(this.#db, hashSessionId(id), this.#ruleBook, this.#limits, this.#now);
      if (viewer === undefined) return null;
      await this.#noteUse(viewer);
      // A cookie without an end of its own goes when the browser closes; how long it counts is decided here, not there.
      return { cookie: { originalMaxAge: null }, passport: { user: new Seen(viewer) } };
    });
  }

  override set(id: string, session: SessionData, callback: (error?: unknown) => void = () => {}): void {
    const user = session.passport?.user;
    answer(callback, async () => {
      if (user === undefined) await endSession(this.#db, hashSessionId(id));
      else if ('begins' in user && !this.#written.has(user.begins)) {
        this.#written.add(user.begins);
        const session = { id_hash: hashSessionId(id), ...user.begins };
        await addSession(this.#db, session, user.begunAt, this.#limits, this.#now, this.#isToClear());
      }
    });
  }

  #isToClear(): boolean {
    const at = this.#now().getTime();
    // Also where the clock was set back.
    const isToClear = Math.abs(at - this.#clearedAt) >= CLEARING_INTERVAL;
    if (isToClear) this.#clearedAt = at;
    return isToClear;
  }

  /** When it is read, and not by `touch`, for which express-session would hold back the end of the answer. */
  async #noteUse({ seenAt, sessionIdHash }: Viewer): Promise<void> {
    // Not even asked of the database: on most requests there is nothing to write.
    if (this.#now().getTime() - seenAt.getTime() < TOUCH_INTERVAL) return;
    try {
      await touchSession(this.#db, sessionIdHash, this.#limits, this.#now);
    } catch (error) {
      // Where nothing can be written, what is there can still be read, for as long as the session counts without.
      if (!(error instanceof Problem && error.kind === 'unavailable')) throw error;
    }
  }

  override destroy(id: string, callback: (error?: unknown) => void = () => {}): void {
    answer(callback, async () => {
      await endSession(this.#db, hashSessionId(id));
    });
  }
}

/** Whoever a session was read for. */
class Seen {
  readonly viewer: Viewer;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** express-session writes the session down at the beginning and at the end of each request, to see whether it has changed. */
  toJSON(): string {
    return this.viewer.sessionIdHash;
  }
}

/** Hands a promise's outcome to express-session, which expects callbacks; what the callback itself throws is not ours. */
function answer<Result>(callback: (error: unknown, result?: Result) => void, work: () => Promise<Result>): void {
  work().then(
    (result) => process.nextTick(callback, null, result),
    (error: unknown) => process.nextTick(callback, error),
  );
}
