import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const pack = promisify(deflateRaw);

/** A file in an archive: its name in plain letters, and its content in pieces that are large enough to be packed by themselves. */
export interface ZipEntry {
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Beyond it, headers would need fields that not every reader of the files we make knows (ZIP64). */
const MAX_SIZE = 2 ** 32 - 1;
/** Sizes follow the content (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const VERSION = 20;
const DEFLATE = 8;
/** An empty last block, as RFC 1951 §3.2.6 has it: what stands before it ends with whole bytes, and promises more. */
const LAST_BLOCK = Buffer.from([3, 0]);

/**
 * An archive (APPNOTE.TXT, "ZIP") as it is read, piece by piece: nothing of it is held but the list of its files. Each piece of
 * content is packed by itself, so that whoever stops reading, and whatever fails, stops all of it by the usual way of generators.
 * @param most how large a file in it, and all of it, may be: less than 4 GiB.
 * @throws RangeError beyond that.
 */
export async function* zip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  at: Date,
  most = MAX_SIZE,
): AsyncGenerator<Uint8Array, void> {
  const directory: Buffer[] = [];
  let offset = 0;
  const time = dosTime(at);
  for await (const { name, content } of entries) {
    const start = offset;
    const common = (crc: number, packed: number, size: number) =>
      bytes(['u16', VERSION], ['u16', FLAGS], ['u16', DEFLATE], ['u32', time], ['u32', crc], ['u32', packed], ['u32', size]);
    const head = Buffer.concat([
      bytes(['u32', 0x04034b50]),
      common(0, 0, 0),
      bytes(['u16', name.length], ['u16', 0]),
      Buffer.from(name),
    ]);
    yield head;
    let [crc, size, packed] = [0, 0, LAST_BLOCK.length];
    for await (const piece of content) {
      crc = crc32(piece, crc);
      size += piece.length;
      const block = await pack(piece, { finishFlush: constants.Z_SYNC_FLUSH });
      packed += block.length;
      if (size > most || start + head.length + packed > most) throw new RangeError('This archive would be too large');
      yield block;
    }
    yield LAST_BLOCK;
    const descriptor = bytes(['u32', 0x08074b50], ['u32', crc], ['u32', packed], ['u32', size]);
    yield descriptor;
    offset = start + head.length + packed + descriptor.length;
    directory.push(
      Buffer.concat([
        bytes(['u32', 0x02014b50], ['u16', VERSION]),
        common(crc, packed, size),
        // No further fields, no comment, the first disk, no attributes.
        bytes(['u16', name.length], ['u32', 0], ['u32', 0], ['u32', 0], ['u32', start]),
        Buffer.from(name),
      ]),
    );
  }
  const list = Buffer.concat(directory);
  const count = directory.length;
  if (offset > most) throw new RangeError('This archive would be too large');
  yield list;
  yield bytes(['u32', 0x06054b50], ['u32', 0], ['u16', count], ['u16', count], ['u32', list.length], ['u32', offset], ['u16', 0]);
}

/** Little-endian, as all of the format is. */
function bytes(...fields: readonly (readonly ['u16' | 'u32', number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [kind]) => sum + (kind === 'u16' ? 2 : 4), 0));
  let at = 0;
  for (const [kind, value] of fields) at = kind === 'u16' ? buffer.writeUInt16LE(value, at) : buffer.writeUInt32LE(value, at);
  return buffer;
}

/** Day and time in two seconds, from 1980 on; in UTC, as there is no zone in it. */
function dosTime(at: Date): number {
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}
