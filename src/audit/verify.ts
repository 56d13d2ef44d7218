import type { Database } from '../database/schema.ts';
import { beginning, type Link, nextLink } from './chain.ts';

/** How many rows are in memory at once. */
const BATCH = 1_000;

/** What does not hold: a word for programs, where it is, and a sentence. */
export interface Fault {
  readonly kind:
    | 'entry-changed'
    | 'entry-missing'
    | 'link-missing'
    | 'tail-missing'
    | 'head-differs'
    | 'link-before-beginning'
    | 'link-beyond-head'
    | 'not-linked'
    | 'other-chain';
  /** The place in the chain; undefined for an entry that has none. */
  readonly seq: number | undefined;
  /** Undefined where nobody knows any more which one it was. */
  readonly entryId: string | undefined;
  readonly sentence: string;
}

export interface Verification {
  /** How many entries of the chain were looked at and hold. */
  readonly linked: number;
  /** How many entries wait for their place. */
  readonly pending: number;
  /** The last link that holds; to be written down elsewhere where there is no fault. */
  readonly head: Link;
  /** The first thing that does not hold, in the order of the chain. */
  readonly fault: Fault | undefined;
}

/**
 * Looks through the whole record, from its first link on, with bounded memory, while it goes on growing.
 * @param expected a head that was written down earlier: the chain must still go through it. Only this shows that somebody
 * wrote the whole chain anew.
 */
export async function verifyAudit(db: Database, expected?: Link): Promise<Verification> {
  const chain = await verifyChain(db, expected);
  const fault = chain.fault ?? (await findUnlinked(db)) ?? (await findVanished(db));
  const { pending } = await db
    .selectFrom('audit_pending')
    .select((row) => row.fn.countAll<number>().as('pending'))
    .executeTakeFirstOrThrow();
  return { linked: chain.at.seq, pending, head: chain.at, fault };
}

/**
 * Looks at the last entries of the chain only: whether each is what was linked, and the last of them the head. What is wrong
 * further back it does not see.
 */
export async function verifyAuditTail(db: Database, count: number): Promise<Pick<Verification, 'linked' | 'fault'>> {
  const head = await findHead(db);
  if (head === undefined) return { linked: 0, fault: headDiffers(undefined) };
  const before = head.seq - count;
  const from = before <= beginning.seq ? beginning : await findLink(db, before);
  if (from === undefined) return { linked: 0, fault: linkMissing(before) };
  const { at, fault } = await verifyChain(db, undefined, from);
  return { linked: at.seq - from.seq, fault };
}

async function findLink(db: Database, seq: number): Promise<Link | undefined> {
  return db.selectFrom('audit_link').select(['seq', 'hash']).where('seq', '=', seq).executeTakeFirst();
}

/** @param from a link of which nothing is asked, and after which all are looked at. */
async function verifyChain(
  db: Database,
  expected: Link | undefined,
  from = beginning,
): Promise<{ at: Link; fault: Fault | undefined }> {
  let at = from;
  // Up to the head as it was before: what comes behind it meanwhile is none of a tail's business.
  const head = await findHead(db);
  if (head === undefined) return { at, fault: headDiffers(undefined) };
  const disagreement = ({ seq, hash }: Link) => {
    if (seq === expected?.seq && hash !== expected.hash) return otherChain(seq);
    return seq === head.seq && hash !== head.hash ? headDiffers(seq) : undefined;
  };
  let fault = disagreement(at);
  while (fault === undefined) {
    const rows = await listLinks(db, at.seq);
    for (const { seq, entry_id: entryId, hash, ...found } of rows) {
      const next = at.seq + 1;
      if (seq !== next) return { at, fault: linkMissing(next) };
      const { id } = found;
      if (id === null) return { at, fault: entryMissing(seq, entryId) };
      const link = nextLink(at, { ...found, id } as Parameters<typeof nextLink>[1]);
      if (link.hash !== hash) return { at, fault: entryChanged(seq, id) };
      fault = disagreement(link);
      if (fault !== undefined) return { at, fault };
      at = link;
    }
    if (rows.length < BATCH) break;
  }
  if (fault !== undefined) return { at, fault };
  if (head.seq > at.seq) return { at, fault: tailMissing(at.seq + 1, `its head says that there are ${head.seq}`) };
  const outside = await findOutside(db);
  if (outside !== undefined) return { at, fault: outside };
  if (expected !== undefined && expected.seq > at.seq) {
    return { at, fault: tailMissing(at.seq + 1, `the head that was written down says that there were ${expected.seq}`) };
  }
  return { at, fault: undefined };
}

