/* The room people: who somebody is. */
import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Database, PersonTable, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { normalizeEmail } from '../rights/rules.ts';
import { fromColumns, learnClaims, noClaims, type ToldClaims, toColumns } from '../rights/claims.ts';
import type { Clock } from '../web/clock.ts';
import { withoutUnseen } from '../web/unseen.ts';
import { audited } from './audited.ts';

/** Who the provider says somebody is. Made by `sign-in/identity-provider.ts` alone, after every check. */
export interface Identity {
  readonly issuer: string;
  /** Unique within the issuer, never reassigned, compared to the letter (OpenID Connect Core §2). */
  readonly subject: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** True only where the provider said exactly `true` of this very address (OpenID Connect Core §5.1). */
  readonly emailVerified: boolean;
  /** How they write numbers and dates, as a language tag (OpenID Connect Core §5.1). */
  readonly locale: string | undefined;
  /** What rules may be held against, besides the address. */
  readonly claims: ToldClaims;
  readonly sid: string | undefined;
  readonly authTime: Date | undefined;
  readonly acr: string | undefined;
  /** How the person proved who they are, such as `pwd` and `otp` (Core §2). */
  readonly amr: readonly string[];
  readonly idToken: string;
  /** Only where the provider gave one. */
  readonly refreshToken: string | undefined;
  /** When the provider wants the session to end (IPSIE SL1, `session_expiry`); undefined where it does not say. */
  readonly sessionExpiry: Date | undefined;
}

export type Person = Selectable<PersonTable>;

const MAX_NAME = 200;
/** Written out, some letters become eighteen; what is searched and sorted by has to fit into an index and an address. */
const MAX_SORT_NAME = 500;

/**
 * Finds the person by (issuer, subject) or makes them, and keeps name, e-mail, locale and claims as the provider gave them now. The
 * e-mail is never a key: addresses are recycled, unverified, and the same at two providers.
 * @param newPeople whether somebody whom we do not know yet becomes a person here.
 * @throws Problem `not-allowed` for somebody new where they do not, and for somebody whom an admin has disabled.
 */
export async function admit(db: Database | Transaction, identity: Identity, newPeople: boolean, now: Clock): Promise<Person> {
  const at = now();
  const { issuer, subject } = identity;
  const known = await lockPeople(db).where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst();
  if (known === undefined && !newPeople) throw unknownPerson();
  if (known !== undefined && known.disabled_at !== null) throw disabledPerson();
  const claims = learnClaims(known === undefined ? noClaims : fromColumns(known), identity.claims, true, at);
  const told = { ...asKept(identity), ...toColumns(claims), signed_in_at: at.toISOString() };
  const id = randomUUIDv7();
  const person = await db
    .insertInto('person')
    .values({ id, issuer, subject, admitted_at: at.toISOString(), disabled_at: null, ...told })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet(told))
    .returningAll()
    .executeTakeFirstOrThrow();
  if (person.id === id) {
    const detail = { issuer: person.issuer, subject: person.subject };
    await recordAudit(db, { action: 'person-admitted', about: audited(person), detail }, now);
  }
  return person;
}

function unknownPerson(): Problem {
  return new Problem(
    'not-allowed',
    'Your company’s sign-in knows you, but Outlay lets in only people who were added to it. Ask whoever runs Outlay in your company to add you.',
    { heading: 'You have no access yet', reason: 'person-unknown' },
  );
}

function disabledPerson(): Problem {
  return new Problem(
    'not-allowed',
    'Your company’s sign-in knows you, but an admin of Outlay has ended your access. If that is a mistake, ask an admin to give it back.',
    { heading: 'Your access has ended', reason: 'person-disabled' },
  );
}

/** What a refreshed answer may bring anew. */
export type Told = Pick<Identity, 'name' | 'email' | 'emailVerified' | 'locale' | 'claims'>;

/** Keeps what the provider says of somebody now, between two sign-ins; what it does not speak of stays as it was (Core §12.2). */
export async function keepTold(db: Database | Transaction, personId: string, told: Told, now: Clock): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute((transaction) => keepTold(transaction, personId, told, now));
  const known = await lockPeople(db).where('id', '=', personId).executeTakeFirst();
  if (known === undefined) return;
  const name = told.name ?? known.name ?? undefined;
  const locale = told.locale ?? known.locale ?? undefined;
  const address =
    told.email === undefined
      ? { email: known.email ?? undefined, emailVerified: known.email_verified === 1 }
      : { email: told.email, emailVerified: told.emailVerified };
  const claims = learnClaims(fromColumns(known), told.claims, false, now());
  await db
    .updateTable('person')
    .set({ ...asKept({ name, locale, ...address }), ...toColumns(claims) })
    .where('id', '=', personId)
    .execute();
}

/**
 * By a real update, so that on both engines whoever else keeps what was said of the same person waits, and builds upon it: what
 * the provider has taken back in one answer is not brought back by another that began with what was known before.
 */
function lockPeople(db: Database | Transaction) {
  return db
    .updateTable('person')
    .set((row) => ({ sort_name: row.ref('sort_name') }))
    .returningAll();
}

function asKept(told: Pick<Identity, 'name' | 'email' | 'emailVerified' | 'locale'>) {
  const name = displayName(told.name);
  const email = told.email === undefined ? null : normalizeEmail(told.email);
  return {
    name,
    email,
    email_verified: told.emailVerified ? (1 as const) : (0 as const),
    locale: told.locale ?? null,
    sort_name: cut(searchable([name, email].filter((text) => text !== null).join(' ')), MAX_SORT_NAME),
  };
}

/** As people search and sort: without case and accents. */
export function searchable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function displayName(name: string | undefined): string | null {
  const shown = name === undefined ? '' : withoutUnseen(name).trim();
  return shown === '' ? null : cut(shown, MAX_NAME);
}

/** By characters, not by their halves: half an emoji is no text. */
function cut(text: string, length: number): string {
  return Array.from(text).slice(0, length).join('');
}
