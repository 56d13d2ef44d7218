import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeptBodies } from './kept-bodies.ts';

describe('a kept body', () => {
  /** Asks for these one after the other. @returns those that had to be made. */
  async function madeOf(kept: KeptBodies, keys: readonly string[], body = 'x'.repeat(1_000)): Promise<string[]> {
    const made: string[] = [];
    for (const key of keys) {
      const found = await kept.find([key], async () => (made.push(key), body + key));
      assert.equal(found.toString(), body + key);
    }
    return made;
  }

  it('is made once for what it follows from, and again where anything of that differs', async () => {
    const kept = new KeptBodies();
    let made = 0;
    const find = async (...from: (string | boolean)[]) => (await kept.find(from, async () => String((made += 1)))).toString();
    assert.equal(await find('a', 'b', true), '1');
    assert.equal(await find('a', 'b', true), '1');
    assert.equal(await find('a', 'b', false), '2');
    assert.equal(await find('ab', '', true), '3');
    assert.equal(await find('a","b', true), '4');
    assert.equal(await find('a', 'b', 'true'), '5');
    assert.equal(await find('a', 'b', true), '1');
  });

  it('takes no more memory than its own bytes, which is what is counted', async () => {
    const body = await new KeptBodies().find(['a'], async () => 'a small page €');
    assert.equal(body.toString(), 'a small page €');
    assert.equal(body.buffer.byteLength, body.length);
  });

  it('gives way to others where there is no room for all: the one that was not asked for longest', async () => {
    const kept = new KeptBodies(4_000);
    assert.deepEqual(await madeOf(kept, ['a', 'b', 'c']), ['a', 'b', 'c']);
    assert.deepEqual(await madeOf(kept, ['a', 'd']), ['d']);
    assert.deepEqual(await madeOf(kept, ['a', 'c', 'd']), []);
    assert.deepEqual(await madeOf(kept, ['b']), ['b']);
    assert.deepEqual(await madeOf(kept, ['c', 'd', 'b']), [], 'a, the oldest, has gone');
  });

  it('is not kept where it is larger than all room, and none is where there is no room', async () => {
    assert.deepEqual(await madeOf(new KeptBodies(500), ['a', 'a']), ['a', 'a']);
    assert.deepEqual(await madeOf(new KeptBodies(0), ['a', 'a'], ''), ['a', 'a']);
  });

  it('that could not be made is made again', async () => {
    const kept = new KeptBodies();
    await assert.rejects(
      kept.find(['a'], async () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(await madeOf(kept, ['a', 'a']), ['a']);
  });
});
