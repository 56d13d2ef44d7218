import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By how much the middle of the last third of a run may lie above that of the first, in megabytes. */
const ALLOWED = 24;
const FEWEST = 9;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process holds after all that it can throw away, in megabytes; from time to time over a run. */
export class Memory {
  readonly samples: number[] = [];

  take(): void {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    this.samples.push(Math.round((heapUsed + external) / 104_857.6) / 10);
  }

  /** A sentence where it grows steadily; what is filled once in the beginning does not count. */
  mistakes(): string[] {
    const counted = this.samples.slice(Math.floor(this.samples.length / 4));
    if (counted.length < FEWEST) return [];
    const third = counted.length / 3;
    const [first = 0, second = 0, last = 0] = [0, 1, 2].map((at) => middle(counted.slice(at * third, (at + 1) * third)));
    const grows = first < second && second < last && last - first > ALLOWED;
    return grows ? [`The memory grows steadily, in MB: ${this.samples.join(', ')}`] : [];
  }
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
