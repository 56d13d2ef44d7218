import type { ReceiptPlace } from '../database/schema-receipts.ts';
import { Problem } from '../problems.ts';

/** The most that is held of a receipt at once, in bytes, but for what waits on either side. */
export const PIECE_SIZE = 262_144;

/** The seam: what is needed of a place in which receipts' content lies. A receipt's row is never its business. */
export interface ReceiptStorage {
  readonly place: ReceiptPlace;
  /**
   * Keeps what arrives, holding no more than a piece of it. Until it has come back, and where it throws, what has been kept so
   * far is nothing, and `remove` clears it.
   * @param pieces none empty, none above `PIECE_SIZE`. What they throw is thrown on.
   */
  write(id: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws Problem `unavailable`, before the first piece, where there is nothing. */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Also what was never written to its end. Nothing happens where there is nothing. */
  remove(id: string): Promise<void>;
}

/** For a receipt whose content is not where it should be. */
export function contentMissing(cause?: unknown): Problem {
  return new Problem(
    'unavailable',
    'The content of this receipt cannot be read where it is kept. Tell whoever runs Outlay the reference below.',
    { cause, reason: 'receipt-missing' },
  );
}
