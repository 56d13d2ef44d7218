import type { Database } from '../database/schema.ts';
import { type AuditAction, firstIdAt } from './record.ts';

/** Whose entries, of what, and from when; each narrows. */
export interface AuditFilter {
  /** Who did it, or whom it was about. */
  readonly personId?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly from?: Date | undefined;
  /** The first instant that is too late. */
  readonly to?: Date | undefined;
}

/** An entry as it may be shown or exported. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  /** One of `auditActions`, or the word of a newer or older Outlay. */
  readonly action: string;
  readonly by: { readonly id: string; readonly name: string | null } | null;
  readonly about: { readonly kind: string; readonly id: string; readonly name: string | null } | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly reference: string | null;
  /** Its place in the chain; null until it has one, within seconds. */
  readonly seq: number | null;
  readonly hash: string | null;
}

/** How many entries one page shows. */
export const AUDIT_PAGE = 50;
/** How many entries an export holds in memory at once. */
const EXPORT_BATCH = 500;

/**
 * A page of the record, the newest first. By key: the thousandth page costs what the first does.
 * @param after the id of the last entry of the page before. Like `personId`, text without control characters.
 * @returns the entries, and what to give as `after` for the next page; undefined where there is none.
 */
export async function listAudit(
  db: Database,
  filter: AuditFilter,
  after?: string,
): Promise<{ entries: AuditEntry[]; next: string | undefined }> {
  const found = await select(db, filter, { order: 'desc', after, limit: AUDIT_PAGE + 1 });
  const entries = found.slice(0, AUDIT_PAGE);
  return { entries, next: found.length > AUDIT_PAGE ? entries.at(-1)?.id : undefined };
}

/** Everything that the filter lets through, the oldest first, in batches, so that a record of any length can be exported. */
export async function* streamAudit(db: Database, filter: AuditFilter): AsyncGenerator<readonly AuditEntry[]> {
  let after: string | undefined;
  for (;;) {
    const entries = await select(db, filter, { order: 'asc', after, limit: EXPORT_BATCH });
    if (entries.length > 0) yield entries;
    if (entries.length < EXPORT_BATCH) return;
    after = entries.at(-1)?.id;
  }
}

interface Span {
  readonly order: 'asc' | 'desc';
  readonly after: string | undefined;
  readonly limit: number;
}

async function select(db: Database, filter: AuditFilter, span: Span): Promise<AuditEntry[]> {
  const { personId } = filter;
  let found;
  if (personId === undefined) found = db.selectFrom(within(db, filter, span).as('found'));
  else {
    // Two spans of two indexes, each no longer than the page; one condition with "or" would read all that the person has.
    const by = within(db, filter, span).where('person_id', '=', personId);
    const about = within(db, filter, span).where('about_kind', '=', 'person').where('about_id', '=', personId);
    const both = db
      .selectFrom(by.as('by'))
      .selectAll()
      .union(db.selectFrom(about.as('about')).selectAll());
    found = db.selectFrom(both.as('found'));
  }
  const rows = await found
    .leftJoin('audit_link', 'audit_link.entry_id', 'found.id')
    .selectAll('found')
    .select(['audit_link.seq', 'audit_link.hash'])
    .orderBy('found.id', span.order)
    .limit(span.limit)
    .execute();
  return rows.map(({ person_id, person_name, about_kind, about_id, about_name, detail, ...rest }) => ({
    ...rest,
    by: person_id === null ? null : { id: person_id, name: person_name },
    about: about_kind === null || about_id === null ? null : { kind: about_kind, id: about_id, name: about_name },
    detail: parseDetail(detail),
  }));
}

/** What somebody wrote there by hand must not keep anybody from reading the rest. */
function parseDetail(text: string): Record<string, unknown> {
  try {
    const detail: unknown = JSON.parse(text);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return detail as Record<string, unknown>;
  } catch {
    // Said below, as of any other text that is no detail.
  }
  return { unreadable: text };
}

function within(db: Database, { action, from, to }: AuditFilter, { order, after, limit }: Span) {
  let query = db.selectFrom('audit_entry').selectAll();
  if (action !== undefined) query = query.where('action', '=', action);
  if (from !== undefined) query = query.where('id', '>=', firstIdAt(from));
  if (to !== undefined) query = query.where('id', '<', firstIdAt(to));
  if (after !== undefined) query = query.where('id', order === 'desc' ? '<' : '>', after);
  return query.orderBy('id', order).limit(limit);
}
