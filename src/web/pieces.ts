/** The same bytes in pieces of this size, but for the last one; however they came, no more is held than one piece. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, undefined> {
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length; ) {
      const taken = Math.min(size - filled, chunk.length - start);
      piece.set(chunk.subarray(start, start + taken), filled);
      filled += taken;
      start += taken;
      if (filled < size) continue;
      yield piece;
      // A new one: whoever took the last may still be writing it.
      piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
