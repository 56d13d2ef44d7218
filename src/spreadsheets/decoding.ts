import { isUtf8 } from 'node:buffer';
import type { Encoding } from './reading.ts';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Half of a character that takes two units in UTF-16. */
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

export interface Decoded {
  readonly utf8: Buffer;
  /** false where what comes behind `utf8` is not of the encoding. */
  readonly isIntact: boolean;
}

/**
 * Makes UTF-8 of a file as it arrives, without its byte order mark. It says where it cannot go on, which `TextDecoder` does not:
 * that only says that it failed, and a mistake needs its line.
 */
export class Decoder {
  readonly #encoding: Encoding;
  /** The beginning of a character whose end has not come yet. */
  #rest: Buffer = Buffer.alloc(0);
  #hasBegun = false;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** @param isLast whether nothing comes behind these bytes. */
  decode(bytes: Uint8Array, isLast: boolean): Decoded {
    const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const all = this.#rest.length === 0 ? given : Buffer.concat([this.#rest, given]);
    const whole = isLast ? all.length : this.#wholeLength(all);
    this.#rest = Buffer.from(all.subarray(whole));
    const decoded = this.#convert(all.subarray(0, whole));
    if (this.#hasBegun || decoded.utf8.length === 0) return decoded;
    this.#hasBegun = true;
    const isMarked = decoded.utf8.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    return isMarked ? { ...decoded, utf8: decoded.utf8.subarray(BYTE_ORDER_MARK.length) } : decoded;
  }

  /** Up to where no character is cut in two. */
  #wholeLength(bytes: Buffer): number {
    if (this.#encoding === 'windows-1252') return bytes.length;
    if (this.#encoding === 'utf-8') return wholeUtf8(bytes);
    const even = bytes.length - (bytes.length % 2);
    const high = bytes[this.#encoding === 'utf-16le' ? even - 1 : even - 2] ?? 0;
    return high >= 0xd8 && high <= 0xdb ? even - 2 : even;
  }

  #convert(bytes: Buffer): Decoded {
    if (this.#encoding === 'utf-8') {
      const isIntact = isUtf8(bytes);
      return { utf8: isIntact ? bytes : bytes.subarray(0, goodLines(bytes)), isIntact };
    }
    if (this.#encoding === 'windows-1252') {
      return { utf8: Buffer.from(new TextDecoder('windows-1252').decode(bytes)), isIntact: true };
    }
    const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
    const text = (this.#encoding === 'utf-16le' ? even : Buffer.from(even).swap16()).toString('utf16le');
    const bad = text.search(loneSurrogate);
    return { utf8: Buffer.from(bad === -1 ? text : text.slice(0, bad)), isIntact: bad === -1 && even.length === bytes.length };
  }
}

function wholeUtf8(bytes: Buffer): number {
  // A character begins within the last three bytes, or none is cut.
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes the lines take that stand before the first one that is no UTF-8. */
function goodLines(bytes: Buffer): number {
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) continue;
    if (!isUtf8(bytes.subarray(start, at))) return start;
    start = at + 1;
  }
  return start;
}
