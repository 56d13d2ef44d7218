import type { Target } from './load.ts';
import type { Loader } from './loader.ts';
import type { Running } from './processes.ts';
import { processorTime } from './processor-time.ts';
import type { Sample } from './series.ts';

/** One page for each of these people, each on a connection of their own. */
export function pageFor({ port }: { readonly port: number }, path: string, cookies: readonly string[]): Target[] {
  return cookies.map((cookie) => ({ port, path, cookie }));
}

/**
 * One series of requests. `cpu` is the processor time of the programs for one of them and `median` and `p99` how long one took, in
 * milliseconds; `rate` is how many there were in a second; `bytes` is what one answer has.
 */
export async function measurePage(
  loader: Loader,
  programs: readonly Pick<Running, 'pid'>[],
  targets: readonly Target[],
  seconds: number,
): Promise<Sample> {
  const used = () => programs.reduce((sum, { pid }) => sum + processorTime(pid), 0);
  const before = used();
  const { requests, seconds: took, median, p99, bytes } = await loader.run({ targets, seconds });
  return { cpu: (used() - before) / requests, rate: requests / took, median, p99, bytes };
}
