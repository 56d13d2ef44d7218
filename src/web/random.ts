import { randomFillSync } from 'node:crypto';

/** How many bytes are asked of the system at once: each time costs as much as a good part of a whole request. */
const POOL = 4_096;
const pool = Buffer.alloc(POOL);
let used = POOL;

/**
 * Bytes that nobody can guess, of the system's own generator. They are given out once, and nothing of them is left behind.
 * @throws RangeError for more than 4,096.
 */
export function randomBytes(count: number): Buffer {
  if (count > POOL) throw new RangeError(`${count} bytes are more than are given out at once`);
  if (used + count > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
