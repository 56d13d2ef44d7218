import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { held } from '../web/held.ts';
import { within } from '../web/within.ts';

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
  readonly now: () => Promise<ReadyState>;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
    this.now = held(() => this.#look(), HOLDS, parts.now);
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
  return within(PATIENCE, asked).then(
    () => true,
    () => false,
  );
}
