import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { unzip } from '../../test/unzip.ts';
import { zip, type ZipEntry } from './zip.ts';

const at = new Date('2026-11-24T10:20:30Z');
const archive = async (entries: readonly ZipEntry[]) => Buffer.concat(await Array.fromAsync(zip(entries, at)));

describe('an archive', () => {
  it('gives back each file as it was, in however many pieces it came', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constant(randomBytes(70_000)),
      fc.constant(Buffer.alloc(300_000)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 4 }), async (contents) => {
        const files = unzip(await archive(contents.map((content, index) => ({ name: `folder/${index}.xml`, content }))));
        assert.deepEqual(
          [...files.keys()],
          contents.map((_, index) => `folder/${index}.xml`),
        );
        for (const [index, content] of contents.entries())
          assert.ok(files.get(`folder/${index}.xml`)?.equals(Buffer.concat(content)));
      }),
      { numRuns: 30 },
    );
  });

  it('has the time at which it was made', async () => {
    const bytes = await archive([{ name: 'a', content: [] }]);
    const [time, day] = [bytes.readUInt16LE(10), bytes.readUInt16LE(12)];
    assert.deepEqual([day >> 9, (day >> 5) & 15, day & 31], [46, 11, 24]);
    assert.deepEqual([time >> 11, (time >> 5) & 63, time & 31], [10, 20, 15]);
  });

  it('is read no further than it is taken, and ends what it reads where it is left', async () => {
    let [read, left] = [0, false];
    async function* content() {
      try {
        for (;;) {
          read += 1;
          yield randomBytes(100_000);
        }
      } finally {
        left = true;
      }
    }
    const pieces = zip([{ name: 'a', content: content() }], at);
    for (let index = 0; index < 3; index += 1) await pieces.next();
    await pieces.return();
    assert.ok(left);
    assert.ok(read < 20, `${read} pieces were read`);
  });

  it('lets go of what it had not begun to read as well', async () => {
    const closed: string[] = [];
    async function* entries() {
      for (const name of ['a', 'b']) yield { name, content: [randomBytes(1_000_000)], close: async () => closed.push(name) };
    }
    const pieces = zip(entries(), at);
    await pieces.next();
    await pieces.return();
    assert.deepEqual(closed, ['a']);
    await Array.fromAsync(zip(entries(), at));
    assert.deepEqual(closed, ['a', 'a', 'b']);
  });

  it('fails as what it reads fails, and has no end then', async () => {
    const broken = async function* () {
      yield randomBytes(100_000);
      throw new Error('broken');
    };
    await assert.rejects(archive([{ name: 'a', content: broken() }]), /broken/);
    const brokenEntries = async function* (): AsyncGenerator<ZipEntry> {
      yield { name: 'a', content: ['text'] };
      throw new Error('no more');
    };
    await assert.rejects(Array.fromAsync(zip(brokenEntries(), at)), /no more/);
    await assert.rejects(archive([{ name: '../a', content: [] }]), /relative path/i);
  });
});
