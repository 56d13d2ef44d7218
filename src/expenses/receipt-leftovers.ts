import { describeFailure } from '../web/failure.ts';
import type { ReceiptParts } from './receipt-changes.ts';

/** After how long what was begun counts as never to be finished, in milliseconds; no upload takes as long. */
const BEGUN_LIMIT = 60 * 60_000;
/** How many leftovers are removed at once. */
const MAX_CLEARED = 100;

/** What was begun and never finished, and what receipts that are gone have left outside of the database. */
export async function clearLeftovers({ db, storages, now, log }: ReceiptParts): Promise<void> {
  const limit = new Date(now().getTime() - BEGUN_LIMIT).toISOString();
  await db.deleteFrom('receipt').where('size', 'is', null).where('added_at', '<', limit).execute();
  for (const storage of Object.values(storages.places)) {
    const leftovers = await db
      .selectFrom('receipt_leftover')
      .select('id')
      .where('stored_in', '=', storage.place)
      .limit(MAX_CLEARED)
      .execute();
    for (const { id } of leftovers) {
      try {
        await storage.remove(id);
        await db.deleteFrom('receipt_leftover').where('id', '=', id).execute();
      } catch (error) {
        // Noted still, and tried again with the next upload; this one need not fail for it.
        log.warn({ event: 'receipt-not-removed', receipt: id, failure: describeFailure(error) }, 'a receipt was not removed');
      }
    }
  }
}
