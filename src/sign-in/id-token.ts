import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Clock } from '../web/clock.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { parseStrictJson } from './strict-json.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

/** An ID Token is for now: one that was issued longer ago than this, in seconds, is somebody's old one. */
const MAX_AGE = 600;
/** In characters. Groups make them long; nothing makes them this long. */
const MAX_LENGTH = 65_536;

export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  /** Whether the token's nonce is the attempt's (or, of a refreshed one, that of its session). */
  readonly nonceFits: (nonce: string | undefined) => boolean;
  readonly accessToken: string;
  /** What the provider's metadata says it signs with; of these only `signatureAlgorithms` are accepted. */
  readonly algorithms: readonly string[];
  /** How far the two clocks may be apart, in seconds. */
  readonly clockTolerance: number;
  /** How long ago the person may have proved who they are, in seconds, where that was asked for (`max_age`). */
  readonly maxAge?: number | undefined;
  /** How strongly, where that was asked for (`acr_values`): one of these. */
  readonly acrValues?: readonly string[] | undefined;
}

const seconds = z.number().nonnegative().max(1e12);
const claimsShape = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  exp: seconds,
  iat: seconds,
  nbf: seconds.optional(),
  auth_time: seconds.optional(),
  acr: z.unknown().optional(),
  nonce: z.string().optional(),
  at_hash: z.string().optional(),
});

/**
 * Every step of Core §3.1.3.7, from the raw token, including those that the OAuth library leaves out: it does not read
 * iat's age, an auth_time in the future, azp beside a single aud, at_hash, or typ.
 * @returns the claims, which may be believed now.
 * @throws UntrustedAnswer or JOSEError; nobody is to be signed in then.
 */
export async function verifyIdToken(idToken: string, expected: ExpectedIdToken, keys: ProviderKeys, now: Clock): Promise<Claims> {
  if (idToken.length > MAX_LENGTH) throw new UntrustedAnswer('id-token-too-long');
  parseStrictJson(Buffer.from(idToken.split('.', 1)[0] ?? '', 'base64url'), 'id-token-header');
  const { payload, protectedHeader } = await keys.verify(idToken, expected.algorithms); // steps 6 to 8
  if (protectedHeader.typ !== undefined && !/^JWT$/i.test(protectedHeader.typ)) throw new UntrustedAnswer('id-token-typ'); // RFC 8725 §3.11
  const claims = parseClaims(payload);
  checkParties(claims, expected);
  checkTimes(claims, expected.clockTolerance, now);
  checkAuthentication(claims, expected, now);
  if (!expected.nonceFits(claims.nonce)) throw new UntrustedAnswer('id-token-nonce'); // step 11
  if (claims.at_hash !== undefined && claims.at_hash !== hashOf(expected.accessToken, idToken)) {
    throw new UntrustedAnswer('id-token-at_hash'); // §3.1.3.8
  }
  return claims;
}

type Claims = z.infer<typeof claimsShape>;

function parseClaims(payload: Uint8Array): Claims {
  const parsed = claimsShape.safeParse(parseStrictJson(payload, 'id-token'));
  if (!parsed.success) throw new UntrustedAnswer(`id-token-claim-${String(parsed.error.issues[0]?.path[0] ?? 'shape')}`);
  return parsed.data;
}

/** Steps 2 to 5. An audience beside us is nobody that we know, so none is trusted. */
function checkParties({ iss, aud, azp }: Claims, { issuer, clientId }: ExpectedIdToken): void {
  if (iss !== issuer) throw new UntrustedAnswer('id-token-iss');
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (audiences.length !== 1 || audiences[0] !== clientId) throw new UntrustedAnswer('id-token-aud');
  if (azp !== undefined && azp !== clientId) throw new UntrustedAnswer('id-token-azp');
}

/** Steps 9 and 10. */
function checkTimes({ exp, iat, nbf, auth_time: authTime }: Claims, tolerance: number, now: Clock): void {
  const at = now().getTime() / 1_000;
  if (exp <= at - tolerance) throw new UntrustedAnswer('id-token-exp');
  if (iat > at + tolerance) throw new UntrustedAnswer('id-token-iat-in-the-future');
  if (iat < at - MAX_AGE - tolerance) throw new UntrustedAnswer('id-token-iat-too-old');
  if (nbf !== undefined && nbf > at + tolerance) throw new UntrustedAnswer('id-token-nbf');
  if (authTime !== undefined && authTime > at + tolerance) throw new UntrustedAnswer('id-token-auth_time-in-the-future');
}

/** Steps 12 and 13: a provider may overlook what was asked for, so the answer is held against it. */
function checkAuthentication({ acr, auth_time: authTime }: Claims, expected: ExpectedIdToken, now: Clock): void {
  const { acrValues = [], maxAge, clockTolerance } = expected;
  if (acrValues.length > 0 && (typeof acr !== 'string' || !acrValues.includes(acr))) throw new UntrustedAnswer('id-token-acr');
  if (maxAge === undefined) return;
  if (authTime === undefined || authTime < now().getTime() / 1_000 - maxAge - clockTolerance) {
    throw new UntrustedAnswer('id-token-auth_time');
  }
}

/** The left half of the access token's hash, by the hash of the algorithm that signed the ID Token. */
function hashOf(accessToken: string, idToken: string): string {
  const { alg = '' } = decodeProtectedHeader(idToken);
  const bits = alg.endsWith('384') ? 384 : alg.endsWith('512') || alg.startsWith('Ed') ? 512 : 256;
  return createHash(`sha${bits}`)
    .update(accessToken, 'ascii')
    .digest()
    .subarray(0, bits / 16)
    .toString('base64url');
}