/** Each batch is one statement, and linking is one transaction, so that a batch never shows half of it. */
async function listLinks(db: Database, after: number) {
  return db
    .selectFrom('audit_link')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_link.entry_id')
    .select(['audit_link.seq', 'audit_link.entry_id', 'audit_link.hash'])
    .selectAll('audit_entry')
    .where('audit_link.seq', '>', after)
    .orderBy('audit_link.seq')
    .limit(BATCH)
    .execute();
}

async function findHead(db: Database): Promise<Link | undefined> {
  return db.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1).executeTakeFirst();
}

/** Before its first place as well: the chain is walked from there on, and would never come by. */
async function findOutside(db: Database): Promise<Fault | undefined> {
  const link = await db
    .selectFrom('audit_link')
    .select(['seq', 'entry_id'])
    .where((row) =>
      row.or([row('seq', '<', 1), row('seq', '>', row.selectFrom('audit_head').select('audit_head.seq').where('id', '=', 1))]),
    )
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return (
    link && {
      kind: link.seq < 1 ? 'link-before-beginning' : 'link-beyond-head',
      seq: link.seq,
      entryId: link.entry_id,
      sentence:
        link.seq < 1
          ? `Entry ${link.entry_id} is linked at place ${link.seq}, before the chain begins.`
          : `Entry ${link.entry_id} is linked at place ${link.seq}, but the chain's head does not reach so far.`,
    }
  );
}

/**
 * An entry gets onto the list of what is pending with its own transaction, and leaves it with that of its link. Asked at once
 * and not in batches by id: whoever puts one in gives it whatever id they like, on SQLite none at all.
 */
async function findUnlinked(db: Database): Promise<Fault | undefined> {
  const stray = await db
    .selectFrom('audit_entry')
    .leftJoin('audit_link', 'audit_link.entry_id', 'audit_entry.id')
    .leftJoin('audit_pending', 'audit_pending.entry_id', 'audit_entry.id')
    .select('audit_entry.id')
    .where('audit_link.seq', 'is', null)
    .where('audit_pending.entry_id', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (stray === undefined) return undefined;
  const sentence = `Entry ${stray.id} has no place in the chain, and does not wait for one either.`;
  return { kind: 'not-linked', seq: undefined, entryId: stray.id, sentence };
}

/** What waits for its place is on the list for as long as its entry is there. */
async function findVanished(db: Database): Promise<Fault | undefined> {
  const pending = await db
    .selectFrom('audit_pending')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_pending.entry_id')
    .select('audit_pending.entry_id')
    .where('audit_entry.id', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (pending === undefined) return undefined;
  const sentence = `Entry ${pending.entry_id} was removed while it waited for its place in the chain.`;
  return { kind: 'entry-missing', seq: undefined, entryId: pending.entry_id, sentence };
}

function entryChanged(seq: number, entryId: string): Fault {
  const sentence = `Entry ${entryId}, at place ${seq}, is not what was linked there: its content was changed, or its place was.`;
  return { kind: 'entry-changed', seq, entryId, sentence };
}

function entryMissing(seq: number, entryId: string): Fault {
  const sentence = `Entry ${entryId}, at place ${seq}, was removed: the chain has its link, and nothing behind it.`;
  return { kind: 'entry-missing', seq, entryId, sentence };
}

function linkMissing(seq: number): Fault {
  return { kind: 'link-missing', seq, entryId: undefined, sentence: `The entry at place ${seq} was removed from the chain.` };
}

function tailMissing(seq: number, why: string): Fault {
  const sentence = `The entries from place ${seq} on were removed from the chain: ${why}.`;
  return { kind: 'tail-missing', seq, entryId: undefined, sentence };
}

function headDiffers(seq: number | undefined): Fault {
  const sentence = seq === undefined ? 'The chain has lost its head.' : `The chain's head is not its link at place ${seq}.`;
  return { kind: 'head-differs', seq, entryId: undefined, sentence };
}

function otherChain(seq: number): Fault {
  const sentence = `The chain's link at place ${seq} is not the head that was written down: the chain was written anew.`;
  return { kind: 'other-chain', seq, entryId: undefined, sentence };
}
