import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { TracesConfig } from '../config-traces.ts';
import { isPostgres } from '../database/engine.ts';
import type { Database } from '../database/schema.ts';
import { listen } from '../measured.ts';
import type { Clock } from '../web/clock.ts';
import { describeRequest, isByProgram, referenceOf } from '../web/request-log.ts';
import type { Span } from './otlp.ts';
import { type Caller, isSampled, newSpanId, newTraceId, readCaller } from './trace-context.ts';
import { TraceSender } from './trace-sender.ts';

/** How much is told of one request at most; what an import asks the database would have no end. */
const MOST_CHILDREN = 200;

export interface TracesParts {
  readonly config: TracesConfig;
  readonly db: Database;
  readonly now: Clock;
  readonly log: Logger;
}

type Child = Pick<Span, 'name' | 'attributes' | 'failed'>;

/**
 * What becomes of each request, as a span with one below it for each time that the database or the provider was asked. In none of them
 * is anything about anybody: no address, parameter, name, code or token.
 */
export class Traces implements AsyncDisposable {
  readonly #parts: TracesParts;
  readonly #sender: TraceSender;
  readonly #running = new AsyncLocalStorage<Trace>();
  readonly #listening = new DisposableStack();

  constructor(parts: TracesParts) {
    this.#parts = parts;
    this.#sender = new TraceSender(parts.config, randomUUID(), parts.log);
    const system = { 'db.system.name': isPostgres(parts.db) ? 'postgresql' : 'sqlite' };
    this.#listening.use(
      listen('query', ({ seconds, sql }) =>
        this.#running.getStore()?.add(seconds, () => ({ name: summaryOf(sql), attributes: system, failed: false })),
      ),
    );
    this.#listening.use(
      listen('provider', ({ seconds, answered, method, url, status }) =>
        this.#running.getStore()?.add(seconds, () => describeAsked(method, url, answered ? status : undefined)),
      ),
    );
  }

  /** Follows one request; to be called once it has its reference. */
  readonly follow: RequestHandler = (req, res, next) => {
    if (isByProgram(req)) return next();
    const caller = readCaller(req.get('traceparent'));
    const traceId = caller?.traceId ?? newTraceId();
    if (!isSampled(this.#parts.config.sampler, traceId, caller)) return next();
    const trace = new Trace(traceId, caller, this.#parts.now);
    res.once('close', () => {
      const { method, route, status } = describeRequest(req, res);
      const spans = trace.end({
        name: route === 'none' ? method : `${method} ${route}`,
        attributes: {
          'http.request.method': method === 'other' ? '_OTHER' : method,
          ...(route !== 'none' && { 'http.route': route }),
          'http.response.status_code': status,
          ...(status >= 500 && { 'error.type': String(status) }),
          'url.scheme': req.secure ? 'https' : 'http',
          'outlay.reference': referenceOf(res),
          'outlay.complete': res.writableFinished,
        },
        failed: status >= 500,
      });
      this.#sender.add(spans);
    });
    this.#running.run(trace, next);
  };

  /** Sends what waits now. */
  send(): Promise<void> {
    return this.#sender.send();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening.dispose();
    await this.#sender[Symbol.asyncDispose]();
  }
}

/** One request, from when it came until it is answered; what goes on after that is not part of it. */
class Trace {
  readonly #ids: Pick<Span, 'traceId' | 'spanId'>;
  readonly #caller: Caller | undefined;
  /** What is to be added to `performance.now()`, which no setting of the clock moves, for milliseconds since 1970. */
  readonly #epoch: number;
  readonly #began = performance.now();
  readonly #children: Span[] = [];
  #beyond = 0;
  #over = false;

  constructor(traceId: string, caller: Caller | undefined, now: Clock) {
    this.#ids = { traceId, spanId: newSpanId() };
    this.#caller = caller;
    this.#epoch = now().getTime() - this.#began;
  }

  /** What has just ended after so long. */
  add(seconds: number, describe: () => Child): void {
    if (this.#over) return;
    if (this.#children.length >= MOST_CHILDREN) return void (this.#beyond += 1);
    const ended = performance.now();
    this.#children.push({
      ...describe(),
      traceId: this.#ids.traceId,
      spanId: newSpanId(),
      parent: { spanId: this.#ids.spanId, remote: false },
      kind: 'client',
      // What the provider was asked by another request may have begun before this one.
      start: this.#epoch + Math.max(this.#began, ended - seconds * 1_000),
      end: this.#epoch + ended,
    });
  }

  /** @returns all that is told of it. */
  end({ name, attributes, failed }: Child): readonly Span[] {
    this.#over = true;
    const whole: Span = {
      ...this.#ids,
      parent: this.#caller && { spanId: this.#caller.spanId, remote: true },
      kind: 'server',
      name,
      start: this.#epoch + this.#began,
      end: this.#epoch + performance.now(),
      attributes: { ...attributes, ...(this.#beyond > 0 && { 'outlay.not_told': this.#beyond }) },
      failed,
    };
    return [whole, ...this.#children];
  }
}

/** The first word of a query and its first table, in our own words: never a value. */
function summaryOf(sql: string): string {
  const [, word = 'query'] = /^\s*([a-z]+)\b/i.exec(sql) ?? [];
  const [, table] = /\b(?:from|into|update)\s+"([a-z_]+)"/i.exec(sql) ?? [];
  return [word.toLowerCase(), ...(table === undefined ? [] : [table])].join(' ');
}

/** Without the query: that of a provider's address is nobody's business. @param status undefined where nobody answered. */
function describeAsked(method: string, url: string, status: number | undefined): Child {
  // The provider says its addresses, and what is none must not fail here.
  const asked = URL.parse(url);
  return {
    name: method,
    attributes: {
      'http.request.method': method,
      ...(asked !== null && { 'server.address': asked.hostname, 'url.path': asked.pathname }),
      ...(status === undefined ? { 'error.type': 'unreachable' } : { 'http.response.status_code': status }),
    },
    failed: status === undefined || status >= 400,
  };
}
