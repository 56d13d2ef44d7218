import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from './random.ts';

test('random bytes are as many as were asked for, and never given out twice', () => {
  const seen = new Set<string>();
  // Several times what is asked of the system at once, in sizes that do not fit into it evenly.
  for (let count = 0; count < 2_000; count += 1) {
    const size = 16 + (count % 33);
    const bytes = randomBytes(size);
    assert.equal(bytes.length, size);
    for (let at = 0; at + 16 <= size; at += 16) seen.add(bytes.toString('hex', at, at + 16));
  }
  assert.equal(
    seen.size,
    [...Array(2_000).keys()].reduce((sum, count) => sum + Math.floor((16 + (count % 33)) / 16), 0),
  );
});

test('what was given out stays as it was when more is asked for', () => {
  const first = randomBytes(32);
  const copy = Buffer.from(first);
  for (let count = 0; count < 500; count += 1) randomBytes(32);
  assert.deepEqual(first, copy);
});
