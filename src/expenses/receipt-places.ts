import type { Database } from '../database/schema.ts';
import type { ReceiptPlace } from '../database/schema-receipts.ts';
import { Problem } from '../problems.ts';
import { databaseStorage } from './receipt-database.ts';
import { openReceiptFolder } from './receipt-folder.ts';
import { contentMissing, type ReceiptStorage } from './receipt-storage.ts';

/** All the places in which receipts may lie, so that those from before a change of the setting are still found. */
export interface ReceiptStorages {
  /** Where new ones go. */
  readonly current: ReceiptStorage;
  readonly places: Readonly<Partial<Record<ReceiptPlace, ReceiptStorage>>>;
}

/**
 * @param folder undefined keeps them in the database.
 * @throws Problem `unavailable` for a folder that cannot be written to.
 */
export async function openReceiptStorages(db: Database, folder: string | undefined): Promise<ReceiptStorages> {
  const database = databaseStorage(db);
  if (folder === undefined) return { current: database, places: { database } };
  const current = await openReceiptFolder(folder);
  return { current, places: { database, folder: current } };
}

/** @throws Problem `unavailable` for receipts in a folder that the settings no longer name. */
function storageOf({ places }: ReceiptStorages, place: ReceiptPlace): ReceiptStorage {
  const storage = places[place];
  if (storage !== undefined) return storage;
  throw new Problem(
    'unavailable',
    'This receipt is kept in a place that Outlay has not been told of. Whoever runs it finds how in the settings: RECEIPT_STORAGE.',
    { reason: 'receipt-place-unknown' },
  );
}

/**
 * A receipt's content, piece by piece.
 * @throws Problem `unavailable` where it is not there, and at its end where it is not as long as it was.
 */
export async function* readContent(
  storages: ReceiptStorages,
  { id, stored_in: place, size }: { readonly id: string; readonly stored_in: ReceiptPlace; readonly size: number },
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of storageOf(storages, place).read(id)) {
    read += piece.length;
    if (read > size) break;
    yield piece;
  }
  if (read !== size) throw contentMissing();
}
