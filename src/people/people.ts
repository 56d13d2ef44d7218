import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Database, PersonTable, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';

/** Who the provider says somebody is. Made by `sign-in/identity-provider.ts` alone, after every check. */
export interface Identity {
  readonly issuer: string;
  /** Unique within the issuer, never reassigned, compared to the letter (OpenID Connect Core §2). */
  readonly subject: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** True only where the provider said exactly `true` of this very address (OpenID Connect Core §5.1). */
  readonly emailVerified: boolean;
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

/**
 * Finds the person by (issuer, subject) or makes them, and keeps name and e-mail as the provider gave them now. The
 * e-mail is never a key: addresses are recycled, unverified, and the same at two providers.
 * @param newPeople whether somebody whom we do not know yet becomes a person here.
 * @throws Problem `not-allowed` for somebody new where they do not.
 */
export async function admit(db: Database | Transaction, identity: Identity, newPeople: boolean, now: Clock): Promise<Person> {
  const at = now().toISOString();
  const told = { ...asKept(identity), signed_in_at: at };
  if (!newPeople) {
    const known = await db
      .updateTable('person')
      .set(told)
      .where('issuer', '=', identity.issuer)
      .where('subject', '=', identity.subject)
      .returningAll()
      .executeTakeFirst();
    if (known !== undefined) return known;
    throw new Problem(
      'not-allowed',
      'Your company’s sign-in knows you, but Outlay lets in only people who were added to it. Ask whoever runs Outlay in your company to add you.',
      { heading: 'You have no access yet', reason: 'person-unknown' },
    );
  }
  return db
    .insertInto('person')
    .values({ id: randomUUIDv7(), issuer: identity.issuer, subject: identity.subject, admitted_at: at, ...told })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet(told))
    .returningAll()
    .executeTakeFirstOrThrow();
}

type Told = Pick<Identity, 'name' | 'email' | 'emailVerified'>;

/** Keeps what the provider says of somebody now, between two sign-ins; what it does not speak of stays as it was (Core §12.2). */
export async function keepTold(db: Database, personId: string, told: Told): Promise<void> {
  const { name, ...address } = asKept(told);
  const changed = { ...(told.name !== undefined && { name }), ...(told.email !== undefined && address) };
  if (Object.keys(changed).length === 0) return;
  await db.updateTable('person').set(changed).where('id', '=', personId).execute();
}

function asKept({ name, email, emailVerified }: Told) {
  return {
    name: displayName(name),
    email: email === undefined ? null : normalizeEmail(email),
    email_verified: emailVerified ? (1 as const) : (0 as const),
  };
}

/**
 * ASCII letters only: full case folding would make one address of two different ones (the Kelvin sign becomes "k"), and
 * so give somebody another person's team.
 */
export function normalizeEmail(email: string): string {
  return email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Without control and direction marks, which could make a name look like another one or break a log line. The two joiners
 * stay: Persian and Indic names are spelled with them.
 */
function displayName(name: string | undefined): string | null {
  const shown = name?.replace(/[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu, '').trim() ?? '';
  // By characters, not by their halves: half an emoji is no text.
  return shown === '' ? null : Array.from(shown).slice(0, MAX_NAME).join('');
}
