/** Appended to and never changed: who did what, as it was known then. */
export interface AuditEntryTable {
  /** UUIDv7 whose instant is `at`, so that the order of ids is that of time. */
  id: string;
  at: string;
  action: string;
  /** Who did it; null for nobody known. */
  person_id: string | null;
  person_name: string | null;
  /** Set exactly where `about_id` is. */
  about_kind: string | null;
  about_id: string | null;
  about_name: string | null;
  /** A JSON object. */
  detail: string;
  /** Of the request, as the log and error pages have it. */
  reference: string | null;
}

/** An entry's place in the chain; appended to and never changed. */
export interface AuditLinkTable {
  /** From 1 on, without a gap. */
  seq: number;
  entry_id: string;
  /** SHA-256 over the hash before and the entry, in hex. */
  hash: string;
}

/** Entries that have no place in the chain yet: a list of what is to be done, and no evidence. */
export interface AuditPendingTable {
  entry_id: string;
}

/** One row, the chain's last link; whoever links takes its lock first. */
export interface AuditHeadTable {
  id: 1;
  seq: number;
  hash: string;
}
