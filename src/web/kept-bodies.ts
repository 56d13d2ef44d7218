import { ownBytes } from './own-bytes.ts';

/** How many bytes of pages a process keeps (16 MiB): some six hundred lists of a team. */
export const KEPT_BYTES = 16 * 1024 * 1024;

/**
 * Bodies of pages, each under everything that it follows from: the version of its data, the language, what the viewer may do, and whose
 * own it shows. So one that is found is the very one that would be made again, whenever that is; nothing here is ever told to forget.
 * Those that were not asked for longest go first.
 */
export class KeptBodies {
  readonly #most: number;
  readonly #bodies = new Map<string, Buffer>();
  #bytes = 0;

  /** @param most in bytes; 0 keeps none. */
  constructor(most = KEPT_BYTES) {
    this.#most = most;
  }

  /**
   * @param from everything that the body follows from. What of it is data must have been read before `make` reads any: a change in
   * between is then in the body, and under a version that nobody asks for again.
   */
  async find(from: readonly (string | boolean)[], make: () => Promise<string>): Promise<Buffer> {
    const key = JSON.stringify(from);
    const kept = this.#bodies.get(key);
    if (kept !== undefined) {
      // Last used, last to go.
      this.#bodies.delete(key);
      this.#bodies.set(key, kept);
      return kept;
    }
    const body = ownBytes(await make());
    this.#keep(key, body);
    return body;
  }

  #keep(key: string, body: Buffer): void {
    this.#forget(key);
    this.#bodies.set(key, body);
    this.#bytes += sizeOf(key, body);
    for (const [oldest] of this.#bodies) {
      if (this.#bytes <= this.#most) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const body = this.#bodies.get(key);
    if (body === undefined) return;
    this.#bodies.delete(key);
    this.#bytes -= sizeOf(key, body);
  }
}

/** With what the map itself needs for each, so that many small ones are bounded, too. */
function sizeOf(key: string, body: Buffer): number {
  return 2 * key.length + body.length + 200;
}
