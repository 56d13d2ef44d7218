/** Thrown where something took too long. */
export class TooLong extends Error {}

/** What comes of it, in so many milliseconds. @throws TooLong, and what `work` is rejected with. */
export async function within<Result>(limit: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooLong('It took too long')), limit);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
