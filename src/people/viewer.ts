import type { Request } from 'express';
import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { fromColumns, type KnownClaims } from '../rights/claims.ts';
import { type Grant, type Right, type Role, toGrant } from '../rights/rights.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import type { Clock } from '../web/clock.ts';
import { countingAt, type Counting, countsAfter, type SessionLimits } from './session-limits.ts';

/** The signed-in person of one request, as the session's row and the person's row say right now. */
export interface Viewer {
  readonly personId: string;
  readonly sessionIdHash: string;
  readonly issuer: string;
  readonly subject: string;
  /** When the person last proved to the provider who they are; undefined where it did not say. */
  readonly authTime: Date | undefined;
  /** How strongly they did, in the provider's own words (Core §2). */
  readonly acr: string | undefined;
  /** When the session was last noted to be in use. */
  readonly seenAt: Date;
  /** When the provider is to be asked again whether this still holds; undefined where it cannot be asked. */
  readonly revalidateAt: Date | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** The language tag of how they write numbers and dates; undefined where the provider said none. */
  readonly locale: string | undefined;
  /** The address that rules may be held against; undefined unless the provider verified it. */
  readonly verifiedEmail: string | undefined;
  readonly claims: KnownClaims;
  /** Worked out for this request, from the rules and grants as they are now. */
  readonly rights: readonly Right[];
}

declare global {
  namespace Express {
    interface User extends Viewer {}
  }
}

/**
 * For every handler below the guest line.
 * @throws Problem `sign-in-needed` where there is no viewer, so that a misplaced route is closed and not open.
 */
export function viewerOf(req: Request): Viewer {
  if (req.user === undefined) throw new Problem('sign-in-needed', 'You need to sign in to see this page.');
  return req.user;
}

/** What to call somebody: the name, else the address, else a word that is never wrong. */
export function displayNameOf({
  name,
  email,
}: {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
}): string {
  return name ?? email ?? 'Signed-in person';
}

/** A row per grant, or one without; few people have several. */
const selectViewer = prepared((db, session: Counting & { readonly idHash: string }) =>
  db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('rule_book', (join) => join.onTrue())
    .leftJoin('right_grant', 'right_grant.person_id', 'person.id')
    .select(['session.person_id', 'session.issuer', 'session.subject', 'session.auth_time', 'session.acr', 'session.seen_at'])
    .select(['session.revalidate_at', 'rule_book.version', 'person.name', 'person.email', 'person.email_verified'])
    .select(['person.locale', 'person.claims', 'person.groups_state', 'person.groups_told_at'])
    .select([
      'right_grant.id as grant_id',
      'right_grant.role',
      'right_grant.team_id',
      'right_grant.given_by',
      'right_grant.given_at',
    ])
    .where('session.id_hash', '=', session.idHash)
    .where('person.disabled_at', 'is', null)
    .where(countsAfter(session)),
);

/**
 * Whose session this is, if it is one and has not ended, with what they may do right now: one indexed read, and the rules
 * from memory as long as their version is still the one just read.
 */
export async function findViewer(
  db: Database,
  idHash: string,
  ruleBook: RuleBook,
  limits: SessionLimits,
  now: Clock,
): Promise<Viewer | undefined> {
  const rows = await selectViewer(db, { idHash, ...countingAt(limits, now) });
  const [row] = rows;
  if (row === undefined) return undefined;
  const email = row.email ?? undefined;
  const known = { verifiedEmail: row.email_verified === 1 ? email : undefined, claims: fromColumns(row) };
  const rules = await ruleBook.at(row.version);
  return {
    personId: row.person_id,
    sessionIdHash: idHash,
    issuer: row.issuer,
    subject: row.subject,
    authTime: row.auth_time === null ? undefined : new Date(row.auth_time),
    acr: row.acr ?? undefined,
    seenAt: new Date(row.seen_at),
    revalidateAt: row.revalidate_at === null ? undefined : new Date(row.revalidate_at),
    name: row.name ?? undefined,
    email,
    locale: row.locale ?? undefined,
    ...known,
    rights: rules.rightsOf({ ...known, grants: rows.flatMap(toGrants) }),
  };
}

/**
 * The same viewer as they are by now, for whatever takes longer than a moment.
 * @throws Problem `sign-in-needed` where they have been signed out meanwhile.
 */
export type ViewerNow = (viewer: Viewer) => Promise<Viewer>;

export function viewerNow(db: Database, ruleBook: RuleBook, limits: SessionLimits, now: Clock): ViewerNow {
  return async ({ sessionIdHash }) => {
    const viewer = await findViewer(db, sessionIdHash, ruleBook, limits, now);
    if (viewer === undefined)
      throw new Problem('sign-in-needed', 'You were signed out meanwhile, and nothing was kept. Sign in again.');
    return viewer;
  };
}

interface GrantColumns {
  readonly grant_id: string | null;
  readonly role: Role | null;
  readonly team_id: string | null;
  readonly given_by: string | null;
  readonly given_at: string | null;
}

/** None where the person has none: the columns of a left join are empty then. */
function toGrants({ grant_id: id, role, given_by, given_at, team_id }: GrantColumns): Grant[] {
  if (id === null || role === null || given_by === null || given_at === null) return [];
  return [toGrant({ id, role, team_id, given_by, given_at })];
}
