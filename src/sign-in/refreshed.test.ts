import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { TestClock } from '../../test/told.ts';
import { Refreshed } from './refreshed.ts';

const minute = 60_000;

describe('CFG-4 what the provider publishes', () => {
  let clock: TestClock;
  let fetches: number;
  let away: boolean;
  let lies: boolean;
  let failures: unknown[];
  let value: Refreshed<number>;
  beforeEach(() => {
    clock = new TestClock();
    [fetches, away, lies, failures] = [0, false, false, []];
    const fetchValue = async () => {
      fetches += 1;
      if (away) throw new Error('away');
      if (lies) throw new RangeError('lies');
      return fetches;
    };
    value = new Refreshed(fetchValue, clock.now, {
      onFailure: (error) => failures.push(error),
      leavesKnown: (error) => error instanceof RangeError,
    });
  });

  it('is fetched once, however many ask at once, and not again within a minute', async () => {
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, () => value.current()))), new Set([1]));
    clock.advance(minute - 1);
    assert.equal(await value.current(), 1);
    assert.equal(await value.confirmed(), 1);
    assert.equal(fetches, 1);
  });

  it('is refreshed in the background once it is a minute old: nobody waits for it', async () => {
    await value.current();
    clock.advance(minute);
    assert.equal(await value.current(), 1);
    assert.equal(fetches, 2);
    assert.equal(await value.current(), 2);
  });

  it('is waited for once it is ten minutes old, so that what was withdrawn stops counting', async () => {
    await value.current();
    clock.advance(10 * minute);
    assert.equal(await value.current(), 2);
  });

  it('counts on for a day while the provider is away, and not longer', async () => {
    await value.current();
    away = true;
    clock.advance(24 * 60 * minute - 1);
    assert.equal(await value.current(), 1);
    assert.equal(failures.length, 1);
    clock.advance(1);
    await assert.rejects(value.current(), /away/);
  });

  it('is not there while the provider has never answered, and is asked for again by the next who needs it', async () => {
    away = true;
    await assert.rejects(value.current(), /away/);
    assert.equal(value.known, undefined);
    away = false;
    assert.equal(await value.current(), 2);
  });

  it('is confirmed by asking, once it is a minute old or somebody has had no answer elsewhere', async () => {
    await value.current();
    value.doubt();
    assert.equal(await value.confirmed(), 2);
    assert.equal(await value.confirmed(), 2);
    clock.advance(minute);
    away = true;
    await assert.rejects(value.confirmed(), /away/);
    assert.equal(value.known, 2);
  });

  it('is asked for in vain once a minute and no more, and what is not believed changes nothing', async () => {
    await value.current();
    clock.advance(minute);
    lies = true;
    for (let times = 0; times < 5; times += 1) {
      assert.equal(await value.confirmed(), 1);
      assert.equal(await value.current(), 1);
    }
    assert.deepEqual([fetches, failures.length], [2, 1]);
    clock.advance(minute);
    assert.equal(await value.confirmed(), 1);
    assert.deepEqual([fetches, failures.length], [3, 2]);
  });
});
