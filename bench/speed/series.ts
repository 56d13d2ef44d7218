import { DISTURBED, type Plan } from './plan.ts';
import { watchForeignLoad } from './processor-time.ts';

/** What came of measuring something once: whatever numbers there are, by name. */
export type Sample = Readonly<Record<string, number>>;

export interface Series {
  readonly samples: readonly Sample[];
  /** How many of them others disturbed, however often they were repeated. */
  readonly disturbed: number;
}

/**
 * Measures each in turn, round after round, so that whatever happens to the machine happens to all of them. What others have disturbed
 * is measured again, within a bound, and the least disturbed counts.
 */
export async function inTurn<Name extends string>(
  plan: Pick<Plan, 'rounds' | 'repeats'>,
  ways: Readonly<Record<Name, () => Promise<Sample>>>,
): Promise<Record<Name, Series>> {
  const names = Object.keys(ways) as Name[];
  const found = new Map(names.map((name) => [name, { samples: [] as Sample[], disturbed: 0 }]));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const name of names) {
      const { sample, foreign } = await leastDisturbed(plan.repeats, ways[name]);
      const series = found.get(name);
      series?.samples.push(sample);
      if (series !== undefined && foreign > DISTURBED) series.disturbed += 1;
    }
  }
  return Object.fromEntries(found) as unknown as Record<Name, Series>;
}

async function leastDisturbed(repeats: number, measure: () => Promise<Sample>): Promise<{ sample: Sample; foreign: number }> {
  let best: { sample: Sample; foreign: number } | undefined;
  for (let again = 0; again <= repeats; again += 1) {
    const foreignLoad = watchForeignLoad();
    const sample = await measure();
    const foreign = foreignLoad();
    if (best === undefined || foreign < best.foreign) best = { sample, foreign };
    if (foreign <= DISTURBED) break;
  }
  if (best === undefined) throw new RangeError('Nothing was measured');
  return best;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The median of one number over the rounds. */
export function medianOf(series: Series, name: string): number {
  return median(series.samples.map((sample) => sample[name] ?? Number.NaN));
}

/** How far the rounds lay apart: from the smallest to the largest, as a share of the median. */
export function spreadOf(series: Series, name: string): number {
  const values = series.samples.map((sample) => sample[name] ?? Number.NaN);
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** The median over the rounds of what one was beside the other in the same round. */
export function ratioOf(one: Series, other: Series, name: string): number {
  return median(one.samples.map((sample, round) => (sample[name] ?? Number.NaN) / (other.samples[round]?.[name] ?? Number.NaN)));
}
