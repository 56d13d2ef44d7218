import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import type { Logger } from 'pino';
import { passOnMetrics } from './colleagues.ts';
import { stopSignal } from './stop-signal.ts';

/** A process that has lived for so long did not die at once, in milliseconds. */
const LIVED = 10_000;
/** How long to wait before one that died is started again: at first, and at most where it dies at once each time, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;
/** How long all of them may take to stop, in milliseconds: what a request may take, and time to close. What is left then is killed. */
const STOP_LIMIT = 20_000;
/** What the supervisor says to a worker that is to stop. A signal would not do: Ctrl+C sends them one already, and a second one kills. */
const STOP = 'stop';

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Runs several processes of Outlay behind one port, and one anew in place of each that dies, until told to stop. It opens nothing
 * itself. The first one starts alone, so that what keeps Outlay from starting is said once and ends all of it.
 * @param ready called once, when all of them listen.
 * @returns the exit code: 0 where all have stopped when they were told to; otherwise that of the first that did not, or of the start.
 */
export async function superviseWorkers(count: number, log: Logger, ready: () => void): Promise<number> {
  const signalled = stopSignal();
  const stopping = new AbortController();
  /** In which place each is that listens. */
  const places = new Map<Worker, number>();
  passOnMetrics(places);
  let listening = 0;
  cluster.on('listening', () => {
    listening += 1;
    if (listening === count) ready();
  });
  const first = begin(1);
  const began = performance.now();
  const cutShort = await Promise.race([once(first, 'listening').then(() => undefined), endOf(first), signalled]);
  if (typeof cutShort === 'object') return exitCodeOf(cutShort);
  const keeping = [keepOne(1, first, began)];
  if (cutShort === undefined) {
    for (let place = 2; place <= count; place += 1) keeping.push(keepOne(place));
  }

  const signal = await signalled;
  log.info({ event: 'stopping', signal }, 'stopping');
  stopping.abort();
  const left = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const killAll = () => left.forEach((worker) => worker.process.kill('SIGKILL'));
  for (const again of ['SIGINT', 'SIGTERM'] as const) {
    // Node ends workers with their supervisor, but not those that have been taken out of turn.
    process.once(again, () => {
      killAll();
      process.kill(process.pid, again);
    });
  }
  const late = setTimeout(killAll, STOP_LIMIT);
  for (const worker of left) tellToStop(worker, places.has(worker));
  const codes = await Promise.all(keeping);
  clearTimeout(late);
  return codes.find((code) => code !== 0) ?? 0;

  /** @returns the exit code of the last one in this place. */
  async function keepOne(place: number, given?: Worker, since = performance.now()): Promise<number> {
    let worker = given ?? begin(place);
    let started = since;
    let wait = FIRST_PAUSE;
    for (;;) {
      const ended = await endOf(worker);
      places.delete(worker);
      if (stopping.signal.aborted) return exitCodeOf(ended);
      wait = performance.now() - started >= LIVED ? FIRST_PAUSE : Math.min(wait * 2, LONGEST_PAUSE);
      log.error(
        { event: 'worker-ended', pid: worker.process.pid, ...ended, startsIn: wait },
        'a process ended, and is started again',
      );
      await rest(wait, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return 0;
      worker = begin(place);
      started = performance.now();
    }
  }

  function begin(place: number): Worker {
    const worker = cluster.fork();
    // What is said to one that has just died fails; its end is seen by its exit.
    worker.on('error', () => {});
    return worker.once('listening', () => places.set(worker, place));
  }
}

/**
 * One that listens is taken out of turn as well, so that no connection is on its way to it any more when it closes: Node would leave open,
 * and unanswered, what the last of them no longer takes. One that does not listen yet still needs its channel for it.
 */
function tellToStop(worker: Worker, listens: boolean): void {
  if (!worker.isConnected()) return;
  worker.send(STOP, () => {});
  if (listens) worker.disconnect();
}

/** Not by `once` of node:events, which fails where a worker could not be told something. */
function endOf(worker: Worker): Promise<Ended> {
  return new Promise((resolve) => worker.once('exit', (code: number | null, signal: string | null) => resolve({ code, signal })));
}

/** One that was killed has no code of its own. */
function exitCodeOf({ code }: Ended): number {
  return code ?? 1;
}

/** Whether this process is one of several that are supervised. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/**
 * Waits until this worker is to stop: because its supervisor says so, or a service manager that tells every process. However often it is
 * told, by whomever, it stops once and in its own time; the supervisor is the one who ends that. Where that one is killed, Node ends this
 * one; if it has been told to stop by then, it goes on to its end, for which there is a bound (`serve`).
 * To be called first of all, or what is said while it starts is not heard.
 */
export async function toldToStop(): Promise<string> {
  // One listener each for good: without, a second signal would kill.
  const told = Promise.withResolvers<string>();
  process.on('message', (message) => message === STOP && told.resolve(STOP));
  process.on('SIGTERM', told.resolve).on('SIGINT', () => {});
  return told.promise;
}

/** Once nothing is left to do: the channel to the supervisor would keep this process alive. It is the supervisor's to close. */
export function leave(): void {
  process.channel?.unref();
}
