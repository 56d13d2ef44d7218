import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestClock } from '../../test/told.ts';
import { held } from './held.ts';

describe('what is held', () => {
  it('is worked out once for all who ask at once, and anew when its time is over or the clock was put back', async () => {
    const clock = new TestClock();
    let count = 0;
    const ask = held(async () => (count += 1), 1_000, clock.now);
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
    clock.advance(999);
    assert.equal(await ask(), 1);
    clock.advance(1);
    assert.equal(await ask(), 2);
    clock.advance(-5_000);
    assert.equal(await ask(), 3);
  });

  it('is not held where it failed', async () => {
    let count = 0;
    const ask = held(async () => ((count += 1) === 1 ? Promise.reject(new Error('no')) : count), 1_000, new TestClock().now);
    await assert.rejects(ask(), /no/);
    assert.equal(await ask(), 2);
  });
});
