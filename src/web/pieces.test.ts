import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { inPieces } from './pieces.ts';

describe('pieces', () => {
  it('are all as large as they may be, but for the last one, and together what came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), fc.integer({ min: 1, max: 60 }), async (chunks, size) => {
        async function* source() {
          yield* chunks;
        }
        const pieces = await Array.fromAsync(inPieces(source(), size));
        assert.deepEqual(Buffer.concat(pieces), Buffer.concat(chunks));
        assert.ok(pieces.slice(0, -1).every(({ length }) => length === size));
        assert.ok(pieces.every(({ length }) => length > 0 && length <= size));
      }),
    );
  });
});
