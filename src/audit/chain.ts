import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { AuditEntryTable } from '../database/schema-audit.ts';

/** A link of the chain: how many there are up to it, and its hash, which speaks for all of them. */
export interface Link {
  readonly seq: number;
  /** SHA-256 in hex, 64 characters. */
  readonly hash: string;
}

/** Before the first entry. */
export const beginning: Link = { seq: 0, hash: '0'.repeat(64) };

/** First in every hash, so that another form of it can never be taken for this one. */
const FORM = 'outlay-audit-1';

/** The link that follows when this entry does: over the hash before, its place, and every field in this order. */
export function nextLink(previous: Link, entry: Selectable<AuditEntryTable>): Link {
  const seq = previous.seq + 1;
  const content = JSON.stringify([
    FORM,
    previous.hash,
    seq,
    entry.id,
    entry.at,
    entry.action,
    entry.person_id,
    entry.person_name,
    entry.about_kind,
    entry.about_id,
    entry.about_name,
    entry.detail,
    entry.reference,
  ]);
  return { seq, hash: createHash('sha256').update(content).digest('hex') };
}

/** `SEQ:HASH`, to be written down elsewhere. */
export function formatLink({ seq, hash }: Link): string {
  return `${seq}:${hash}`;
}

/** @returns undefined for what is not `SEQ:HASH`. */
export function parseLink(text: string): Link | undefined {
  const [, seq, hash = ''] = /^(0|[1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return seq === undefined ? undefined : { seq: Number(seq), hash };
}
