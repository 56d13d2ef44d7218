import assert from 'node:assert/strict';
import { crc32, inflateRawSync } from 'node:zlib';

/**
 * An archive as a reader sees it that believes nothing: what its list says must be what stands before each file and behind it,
 * and nothing may be left over.
 */
export function unzip(archive: Uint8Array): Map<string, Buffer> {
  const all = Buffer.from(archive);
  const end = all.length - 22;
  assert.equal(all.readUInt32LE(end), 0x06054b50, 'it ends with its end');
  const [count, size, list] = [all.readUInt16LE(end + 10), all.readUInt32LE(end + 12), all.readUInt32LE(end + 16)];
  assert.equal(list + size, end);
  const files = new Map<string, Buffer>();
  let at = list;
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    assert.equal(all.readUInt32LE(at), 0x02014b50);
    const [crc, packed, whole] = [all.readUInt32LE(at + 16), all.readUInt32LE(at + 20), all.readUInt32LE(at + 24)];
    const nameLength = all.readUInt16LE(at + 28);
    const start = all.readUInt32LE(at + 42);
    const name = all.toString('utf8', at + 46, at + 46 + nameLength);
    assert.equal(start, next, 'one file follows the other');
    assert.equal(all.readUInt32LE(start), 0x04034b50);
    assert.deepEqual(all.subarray(start + 4, start + 14), all.subarray(at + 6, at + 16), 'version, flags, method and time');
    assert.equal(all.toString('utf8', start + 30, start + 30 + all.readUInt16LE(start + 26)), name);
    const from = start + 30 + nameLength + all.readUInt16LE(start + 28);
    const raw = all.subarray(from, from + packed);
    const content = all.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw);
    assert.deepEqual([crc32(content), content.length], [crc, whole], name);
    const behind = [0, 4, 8, 12].map((offset) => all.readUInt32LE(from + packed + offset));
    assert.deepEqual(behind, [0x08074b50, crc, packed, whole]);
    assert.ok(!files.has(name), 'each file once');
    files.set(name, content);
    next = from + packed + 16;
    at += 46 + nameLength + all.readUInt16LE(at + 30) + all.readUInt16LE(at + 32);
  }
  assert.deepEqual([next, at], [list, end]);
  return files;
}
