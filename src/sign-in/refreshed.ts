import type { Clock } from '../web/clock.ts';

/** Older than this, in milliseconds, something is asked for again while what is known still serves. */
const FRESH = 60_000;
/** Older than this, in milliseconds, the answer is waited for, so that what was withdrawn stops counting. */
const MAX_AGE = 10 * 60_000;
/** Where there is no answer, what was known before counts for this long, in milliseconds. */
const MAX_STALE = 24 * 60 * 60_000;

/**
 * Something that the provider publishes: fetched when it is first needed and once however many need it, refreshed in the
 * background, and kept while the provider is away.
 */
export class Refreshed<Value> {
  readonly #fetchValue: () => Promise<Value>;
  readonly #now: Clock;
  /** Told of failures that nobody waits for. */
  readonly #onFailure: (error: unknown) => void;
  #known: { readonly value: Value; readonly at: number } | undefined;
  #pending: Promise<Value> | undefined;
  #doubted = false;

  constructor(fetchValue: () => Promise<Value>, now: Clock, onFailure: (error: unknown) => void = () => {}) {
    this.#fetchValue = fetchValue;
    this.#now = now;
    this.#onFailure = onFailure;
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
    if (age < FRESH) return known.value;
    const refreshed = this.refresh().catch((error: unknown) => {
      this.#onFailure(error);
      return known.value;
    });
    return age < MAX_AGE ? known.value : refreshed;
  }

  /**
   * What is known if it is fresh and nobody has doubted it; else the provider's answer, waited for.
   * @throws what fetching threw.
   */
  async confirmed(): Promise<Value> {
    return this.#known !== undefined && this.#age() < FRESH && !this.#doubted ? this.#known.value : this.refresh();
  }

  /** Says that the provider did not answer elsewhere, so that the next who wants to be sure asks first. */
  doubt(): void {
    this.#doubted = true;
  }

  /** Asks now; callers that come meanwhile wait for the same answer. */
  refresh(): Promise<Value> {
    this.#pending ??= this.#fetchValue()
      .then((value) => {
        this.#known = { value, at: this.#now().getTime() };
        this.#doubted = false;
        return value;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #age(): number {
    return this.#known === undefined ? Infinity : this.#now().getTime() - this.#known.at;
  }
}
