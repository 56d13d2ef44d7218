import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Clock } from '../web/clock.ts';
import type { ProviderKeys } from './provider-keys.ts';

/** How far two clocks may be apart, in seconds. */
export const CLOCK_TOLERANCE = 30;
/** An ID Token is for now: one that was issued longer ago than this, in seconds, is somebody's old one. */
const MAX_AGE = 600;
/** In characters. Groups make them long; nothing makes them this long. */
const MAX_LENGTH = 65_536;

/** RSA and elliptic curves with SHA-2; never "none", and never a secret that we share (RFC 8725 §3.1 and §3.2). */
const acceptable = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly accessToken: string;
  /** What the provider's metadata says it signs with; RS256 where it says nothing (Discovery §3). */
  readonly algorithms: readonly string[] | undefined;
}

/** Thrown with the step that failed, for the log. */
export class IdTokenError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`The ID Token is refused: ${code}`);
    this.name = 'IdTokenError';
    this.code = code;
  }
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
  nonce: z.string(),
  at_hash: z.string().optional(),
});

/**
 * Every step of Core §3.1.3.7, from the raw token, including those that the OAuth library leaves out: it does not read
 * iat's age, an auth_time in the future, azp beside a single aud, at_hash, or typ.
 * @returns the claims, which may be believed now.
 * @throws IdTokenError or JOSEError; nobody is to be signed in then.
 */
export async function verifyIdToken(idToken: string, expected: ExpectedIdToken, keys: ProviderKeys, now: Clock): Promise<Claims> {
  if (idToken.length > MAX_LENGTH) throw new IdTokenError('too-long');
  const algorithms = (expected.algorithms ?? ['RS256']).filter((algorithm) => acceptable.includes(algorithm));
  const { payload, protectedHeader } = await keys.verify(idToken, algorithms); // steps 6 to 8
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toUpperCase() !== 'JWT') throw new IdTokenError('typ'); // RFC 8725 §3.11
  const claims = parseClaims(payload);
  checkParties(claims, expected);
  checkTimes(claims, now);
  if (claims.nonce !== expected.nonce) throw new IdTokenError('nonce'); // step 11
  if (claims.at_hash !== undefined && claims.at_hash !== hashOf(expected.accessToken, idToken)) throw new IdTokenError('at_hash'); // §3.1.3.8
  return claims;
}

type Claims = z.infer<typeof claimsShape>;

function parseClaims(payload: Uint8Array): Claims {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw new IdTokenError('not-json');
  }
  const parsed = claimsShape.safeParse(value);
  if (!parsed.success) throw new IdTokenError(`claim-${String(parsed.error.issues[0]?.path[0] ?? 'shape')}`);
  return parsed.data;
}

/** Steps 2 to 5. An audience beside us is nobody that we know, so none is trusted. */
function checkParties({ iss, aud, azp }: Claims, { issuer, clientId }: ExpectedIdToken): void {
  if (iss !== issuer) throw new IdTokenError('iss');
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (audiences.length !== 1 || audiences[0] !== clientId) throw new IdTokenError('aud');
  if (azp !== undefined && azp !== clientId) throw new IdTokenError('azp');
}

/** Steps 9, 10 and 13. */
function checkTimes({ exp, iat, nbf, auth_time: authTime }: Claims, now: Clock): void {
  const at = now().getTime() / 1_000;
  if (exp <= at - CLOCK_TOLERANCE) throw new IdTokenError('exp');
  if (iat > at + CLOCK_TOLERANCE) throw new IdTokenError('iat-in-the-future');
  if (iat < at - MAX_AGE - CLOCK_TOLERANCE) throw new IdTokenError('iat-too-old');
  if (nbf !== undefined && nbf > at + CLOCK_TOLERANCE) throw new IdTokenError('nbf');
  if (authTime !== undefined && authTime > at + CLOCK_TOLERANCE) throw new IdTokenError('auth_time-in-the-future');
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
