/** What came of a fault. */
export interface Outcome {
  /** What was done, how often, in a sentence for the table. */
  readonly did: string;
  /** A sentence for each thing that was promised and does not hold; none where all of it does. */
  readonly lost: readonly string[];
  /** How long it took until all was well again, or what else was measured. */
  readonly recovery: string;
}

/** Something that goes wrong around Outlay, done to the real program. */
export interface Fault {
  /** In a few words, with what the number on the command line is. */
  readonly about: string;
  /** How much of it where nothing is said: the long run. */
  readonly usual: number;
  /** @param say tells whoever waits how far it is. */
  run(amount: number, say: (line: string) => void): Promise<Outcome>;
}

/** What a fault needs is not on this machine; in a sentence that says how it gets there. */
export class Missing extends Error {}

/** The middle and the longest of several times, in words. @param times in milliseconds. */
export function describeTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [middle, longest] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  return sorted.length < 2 ? seconds(longest) : `${seconds(middle)} in the middle, ${seconds(longest)} at most`;
}

/** @param milliseconds as they were measured. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

export function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least));
}
