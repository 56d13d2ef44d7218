import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import type { Session } from './sessions.ts';

/** How long whoever asks the provider again has for it, and how soon it is asked again where it did not answer, in milliseconds. */
const REVALIDATION_LEASE = 60_000;

/** Takes the turn to ask the provider again: only one request gets it, and for a minute. */
export async function claimRevalidation(db: Database, idHash: string, now: Clock): Promise<Session | undefined> {
  return db
    .updateTable('session')
    .set({ revalidate_at: new Date(now().getTime() + REVALIDATION_LEASE).toISOString() })
    .where('id_hash', '=', idHash)
    .where('revalidate_at', '<=', now().toISOString())
    .returningAll()
    .executeTakeFirst();
}

/** Only a session that is there; one that has ended meanwhile stays ended. */
export async function renewSession(
  db: Database,
  idHash: string,
  renewed: Partial<Pick<Session, 'revalidate_at' | 'sealed_id_token' | 'sealed_refresh_token'>>,
): Promise<void> {
  await db.updateTable('session').set(renewed).where('id_hash', '=', idHash).execute();
}
