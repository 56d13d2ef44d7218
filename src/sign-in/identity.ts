import { z } from 'zod';
import { type GroupsSettings, usualGroups } from '../config-provider.ts';
import type { Identity } from '../people/people.ts';
import { readLocale } from '../web/language.ts';
import { toldClaims } from './told-claims.ts';

/** Longer than any honest value, in characters; what is longer is treated as not sent. */
const MAX_CLAIM = 1_000;

// Core §5.1 fixes these types; a provider that sends another one has sent nothing we can use, and sign-in goes on without it.
const optionalText = z.string().min(1).max(MAX_CLAIM).optional().catch(undefined);
// RFC 5321 §4.5.3.1.3: at most 254 characters; without spaces, control and direction marks it can be a key of a rule, and looks like what it is.
const optionalEmail = z
  .string()
  .max(254)
  .regex(/^[^\s\p{Cc}\p{Cf}@]+@[^\s\p{Cc}\p{Cf}@]+$/u)
  .optional()
  .catch(undefined);

// Kept to be compared, not shown: PostgreSQL refuses a NUL, and nothing honest has a control character in it.
// In bytes, because an index of PostgreSQL takes 2,704 of them, and an alphabet three for each character.
const optionalKey = z
  .string()
  .regex(/^\P{Cc}+$/u)
  .refine((text) => Buffer.byteLength(text) <= MAX_CLAIM)
  .optional()
  .catch(undefined);

const required = z.object({
  iss: z.string(),
  // Core §2: at most 255 ASCII characters.
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
});

const profile = z.object({
  name: optionalText,
  preferred_username: optionalText,
  locale: z.string().transform(readLocale).optional().catch(undefined),
  email: optionalEmail,
  email_verified: z.unknown().optional(),
});

// Core §2: how somebody proved who they are, such as "pwd" and "otp"; for the log.
const methods = z
  .array(z.string().regex(/^[\x21-\x7e]{1,40}$/))
  .max(20)
  .optional()
  .catch(undefined);

const session = z.object({
  sid: optionalKey,
  acr: optionalKey,
  amr: methods,
  // IPSIE SL1: seconds; what is no such time, such as milliseconds, is not one.
  session_expiry: z.number().int().positive().max(99_999_999_999).optional().catch(undefined),
  auth_time: z.number().int().positive().max(8_640_000_000_000).optional().catch(undefined),
});

/** What the provider gave for a code or a refresh token. */
export interface Tokens {
  readonly idToken: string;
  readonly refreshToken?: string | undefined;
}

/**
 * Reads what we need out of an ID Token's claims and a UserInfo answer, both already verified. The ID Token comes first;
 * some providers give name and e-mail at UserInfo only.
 * @throws ZodError without an issuer or a usable subject.
 */
export function parseIdentity(
  idTokenClaims: object,
  userInfo: object,
  tokens: Tokens,
  groups: GroupsSettings = usualGroups,
): Identity {
  const { iss, sub } = required.parse(idTokenClaims);
  const { sid, acr, amr = [], auth_time: authTime, session_expiry: expiry } = session.parse(idTokenClaims);
  const sources = [profile.parse(idTokenClaims), profile.parse(userInfo)];
  const email = firstOf(sources.map((source) => source.email));
  return {
    issuer: iss,
    subject: sub,
    name: firstOf(sources.map((source) => source.name)) ?? firstOf(sources.map((source) => source.preferred_username)),
    email,
    // "Verified" is believed only from a source that speaks of the very same address; the text "true" is not true.
    emailVerified: email !== undefined && sources.some((source) => source.email === email && source.email_verified === true),
    locale: firstOf(sources.map((source) => source.locale)),
    claims: toldClaims(idTokenClaims, userInfo, groups),
    sid,
    authTime: authTime === undefined ? undefined : new Date(authTime * 1_000),
    acr,
    amr,
    idToken: tokens.idToken,
    refreshToken: tokens.refreshToken,
    sessionExpiry: expiry === undefined ? undefined : new Date(expiry * 1_000),
  };
}

function firstOf(values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined);
}
