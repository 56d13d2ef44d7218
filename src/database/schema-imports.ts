import type { Generated } from 'kysely';

/** Whose what is in the file is: all of the one who brings it, or of the team. */
export type ImportKind = 'own' | 'team';

/** `ended` where nothing came of it. */
export type ImportState = 'arriving' | 'arrived' | 'checking' | 'checked' | 'landing' | 'landed' | 'ended';

/** A file from which expenses come, from its arrival on; one that brought some stays. */
export interface ImportTable {
  id: string;
  team_id: string;
  kind: ImportKind;
  person_id: string;
  person_name: string;
  /** As it came, in harmless letters. */
  file_name: string;
  /** In bytes; with the hash once all of it has arrived. */
  size: number;
  /** In hex; empty until then. */
  sha256: string;
  state: ImportState;
  /** How the file is to be read, and what becomes of what is in it: JSON (importing/choices.ts). */
  choices: string;
  /** What came of the last look at it, or why it ended: JSON (importing/outcome.ts). */
  outcome: string;
  /** How far whoever reads it has come. */
  bytes_read: Generated<number>;
  begun_at: string;
  /** When somebody last went on with it. */
  alive_at: string;
}

/** A part of a file whose expenses have not landed yet. */
export interface ImportPieceTable {
  import_id: string;
  /** From 1 on. */
  number: number;
  bytes: Uint8Array;
}

/** Imports whose expenses do not count yet, and nobody sees. */
export interface ImportPendingTable {
  import_id: string;
}
