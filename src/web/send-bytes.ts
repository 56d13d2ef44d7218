import { once } from 'node:events';
import type { Response } from 'express';

/** How long somebody may take to fetch what is sent, in milliseconds. */
const TIME_LIMIT = 10 * 60_000;

/**
 * Sends bytes as fast as they are taken, and no faster. Whoever stops taking them, or takes too long, is no failure of ours.
 * @param headers set only once the first bytes are there, so that a failure before that is a page like any other.
 * @throws whatever `bytes` throws. After the first bytes the handler of problems ends the connection, so that nobody takes a
 * part for the whole.
 */
export async function sendBytes(
  res: Response,
  bytes: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  if (res.closed) gone.abort();
  const enough = AbortSignal.any([gone.signal, AbortSignal.timeout(TIME_LIMIT)]);
  const pieces = bytes[Symbol.asyncIterator]();
  try {
    let next = await pieces.next();
    res.set(headers);
    while (next.done !== true && !enough.aborted) {
      // Whatever ends the waiting shows in `enough`.
      if (!res.write(next.value)) await once(res, 'drain', { signal: enough }).catch(() => {});
      next = await pieces.next();
    }
    if (enough.aborted) res.destroy();
    else res.end();
  } finally {
    await pieces.return?.();
  }
}
