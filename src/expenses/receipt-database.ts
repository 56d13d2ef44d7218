import type { Database } from '../database/schema.ts';
import { contentMissing, type ReceiptStorage } from './receipt-storage.ts';

/** Receipts beside their rows. Each piece is a statement of its own: no transaction, and on SQLite no connection, is held while bytes arrive. */
export function databaseStorage(db: Database): ReceiptStorage {
  return {
    place: 'database',
    async write(id, pieces) {
      let number = 0;
      for await (const bytes of pieces) {
        number += 1;
        await db.insertInto('receipt_piece').values({ receipt_id: id, number, bytes }).execute();
      }
    },
    async *read(id) {
      for (let number = 1; ; number += 1) {
        const row = await db
          .selectFrom('receipt_piece')
          .select('bytes')
          .where('receipt_id', '=', id)
          .where('number', '=', number)
          .executeTakeFirst();
        if (row === undefined && number === 1) throw contentMissing();
        if (row === undefined) return;
        yield row.bytes;
      }
    },
    async remove(id) {
      await db.deleteFrom('receipt_piece').where('receipt_id', '=', id).execute();
    },
  };
}
