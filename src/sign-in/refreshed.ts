import type { Clock } from '../web/clock.ts';

/** Older than this, in milliseconds, something is asked for again while what is known still serves. */
const FRESH = 60_000;
/** Older than this, in milliseconds, the answer is waited for, so that what was withdrawn stops counting. */
const MAX_AGE = 10 * 60_000;
/** Where there is no answer, what was known before counts for this long, in milliseconds. */
const MAX_STALE = 24 * 60 * 60_000;

export interface RefreshedEvents {
  /** Told of failures after which what was known goes on. */
  readonly onFailure: (error: unknown) => void;
  /** Whether the provider is there, although its answer is not believed: then what was known before still holds. */
  readonly leavesKnown: (error: unknown) => boolean;
}

/**
 * Something that the provider publishes: fetched when it is first needed and once however many need it, refreshed in the
 * background, and kept while the provider is away.
 */
export class Refreshed<Value> {
  readonly #fetchValue: () => Promise<Value>;
  readonly #now: Clock;
  readonly #events: RefreshedEvents;
  #known: { readonly value: Value; readonly at: number } | undefined;
  #pending: Promise<Value> | undefined;
  #doubted = false;
  /** When it was last asked for in vain, in milliseconds; and when the answer was one that leaves what is known as it was. */
  #failedAt = -Infinity;
  #leftAt = -Infinity;

  constructor(fetchValue: () => Promise<Value>, now: Clock, events: RefreshedEvents) {
    this.#fetchValue = fetchValue;
    this.#now = now;
    this.#events = events;
  }

  /** What was fetched last, whatever its age. */
  get known(): Value | undefined {
    return this.#known?.value;
  }

  /** @throws what fetching threw, where nothing is known or what is known is older than a day. */
  async current(): Promise<Value> {
    const known = this.#known;
    const age = this.#age();
    if (known === undefined || age >= MAX_STALE) return this.refresh();
    if (age < FRESH || this.#since(this.#failedAt) < FRESH) return known.value;
    const refreshed = this.refresh().catch((error: unknown) => {
      this.#events.onFailure(error);
      return known.value;
    });
    return age < MAX_AGE ? known.value : refreshed;
  }

  /**
   * What is known if the provider was there within the last minute and nobody has doubted it; else its answer, waited for.
   * @throws what fetching threw, unless that leaves what is known as it was.
   */
  async confirmed(): Promise<Value> {
    const known = this.#age() < MAX_STALE ? this.#known : undefined;
    if (known !== undefined && !this.#doubted && Math.min(this.#age(), this.#since(this.#leftAt)) < FRESH) return known.value;
    try {
      return await this.refresh();
    } catch (error) {
      if (known === undefined || !this.#events.leavesKnown(error)) throw error;
      this.#events.onFailure(error);
      return known.value;
    }
  }

  /** Says that the provider did not answer elsewhere, so that the next who wants to be sure asks first. */
  doubt(): void {
    this.#doubted = true;
  }

  /** Asks now; callers that come meanwhile wait for the same answer. */
  refresh(): Promise<Value> {
    this.#pending ??= this.#fetchValue()
      .then(
        (value) => {
          this.#known = { value, at: this.#now().getTime() };
          this.#doubted = false;
          return value;
        },
        (error: unknown) => {
          this.#failedAt = this.#now().getTime();
          if (this.#events.leavesKnown(error)) {
            this.#leftAt = this.#failedAt;
            this.#doubted = false;
          }
          throw error;
        },
      )
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #age(): number {
    return this.#since(this.#known?.at ?? -Infinity);
  }

  #since(at: number): number {
    return this.#now().getTime() - at;
  }
}
