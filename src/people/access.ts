import { type NewAuditEntry, recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { audited, findAudited } from './audited.ts';

/** Whose access is meant: one session of the provider's, or all that somebody has. */
export type Access =
  | { readonly issuer: string; readonly sid: string; readonly subject?: string | undefined }
  | { readonly issuer: string; readonly sid?: undefined; readonly subject: string };

export interface EndAccessOptions {
  /** A session that stays, because its own request asks for this. */
  readonly except?: string;
  /** The hash of a logout token's id, which counts once. */
  readonly jtiHash?: string;
  /** For the audit record: by which way it was asked for, by whom where that is somebody here, and in which request. */
  readonly channel?: string;
  readonly by?: NewAuditEntry['by'];
  readonly reference?: string;
}

/**
 * Ends access, by whatever channel that was asked for: the sessions are gone, with the tokens in them, and no sign-in that
 * began before opens another one. What was said is durable when the promise is kept.
 * @returns how many sessions ended, or `used` where a logout token came a second time.
 */
export async function endAccess(
  db: Database,
  access: Access,
  now: Clock,
  options: EndAccessOptions = {},
): Promise<number | 'used'> {
  const { issuer, sid, subject } = access;
  const endedAt = now().toISOString();
  // A token that came before has no effect at all, not even on a sign-in that is under way.
  if (options.jtiHash !== undefined && (await wasUsed(db, options.jtiHash))) return 'used';
  // Before the sessions are deleted, and for itself: `addSession` looks for it after it has written.
  await db
    .insertInto('access_end')
    .values({
      issuer,
      ...(sid === undefined ? { kind: 'subject', value: subject } : { kind: 'sid', value: sid }),
      ended_at: endedAt,
    })
    .onConflict((conflict) => conflict.columns(['issuer', 'kind', 'value']).doUpdateSet({ ended_at: endedAt }))
    .execute();
  return db.transaction().execute(async (transaction) => {
    if (options.jtiHash !== undefined && !(await useOnce(transaction, options.jtiHash, endedAt))) return 'used';
    let query = transaction.deleteFrom('session').where('issuer', '=', issuer);
    if (sid !== undefined) query = query.where('sid', '=', sid);
    if (subject !== undefined) query = query.where('subject', '=', subject);
    if (options.except !== undefined) query = query.where('id_hash', '<>', options.except);
    const ended = await query.returning('person_id').execute();
    await recordEnd(
      transaction,
      access,
      ended.map((session) => session.person_id),
      now,
      options,
    );
    return ended.length;
  });
}

/** An entry for each person whose sessions ended; where none did, one for whom is meant, if we know them, unless they asked themselves. */
async function recordEnd(
  db: Transaction,
  { issuer, sid, subject }: Access,
  ended: readonly string[],
  now: Clock,
  { channel = 'outlay', by, reference }: EndAccessOptions,
): Promise<void> {
  const record = (about: NewAuditEntry['about'], count: number) =>
    recordAudit(
      db,
      { action: 'access-ended', by, about, detail: { channel, ended: count, issuer, sid, subject }, reference },
      now,
    );
  if (ended.length === 0) {
    const about = subject === undefined ? undefined : await findAudited(db, issuer, subject);
    // Anybody who is signed in can end none of their own, again and again; what is recorded stays for good.
    return about !== undefined && about.id === by?.id ? undefined : record(about, 0);
  }
  const people = await db
    .selectFrom('person')
    .select(['id', 'name', 'email'])
    .where('id', 'in', [...new Set(ended)])
    .execute();
  for (const person of people) await record(audited(person), ended.filter((id) => id === person.id).length);
}

async function wasUsed(db: Database, jtiHash: string): Promise<boolean> {
  const row = await db.selectFrom('used_logout_token').select('used_at').where('jti_hash', '=', jtiHash).executeTakeFirst();
  return row !== undefined;
}

/** Decides between two that come at once. */
async function useOnce(db: Transaction, jtiHash: string, usedAt: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows: used } = await db
    .insertInto('used_logout_token')
    .values({ jti_hash: jtiHash, used_at: usedAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return used === 1n;
}

/** Whether this access has ended since then, all of the person's or the one of the provider's session. */
export async function hasEndedSince(
  db: Database,
  { issuer, sid, subject }: { issuer: string; sid: string | null; subject: string },
  since: Date,
): Promise<boolean> {
  const row = await db
    .selectFrom('access_end')
    .select('ended_at')
    .where('issuer', '=', issuer)
    .where('ended_at', '>=', since.toISOString())
    .where((end) =>
      end.or([
        end.and([end('kind', '=', 'subject'), end('value', '=', subject)]),
        ...(sid === null ? [] : [end.and([end('kind', '=', 'sid'), end('value', '=', sid)])]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** No sign-in takes as long as a session lasts. */
export async function clearOldEnds(db: Transaction, before: string): Promise<void> {
  await db.deleteFrom('access_end').where('ended_at', '<=', before).execute();
  await db.deleteFrom('used_logout_token').where('used_at', '<=', before).execute();
}
