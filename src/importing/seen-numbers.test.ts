import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { SeenNumbers } from './seen-numbers.ts';

describe('the numbers that were seen', () => {
  it('are those that were added, however many and however close', () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 2 ** 48 - 1 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 12_000 }), (numbers) => {
        const [seen, plain] = [new SeenNumbers(), new Set<number>()];
        for (const one of numbers) {
          assert.equal(seen.add(one), !plain.has(one));
          plain.add(one);
        }
      }),
      { numRuns: 30 },
    );
  });
});
