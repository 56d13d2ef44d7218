import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Colleagues, type Gathered, type ToldMetric } from '../colleagues.ts';
import type { Database } from '../database/schema.ts';
import { listen } from '../measured.ts';
import { counts, type SessionLimits } from '../people/session-limits.ts';
import type { Clock } from '../web/clock.ts';
import { Counter, Gauge, Histogram, labelled, linesOf, type Metric } from './prometheus.ts';

/** Bounds of what people wait for, in seconds. */
const answers = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const queries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export interface MetricsParts {
  readonly db: Database;
  readonly limits: SessionLimits;
  /** By how many seconds the provider's clock is ahead; undefined before it has answered. */
  readonly clockOffset: () => number | undefined;
  /** How the backups stand that Outlay makes by itself; undefined where it makes none. */
  readonly backups?: (() => Promise<WatchedBackups>) | undefined;
  readonly now: Clock;
  /** Whether this is one of several workers, which answer for each other. */
  readonly worker?: boolean;
}

export interface WatchedBackups {
  readonly made: Date | undefined;
  readonly rehearsed: Date | undefined;
  /** How often one is made, in milliseconds. */
  readonly every: number;
}

/** All that can be seen of this process from outside, counted from when it was made until it is disposed of. */
export class Metrics implements Disposable {
  readonly #parts: MetricsParts;
  readonly #colleagues: Colleagues | undefined;
  readonly #listening = new DisposableStack();
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #requests = new Counter('outlay_requests_total', 'Answers, by method, route and status.');
  readonly #durations = new Histogram('outlay_request_duration_seconds', 'How long answers took, by route.', answers);
  readonly #signIns = new Counter('outlay_sign_ins_total', 'Sign-ins that came back from the provider, by result and reason.');
  readonly #recorded = new Counter('outlay_audited_total', 'What the audit record was given, by action: decisions, for example.');
  readonly #queries = new Histogram('outlay_query_duration_seconds', 'How long the database took.', queries);
  readonly #provider = new Histogram(
    'outlay_provider_duration_seconds',
    'How long the provider took, by whether it answered.',
    answers,
  );
  readonly #sessions = new Gauge('outlay_sessions', 'Sessions that have not ended, in all processes.');
  readonly #unlinked = new Gauge('outlay_audit_pending', 'Entries of the audit record that have no place in its chain yet.');
  readonly #clock = new Gauge('outlay_provider_clock_offset_seconds', 'By how much the provider’s clock is ahead of ours.');
  readonly #loop = new Gauge('outlay_event_loop_delay_seconds', 'How late the process was since it was last asked, by quantile.');
  readonly #memory = new Gauge('outlay_memory_bytes', 'Memory of the process, by kind.');
  readonly #processor = new Gauge('outlay_processor_seconds', 'Processor time that the process has used.');
  readonly #started = new Gauge('outlay_start_time_seconds', 'When the process started, in seconds since 1970.');

  readonly #backup = new Gauge(
    'outlay_backup_time_seconds',
    'When the last whole backup was made, in seconds since 1970; 0: never.',
  );
  readonly #backupInterval = new Gauge('outlay_backup_interval_seconds', 'How often a backup is made.');
  readonly #rehearsal = new Gauge('outlay_backup_rehearsal_time_seconds', 'When a backup was last rehearsed; 0: never.');

  constructor(parts: MetricsParts) {
    this.#parts = parts;
    if (parts.worker === true) this.#colleagues = this.#listening.use(new Colleagues(() => this.#toldOfProcess()));
    this.#delay.enable();
    this.#started.set(Math.round(parts.now().getTime() / 1_000 - process.uptime()));
    this.#listening.use(
      listen('request', ({ method, route, status, seconds }) => {
        this.#requests.add({ method, route, status: String(status) });
        this.#durations.observe(seconds, { route });
      }),
    );
    this.#listening.use(listen('sign-in', (labels) => this.#signIns.add({ ...labels })));
    this.#listening.use(listen('audit', ({ action }) => this.#recorded.add({ action })));
    this.#listening.use(listen('query', ({ seconds }) => this.#queries.observe(seconds)));
    this.#listening.use(
      listen('provider', ({ answered, seconds }) => this.#provider.observe(seconds, { answered: String(answered) })),
    );
  }

  /**
   * In Prometheus' text format. What is asked for it is two short queries, and the names in the folder of backups; and the other workers,
   * where there are some. Those are told apart by a label and not added up: one that dies would take its part out of a sum that only grows.
   */
  async text(): Promise<string> {
    const [gathered] = await Promise.all([this.#colleagues?.gather(), this.#lookAtWhole()]);
    const own = gathered === undefined ? this.#toldOfProcess() : merge(gathered);
    return `${[...linesOf(this.#ofWhole), ...own.flatMap(({ head, lines }) => [...head, ...lines])].join('\n')}\n`;
  }

  async #lookAtWhole(): Promise<void> {
    const { db, limits, now, backups } = this.#parts;
    const [sessions, pending, kept] = await Promise.all([
      db
        .selectFrom('session')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where(counts(limits, now))
        .executeTakeFirstOrThrow(),
      db
        .selectFrom('audit_pending')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
      backups?.(),
    ]);
    if (kept !== undefined) this.#setBackups(kept);
    this.#sessions.set(sessions.count);
    this.#unlinked.set(pending.count);
  }

  #toldOfProcess(): readonly ToldMetric[] {
    const offset = this.#parts.clockOffset();
    if (offset !== undefined) this.#clock.set(offset);
    for (const quantile of [50, 99, 100])
      this.#loop.set(this.#delay.percentile(quantile) / 1e9, { quantile: String(quantile / 100) });
    this.#delay.reset();
    const { rss, heapUsed, external } = process.memoryUsage();
    for (const [kind, bytes] of Object.entries({ all: rss, javascript: heapUsed, external })) this.#memory.set(bytes, { kind });
    const { user, system } = process.cpuUsage();
    this.#processor.set((user + system) / 1e6);
    return this.#ofProcess.map((metric) => ({ name: metric.name, head: metric.head(), lines: metric.values() }));
  }

  #setBackups({ made, rehearsed, every }: WatchedBackups): void {
    this.#backup.set(secondsOf(made));
    this.#rehearsal.set(secondsOf(rehearsed));
    this.#backupInterval.set(every / 1_000);
  }

  /** Every metric there is. */
  get all(): readonly Metric[] {
    return [...this.#ofProcess, ...this.#ofWhole];
  }

  /** What each process counts for itself. */
  get #ofProcess(): readonly Metric[] {
    return [
      this.#requests,
      this.#durations,
      this.#signIns,
      this.#recorded,
      this.#queries,
      this.#provider,
      this.#clock,
      this.#loop,
      this.#memory,
      this.#processor,
      this.#started,
    ];
  }

  /** What is the same whichever process is asked. */
  get #ofWhole(): readonly Metric[] {
    return [this.#sessions, this.#unlinked, this.#backup, this.#backupInterval, this.#rehearsal];
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
    this.#delay.disable();
  }
}

/** Each metric once, with the lines of all; which worker's they are is said by its place. */
function merge(gathered: Gathered): readonly ToldMetric[] {
  const merged = new Map<string, ToldMetric>();
  for (const [place, metrics] of [...gathered].toSorted(([one], [other]) => one - other)) {
    for (const { name, head, lines } of metrics) {
      const known = merged.get(name)?.lines ?? [];
      merged.set(name, { name, head, lines: [...known, ...lines.map((line) => labelled(line, 'worker', String(place)))] });
    }
  }
  return [...merged.values()];
}

/** Since 1970; what never was, was then, so that its age is above every limit. */
function secondsOf(time: Date | undefined): number {
  return time === undefined ? 0 : Math.round(time.getTime() / 1_000);
}
