import { hash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Database, SessionTable, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { clearOldEnds, hasEndedSince } from './access.ts';
import { auditedViewer } from './audited.ts';
import { before, counts, type SessionLimits, TOUCH_INTERVAL } from './session-limits.ts';
import type { Viewer } from './viewer.ts';

/** A nonce is remembered for this long, in milliseconds (1 hour): longer than any answer that carries it is believed. */
const NONCE_MEMORY = 60 * 60_000;
/** How many ended sessions one sign-in clears away, so that nobody waits for those of a whole company. */
const CLEARED_AT_ONCE = 1_000;

export type Session = Selectable<SessionTable>;

/** A session as it is to be written; whose it is may be found out, or admitted, in the same transaction. */
export interface Beginning extends Omit<Session, 'person_id'> {
  readonly person_id: string | ((db: Transaction) => Promise<string>);
}

/** Only the hash is stored: whoever reads the database cannot take over a session. */
export function hashSessionId(id: string): string {
  return hashOnce(id);
}

/** For what is random and long: it needs no salt. */
export function hashOnce(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/**
 * Writes a session that has just begun and that its nonce has been used, and may clear away what has ended: all or nothing,
 * so that a sign-in that failed has failed. Whoever was signed out meanwhile is not signed in: `endAccess` writes first and
 * deletes then, this writes first and looks then, so that one of the two sees the other.
 * @param begunAt when the sign-in began, before anything that ended since.
 * @param clears whether what has ended is cleared away now.
 * @throws Problem `sign-in-failed` when a session began with this nonce before (Core §15.5.2), or access ended meanwhile.
 */
export async function addSession(
  db: Database,
  { person_id: person, ...begins }: Beginning,
  begunAt: Date,
  limits: SessionLimits,
  now: Clock,
  clears = true,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { numInsertedOrUpdatedRows: used } = await transaction
      .insertInto('used_nonce')
      .values({ nonce_hash: begins.nonce_hash, used_at: now().toISOString() })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (used !== 1n) throw alreadyUsed();
    // Only now: an answer that was used before must not change what we know of somebody either.
    const personId = typeof person === 'string' ? person : await person(transaction);
    await transaction
      .insertInto('session')
      .values({ ...begins, person_id: personId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await endBeyond(transaction, personId, limits.perPerson);
    if (clears) await clearEnded(transaction, limits, now);
  });
  if (await hasEndedSince(db, begins, begunAt)) {
    await endSession(db, begins.id_hash);
    throw new Problem('sign-in-failed', 'You were signed out while you were signing in. Try again, if that was not meant.', {
      reason: 'access-ended',
    });
  }
}

/** For an answer of the provider's that has opened a session before, in this process or another. */
export function alreadyUsed(): Problem {
  return new Problem(
    'sign-in-failed',
    'This sign-in has been used already, and works only once. Try again; it takes only a moment.',
    {
      reason: 'attempt-used',
    },
  );
}

async function endBeyond(db: Transaction, personId: string, limit: number): Promise<void> {
  const kept = db
    .selectFrom('session')
    .select('id_hash')
    .where('person_id', '=', personId)
    .orderBy('seen_at', 'desc')
    .orderBy('started_at', 'desc')
    .limit(limit);
  await db.deleteFrom('session').where('person_id', '=', personId).where('id_hash', 'not in', kept).execute();
}

async function clearEnded(db: Transaction, limits: SessionLimits, now: Clock): Promise<void> {
  const ended = db
    .selectFrom('session')
    .select('id_hash')
    .where((row) => row.not(counts(limits, now)(row)))
    .limit(CLEARED_AT_ONCE);
  await db.deleteFrom('session').where('id_hash', 'in', ended).execute();
  await db.deleteFrom('used_nonce').where('used_at', '<=', before(now, NONCE_MEMORY)).execute();
  await clearOldEnds(db, before(now, limits.absolute));
}

/** Never brings an ended session back: it only changes a row that is there and still counts. */
export async function touchSession(db: Database, idHash: string, limits: SessionLimits, now: Clock): Promise<void> {
  await db
    .updateTable('session')
    .set({ seen_at: now().toISOString() })
    .where('id_hash', '=', idHash)
    .where('seen_at', '<=', before(now, TOUCH_INTERVAL))
    .where(counts(limits, now))
    .execute();
}

/** @returns the session as it was, for what is left to do at the provider; undefined when it had ended already. */
export async function endSession(db: Database | Transaction, idHash: string): Promise<Session | undefined> {
  return db.deleteFrom('session').where('id_hash', '=', idHash).returningAll().executeTakeFirst();
}

/** Somebody's sessions that have not ended, the last used first. */
export async function listSessions(
  db: Database,
  owner: Pick<Viewer, 'personId'>,
  limits: SessionLimits,
  now: Clock,
): Promise<Session[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('person_id', '=', owner.personId)
    .where(counts(limits, now))
    .orderBy('seen_at', 'desc')
    .execute();
}

/** Whether there is a session that the provider knows by this name. */
export async function hasSessionOf(db: Database, issuer: string, sid: string): Promise<boolean> {
  // PostgreSQL has no text with a NUL in it, and no session has such a name.
  if (/\p{Cc}/u.test(sid)) return false;
  const row = await db
    .selectFrom('session')
    .select('issuer')
    .where('issuer', '=', issuer)
    .where('sid', '=', sid)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends one of the viewer's own sessions, whichever it is. @returns undefined when there is none such, or it is another's. */
export async function endOwnSession(
  db: Database,
  viewer: Viewer,
  idHash: string,
  reference: string,
  now: Clock,
): Promise<Session | undefined> {
  return db.transaction().execute(async (transaction) => {
    const ended = await transaction
      .deleteFrom('session')
      .where('id_hash', '=', idHash)
      .where('person_id', '=', viewer.personId)
      .returningAll()
      .executeTakeFirst();
    if (ended !== undefined) {
      const person = auditedViewer(viewer);
      const detail = { channel: 'profile', ended: 1, device: ended.device };
      await recordAudit(transaction, { action: 'access-ended', by: person, about: person, detail, reference }, now);
    }
    return ended;
  });
}
