import type { Clock } from './clock.ts';

/**
 * What anybody may ask for, without anybody making it be worked out again and again: once for all who ask at the same time, and not anew
 * before some time has passed since. What fails is not held.
 * @param time in milliseconds.
 */
export function held<Result>(work: () => Promise<Result>, time: number, now: Clock): () => Promise<Result> {
  let known: { readonly result: Result; readonly at: number } | undefined;
  let underWay: Promise<Result> | undefined;
  const begin = async () => {
    const result = await work();
    known = { result, at: now().getTime() };
    return result;
  };
  return async () => {
    // Of the future where the clock was put back.
    const age = known === undefined ? -1 : now().getTime() - known.at;
    if (known !== undefined && age >= 0 && age < time) return known.result;
    underWay ??= begin().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
