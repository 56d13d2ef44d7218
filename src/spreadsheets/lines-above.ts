const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Leaves out the lines above a file's headings before anything takes them for records: what a bank writes there may have
 * quotes that are never closed.
 */
export class LinesAbove {
  /** How many are still to come. */
  left: number;
  #isAfterReturn = false;

  constructor(count: number) {
    this.left = count;
  }

  /** What of these bytes comes below them. */
  below(bytes: Buffer): Buffer {
    let at = 0;
    for (; at < bytes.length && (this.left > 0 || this.#isAfterReturn); at++) {
      const byte = bytes[at];
      const isOfReturn = this.#isAfterReturn && byte === LINE_FEED;
      this.#isAfterReturn = false;
      if (isOfReturn) continue;
      if (this.left === 0) break;
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.left--;
      this.#isAfterReturn = byte === CARRIAGE_RETURN;
    }
    return bytes.subarray(at);
  }
}
