import { createHash } from 'node:crypto';
import type { ExpressionBuilder, Selectable } from 'kysely';
import type { Database, Schema, SessionTable } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import type { Viewer } from './viewer.ts';

/** A session ends after this long without a request, in milliseconds (30 minutes). */
export const IDLE_LIMIT = 30 * 60_000;
/** A session ends this long after sign-in, whatever happens in it, in milliseconds (12 hours). */
export const ABSOLUTE_LIMIT = 12 * 60 * 60_000;
/** A nonce is remembered for this long, in milliseconds (1 hour): longer than any answer that carries it is believed. */
const NONCE_MEMORY = 60 * 60_000;
/** `seen_at` is written at most this often, in milliseconds, so that reading a page is not a write. */
const TOUCH_INTERVAL = 60_000;

export type Session = Selectable<SessionTable>;

/** Only the hash is stored: whoever reads the database cannot take over a session. */
export function hashSessionId(id: string): string {
  return hash(id);
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/**
 * Writes a session that has just begun and that its nonce has been used, and clears away what has ended: all or nothing,
 * so that a sign-in that failed has failed.
 * @throws Problem `sign-in-failed` when a session began with this nonce before (Core §15.5.2).
 */
export async function addSession(db: Database, session: Session, nonce: string, now: Clock): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { numInsertedOrUpdatedRows: used } = await transaction
      .insertInto('used_nonce')
      .values({ nonce_hash: hash(nonce), used_at: now().toISOString() })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (used !== 1n) throw alreadyUsed();
    await transaction
      .insertInto('session')
      .values(session)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction.deleteFrom('session').where('seen_at', '<=', before(now, IDLE_LIMIT)).execute();
    await transaction.deleteFrom('used_nonce').where('used_at', '<=', before(now, NONCE_MEMORY)).execute();
  });
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

/** One indexed read: whose session this is, if it is one and has not ended. */
export async function findViewer(db: Database, idHash: string, now: Clock): Promise<Viewer | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select(['session.person_id', 'session.issuer', 'session.subject', 'person.name', 'person.email', 'person.email_verified'])
    .where('session.id_hash', '=', idHash)
    .where(counts(now))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const email = row.email ?? undefined;
  return {
    personId: row.person_id,
    sessionIdHash: idHash,
    issuer: row.issuer,
    subject: row.subject,
    name: row.name ?? undefined,
    email,
    verifiedEmail: row.email_verified === 1 ? email : undefined,
  };
}

/** Never brings an ended session back: it only changes a row that is there and still counts. */
export async function touchSession(db: Database, idHash: string, now: Clock): Promise<void> {
  await db
    .updateTable('session')
    .set({ seen_at: now().toISOString() })
    .where('id_hash', '=', idHash)
    .where('seen_at', '<=', before(now, TOUCH_INTERVAL))
    .where(counts(now))
    .execute();
}

/** @returns the session as it was, for what is left to do at the provider; undefined when it had ended already. */
export async function endSession(db: Database, idHash: string): Promise<Session | undefined> {
  return db.deleteFrom('session').where('id_hash', '=', idHash).returningAll().executeTakeFirst();
}

/** The viewer's own sessions that have not ended, the last used first. */
export async function listSessions(db: Database, viewer: Viewer, now: Clock): Promise<Session[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('person_id', '=', viewer.personId)
    .where(counts(now))
    .orderBy('seen_at', 'desc')
    .execute();
}

/** The one condition for a session that has not ended by either limit. */
function counts(now: Clock) {
  return ({ and, eb }: ExpressionBuilder<Schema, 'session'>) =>
    and([eb('session.seen_at', '>', before(now, IDLE_LIMIT)), eb('session.started_at', '>', before(now, ABSOLUTE_LIMIT))]);
}

function before(now: Clock, milliseconds: number): string {
  return new Date(now().getTime() - milliseconds).toISOString();
}
