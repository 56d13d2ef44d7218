import { Connection } from './connection.ts';

/*
 * The load generator, in a process of its own: every target has one connection that is kept, on which a request follows the answer to
 * the one before. It is our own and not autocannon, because that tells latency in whole milliseconds, which is more than most of
 * these answers take, and because it costs several times as much for each request: on two cores that is what is left for the database.
 */

export interface Target {
  readonly port: number;
  readonly path: string;
  readonly cookie?: string;
}

export interface Job {
  readonly targets: readonly Target[];
  /** How long no further request begins after, in seconds. */
  readonly seconds: number;
  /** Beyond which none begins either. */
  readonly requests?: number;
}

export interface Outcome {
  readonly requests: number;
  readonly seconds: number;
  /** In milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** What one answer has, head and body. */
  readonly bytes: number;
}

async function run({ targets, seconds, requests = Infinity }: Job): Promise<Outcome> {
  const latencies: number[] = [];
  let left = requests;
  let bytes = 0;
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(
    targets.map(async (target) => {
      const connection = await Connection.open(target);
      while (left > 0 && performance.now() < end) {
        left -= 1;
        const asked = performance.now();
        bytes = await connection.ask();
        latencies.push(performance.now() - asked);
      }
      connection.close();
    }),
  );
  const took = (performance.now() - began) / 1_000;
  const sorted = Float64Array.from(latencies).toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { requests: latencies.length, seconds: took, median: at(0.5), p99: at(0.99), bytes };
}

process.on('message', (job: Job) => {
  run(job).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
