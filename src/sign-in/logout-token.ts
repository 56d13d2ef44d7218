import { z } from 'zod';
import type { LogoutTokenType } from '../config-provider.ts';
import type { Access } from '../people/access.ts';
import type { Clock } from '../web/clock.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { parseStrictJson } from './strict-json.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

/** In characters: a logout token says little. */
const MAX_LENGTH = 16_384;
/** A logout token is for now: one that was issued longer ago than this, in seconds, is somebody's old one. */
const MAX_AGE = 600;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface ExpectedLogoutToken {
  readonly issuer: string;
  readonly clientId: string;
  /** What the provider's metadata says it signs with; of these only `signatureAlgorithms` are accepted. */
  readonly algorithms: readonly string[];
  /** How far the two clocks may be apart, in seconds. */
  readonly clockTolerance: number;
  readonly type: LogoutTokenType;
}

const seconds = z.number().nonnegative().max(1e12);
const key = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 1_000)
  .regex(/^\P{Cc}+$/u);
const claimsShape = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  iat: seconds,
  exp: seconds,
  jti: z.string().min(1).max(1_000),
  sub: key.optional(),
  sid: key.optional(),
  events: z.looseObject({ [EVENT]: z.looseObject({}) }),
});

/**
 * Every step of Back-Channel Logout §2.6, from the raw token; whether it came before is for whoever remembers.
 * @throws UntrustedAnswer or JOSEError; nobody is to be signed out then.
 */
export async function verifyLogoutToken(
  logoutToken: string,
  expected: ExpectedLogoutToken,
  keys: ProviderKeys,
  now: Clock,
): Promise<{ access: Access; jti: string }> {
  if (logoutToken.length > MAX_LENGTH) throw new UntrustedAnswer('logout-token-too-long');
  parseStrictJson(Buffer.from(logoutToken.split('.', 1)[0] ?? '', 'base64url'), 'logout-token-header');
  const { payload, protectedHeader } = await keys.verify(logoutToken, expected.algorithms, 'logout-token'); // steps 1 and 2
  checkType(protectedHeader.typ, expected.type);
  const parsed = claimsShape.safeParse(parseStrictJson(payload, 'logout-token')); // steps 4 and 5 in part
  if (!parsed.success) throw new UntrustedAnswer(`logout-token-claim-${String(parsed.error.issues[0]?.path[0] ?? 'shape')}`);
  const { iss, aud, iat, exp, jti, sub, sid, ...rest } = parsed.data;
  const at = now().getTime() / 1_000;
  if (iss !== expected.issuer) throw new UntrustedAnswer('logout-token-iss'); // step 3
  if ([aud].flat().length !== 1 || [aud].flat()[0] !== expected.clientId) throw new UntrustedAnswer('logout-token-aud');
  if (exp <= at - expected.clockTolerance) throw new UntrustedAnswer('logout-token-exp');
  if (iat > at + expected.clockTolerance) throw new UntrustedAnswer('logout-token-iat-in-the-future');
  if (iat < at - MAX_AGE - expected.clockTolerance) throw new UntrustedAnswer('logout-token-iat-too-old');
  if ('nonce' in rest) throw new UntrustedAnswer('logout-token-nonce'); // step 6
  if (sid !== undefined) return { access: { issuer: iss, sid, subject: sub }, jti }; // steps 4 and 8 to 10
  if (sub !== undefined) return { access: { issuer: iss, subject: sub }, jti };
  throw new UntrustedAnswer('logout-token-sub-or-sid');
}

/** RFC 8725 §3.11: a token of another kind is never one for logging out, whatever it says. */
function checkType(typ: unknown, expected: LogoutTokenType): void {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type === 'logout+jwt') return;
  if (type === undefined && expected !== 'logout+jwt') return;
  if (type === 'jwt' && expected === 'JWT') return;
  throw new UntrustedAnswer('logout-token-typ');
}
