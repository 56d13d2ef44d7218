import type { Logger } from 'pino';
import type { TracesConfig } from '../config-traces.ts';
import { describeFailure } from '../web/failure.ts';
import { within } from '../web/within.ts';
import { otlpTraces, type Span } from './otlp.ts';

/** How many spans wait at most, and how many are sent at once. */
const MOST_WAITING = 2_048;
const MOST_AT_ONCE = 512;
/** How often what waits is sent, how long a receiver may take, and how long the last of it holds up the end; in milliseconds. */
const EVERY = 5_000;
const PATIENCE = 10_000;
const LAST_PATIENCE = 2_000;
/** What a receiver says that has no room just now (OTLP/HTTP, "Retryable Response Codes"). */
const LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends spans away, some at a time and one request after the other. No request of anybody's ever waits for it. */
export class TraceSender implements AsyncDisposable {
  readonly #config: TracesConfig;
  readonly #resource: Readonly<Record<string, string>>;
  readonly #log: Logger;
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  #failing = false;

  constructor(config: TracesConfig, instance: string, log: Logger) {
    this.#config = config;
    this.#resource = { 'service.instance.id': instance, 'telemetry.sdk.language': 'nodejs', ...config.resource };
    this.#log = log;
    this.#timer = setInterval(() => void this.send(), EVERY).unref();
  }

  /** Where too many wait, the oldest are dropped. */
  add(spans: readonly Span[]): void {
    this.#waiting.push(...spans);
    if (this.#waiting.length > MOST_WAITING) this.#waiting = this.#waiting.slice(-MOST_WAITING);
    if (this.#waiting.length >= MOST_AT_ONCE && !this.#failing) void this.send();
  }

  /** Sends what waits, until there is nothing left or the receiver does not take it; never rejects. */
  send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, MOST_AT_ONCE);
      const refusal = await this.#post(spans).catch((error: unknown) => ({ failure: describeFailure(error), later: true }));
      if (refusal === undefined) {
        this.#failing = false;
        continue;
      }
      if (refusal.later) this.#waiting = [...spans, ...this.#waiting].slice(-MOST_WAITING);
      const { later: _later, ...why } = refusal;
      if (!this.#failing && !this.#ended.signal.aborted) {
        this.#log.warn({ event: 'traces-not-sent', ...why }, 'traces are not taken; newer ones take the place of older ones');
      }
      this.#failing = true;
      return;
    }
  }

  /** @returns undefined where they were taken. */
  async #post(spans: readonly Span[]) {
    const response = await fetch(this.#config.endpoint, {
      method: 'POST',
      headers: { ...this.#config.headers, 'content-type': 'application/json' },
      body: otlpTraces(this.#resource, spans),
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), this.#ended.signal]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : { status: response.status, later: LATER.has(response.status) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    // Once for what is under way, and once for what has come since.
    await within(
      LAST_PATIENCE,
      this.send().then(() => this.send()),
    ).catch(() => {});
    this.#ended.abort();
  }
}
