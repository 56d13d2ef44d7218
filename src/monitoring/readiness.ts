import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';

/** What programs that watch are told: whether requests can be sent here, and what is missing. */
export interface ReadyState {
  /** Degraded: whoever is signed in works on, and nobody else can sign in. */
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly database: 'answers' | 'does not answer';
  readonly provider: 'answers' | 'does not answer';
}

export interface ReadinessParts {
  readonly db: Database;
  /** Rejects where the provider cannot be used; asks it once in a minute at most. */
  readonly reach: () => Promise<void>;
  readonly now: Clock;
}

/** How long an answer holds, in milliseconds: anybody may ask, and the database is asked once for all of them. */
const HOLDS = 1_000;
/** How long either may take to answer, in milliseconds. */
const PATIENCE = 2_000;

export class Readiness {
  readonly #parts: ReadinessParts;
  #known: { readonly until: number; readonly state: Promise<ReadyState> } | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  async now(): Promise<ReadyState> {
    const at = this.#parts.now().getTime();
    // Also where the clock was put back.
    if (this.#known === undefined || at >= this.#known.until || at < this.#known.until - HOLDS)
      this.#known = { until: at + HOLDS, state: this.#look() };
    return this.#known.state;
  }

  async #look(): Promise<ReadyState> {
    const { db, reach } = this.#parts;
    const [database, provider] = await Promise.all([
      answers(db.selectFrom('rule_book').select('version').executeTakeFirstOrThrow()),
      answers(reach()),
    ]);
    const status = !database ? 'unavailable' : provider ? 'ready' : 'degraded';
    const said = (answered: boolean) => (answered ? 'answers' : 'does not answer');
    return { status, database: said(database), provider: said(provider) };
  }
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const limit = setTimeout(() => late.resolve(false), PATIENCE);
  const answered = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late.promise]).finally(() => clearTimeout(limit));
}
