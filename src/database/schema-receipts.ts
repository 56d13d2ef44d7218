import type { Generated } from 'kysely';

/** What a receipt's content was found to be. */
export type ReceiptType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic' | 'application/pdf';
/** Where a receipt's content lies. */
export type ReceiptPlace = 'database' | 'folder';

export interface ReceiptTable {
  id: string;
  expense_id: string;
  /** Made harmless, and ending as its type does. */
  name: string;
  type: ReceiptType;
  /** In bytes; null, as is the hash, until all of it has arrived. */
  size: Generated<number | null>;
  /** In hex. */
  sha256: Generated<string | null>;
  added_by: string;
  added_by_name: string;
  added_at: string;
  stored_in: ReceiptPlace;
}

/** A part of a receipt that lies in the database. */
export interface ReceiptPieceTable {
  receipt_id: string;
  /** From 1 on. */
  number: number;
  bytes: Uint8Array;
}

/** What a receipt that is gone has left outside of the database, until it is removed there; noted by a trigger. */
export interface ReceiptLeftoverTable {
  id: string;
  stored_in: ReceiptPlace;
}
