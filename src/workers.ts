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
  const first = cluster.fork();
  const began = performance.now();
  const failed = await Promise.race([once(first, 'listening').then(() => undefined), endOf(first), signalled]);
  if (typeof failed === 'object') return exitCodeOf(failed);
  places.set(first, 1);
  const keeping = [keepOne(1, first, began)];
  while (keeping.length < count) keeping.push(keepOne(keeping.length + 1));

  const signal = await signalled;
  log.info({ event: 'stopping', signal }, 'stopping');
  stopping.abort();
  const late = setTimeout(() => tellAll((worker) => worker.process.kill('SIGKILL')), STOP_LIMIT);
  tellAll((worker) => worker.send(STOP));
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
    return worker.once('listening', () => places.set(worker, place));
  }
}

function tellAll(tell: (worker: Worker) => unknown): void {
  for (const worker of Object.values(cluster.workers ?? {})) if (worker?.isConnected() === true) tell(worker);
}

async function endOf(worker: Worker): Promise<Ended> {
  const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null];
  return { code, signal };
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
 * told, by whomever, it stops once and in its own time; the supervisor is the one who ends that. Where that is killed, Node ends this one.
 * To be called first of all, or what is said while it starts is not heard.
 */
export async function toldToStop(): Promise<string> {
  // One listener each for good: without, a second signal would kill.
  const told = Promise.withResolvers<string>();
  process.on('message', (message) => message === STOP && told.resolve(STOP));
  process.on('SIGTERM', told.resolve).on('SIGINT', () => {});
  return told.promise;
}

/** Once nothing is left to do: the channel to the supervisor would keep this process alive. */
export function leave(): void {
  cluster.worker?.disconnect();
}
