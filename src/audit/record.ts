/* The room audit: what happened, so that it stays known. */
import { randomUUIDv7 } from 'node:crypto';
import type { Database, Transaction } from '../database/schema.ts';
import { tell } from '../measured.ts';
import type { Clock } from '../web/clock.ts';

/** Every word for what may have happened; the record knows no other. */
export const auditActions = [
  'signed-in',
  'sign-in-refused',
  'signed-out',
  'access-ended',
  'person-admitted',
  'person-disabled',
  'person-enabled',
  'request-refused',
  'grant-added',
  'grant-removed',
  'rule-added',
  'rule-changed',
  'rule-removed',
  'team-added',
  'team-changed',
  'team-archived',
  'team-restored',
  'expense-submitted',
  'expense-withdrawn',
  'expense-approved',
  'expense-rejected',
  'expense-reimbursed',
  'expenses-exported',
  'expenses-imported',
  'limit-added',
  'limit-changed',
  'limit-removed',
  'category-added',
  'category-renamed',
  'category-retired',
  'category-restored',
  'own-data-exported',
  'rates-kept',
  'accounts-kept',
  'accounts-removed',
  'reference-given',
  'settlement-exported',
  'budgets-set',
  'month-closed',
  'month-opened',
  'audit-exported',
] as const;
export type AuditAction = (typeof auditActions)[number];

type DetailValue = string | number | boolean | null | readonly string[];

/** What is to be recorded. Never a secret, a code or a token: nothing that stands here can be taken back. */
export interface NewAuditEntry {
  readonly action: AuditAction;
  /** Who did it; undefined where that is nobody whom we know. */
  readonly by?: { readonly id: string; readonly name: string | null } | undefined;
  /** What it was done to: a kind such as `person`, `team`, `rule`, `session` or `audit`, its id, and its name as it was then. */
  readonly about?: { readonly kind: string; readonly id: string; readonly name: string | null } | undefined;
  readonly detail?: Readonly<Record<string, DetailValue | undefined>> | undefined;
  /** Of the request. */
  readonly reference?: string | undefined;
}

/** Longest id, word or reference, in characters; ours are far shorter. */
const MAX_WORD = 300;
/** Longest name, in characters. */
const MAX_NAME = 200;
/** Longest single value of the detail, in characters, and longest list, in values. */
const MAX_VALUE = 500;
const MAX_VALUES = 50;
/** Longest detail, as JSON, in characters. */
const MAX_DETAIL = 4_000;

/**
 * Appends to the record, in the caller's transaction where there is one, so that what happened and that it was recorded are
 * true together. Locks nothing: its place in the chain is found later, by `linkPending`. What is too long is cut, ends with
 * "…", and never fails; control characters go.
 */
export async function recordAudit(db: Database | Transaction, entry: NewAuditEntry, now: Clock): Promise<void> {
  // Both rows or neither: an entry that is not on the list of what is to be linked would look like one that was smuggled in.
  if (!db.isTransaction) return db.transaction().execute((transaction) => recordAudit(transaction, entry, now));
  const at = now();
  const { action, by, about } = entry;
  const id = idAt(at);
  await db
    .insertInto('audit_entry')
    .values({
      id,
      at: at.toISOString(),
      action,
      person_id: by === undefined ? null : plain(by.id, MAX_WORD),
      person_name: by?.name == null ? null : plain(by.name, MAX_NAME),
      about_kind: about === undefined ? null : plain(about.kind, MAX_WORD),
      about_id: about === undefined ? null : plain(about.id, MAX_WORD),
      about_name: about?.name == null ? null : plain(about.name, MAX_NAME),
      detail: boundedJson(entry.detail ?? {}),
      reference: entry.reference === undefined ? null : plain(entry.reference, MAX_WORD),
    })
    .execute();
  await db.insertInto('audit_pending').values({ entry_id: id }).execute();
  tell('audit', () => ({ action: entry.action }));
}

/** The instant of the last id, in milliseconds, and how many ids of this process had it before. */
let last = Number.NaN;
let before = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7) of this instant by our own clock, so that ids and instants never disagree; within a millisecond
 * one process counts (§6.2), so that what it records together stays in order.
 */
function idAt(at: Date): string {
  before = at.getTime() === last ? (before + 1) % 0x1000 : 0;
  last = at.getTime();
  return `${firstIdAt(at).slice(0, 13)}-7${before.toString(16).padStart(3, '0')}${randomUUIDv7().slice(18)}`;
}

/** The lowest id that an entry of this instant can have. */
export function firstIdAt(at: Date): string {
  const milliseconds = Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}

/** Text that both engines take as it is (PostgreSQL refuses NUL), that breaks no line, and that says where it was cut. */
function plain(text: string, limit: number): string {
  const clean = text.replace(/\p{Cc}/gu, '').toWellFormed();
  if (clean.length <= limit) return clean;
  const cut = clean.slice(0, limit - 1);
  // By characters, not by their halves.
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}

/** What does not fit any more is left out, and the detail says so. */
function boundedJson(detail: NonNullable<NewAuditEntry['detail']>): string {
  const kept: Record<string, DetailValue> = {};
  let length = '{"cut":true}'.length;
  for (const [name, given] of Object.entries(detail)) {
    if (given === undefined) continue;
    const key = plain(name, MAX_WORD);
    const value = bounded(given);
    length += JSON.stringify({ [key]: value }).length;
    if (length > MAX_DETAIL) return JSON.stringify({ ...kept, cut: true });
    kept[key] = value;
  }
  return JSON.stringify(kept);
}

function bounded(value: DetailValue): DetailValue {
  if (typeof value === 'string') return plain(value, MAX_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const values = value.slice(0, MAX_VALUES).map((one) => plain(one, MAX_VALUE));
  return value.length > MAX_VALUES ? [...values, '…'] : values;
}
