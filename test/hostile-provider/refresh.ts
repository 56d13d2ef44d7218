import type { Refreshable } from './authorization.ts';
import { type Answer, jsonAnswer, without } from './behaviour.ts';
import { by, compact } from './signing.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** One that counts once. */
export function newRefreshToken(refreshable: Refreshable, refreshes: Map<string, Refreshable>): string {
  const token = `planted-refresh-${crypto.randomUUID()}`;
  refreshes.set(token, refreshable);
  return token;
}

/** Redeems a refresh token (RFC 6749 §6) for another one, as providers do that rotate them (RFC 9700 §4.14.2). */
export function refresh(form: URLSearchParams, { behaviour, key, ledger }: TokenEndpoint): Answer {
  const used = form.get('refresh_token') ?? '';
  const refreshable = ledger.refreshes.get(used);
  ledger.refreshes.delete(used);
  if (refreshable === undefined) return jsonAnswer({ error: 'invalid_grant' }, 400);
  const now = Math.floor(Date.now() / 1_000);
  // Of the sign-in, which is over: so without its nonce, and with its auth_time (Core §12.2).
  const honest = { ...without(refreshable.signedIn, 'nonce'), iat: now, exp: now + 300 };
  const claims = behaviour.refreshClaims === undefined ? honest : behaviour.refreshClaims(honest);
  return jsonAnswer({
    access_token: `planted-access-${crypto.randomUUID()}`,
    token_type: 'Bearer',
    expires_in: 300,
    refresh_token: newRefreshToken(refreshable, ledger.refreshes),
    ...(claims !== undefined && { id_token: compact({ alg: key.alg, kid: key.kid }, claims, by(key)) }),
  });
}
