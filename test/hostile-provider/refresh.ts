import type { Refreshable } from './authorization.ts';
import { type Answer, type JsonObject, jsonAnswer } from './behaviour.ts';
import { by, compact } from './signing.ts';
import { SUBJECT, type TokenEndpoint } from './token-endpoint.ts';

/** Of whoever has just signed in, as the ID Token has it. */
export function newRefreshToken(scope: string, { behaviour, ledger }: TokenEndpoint): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = behaviour.claims?.({ sub: SUBJECT, auth_time: now }) ?? { sub: SUBJECT, auth_time: now };
  return keep({ scope, subject: String(claims['sub']), authTime: Number(claims['auth_time'] ?? now) }, ledger.refreshes);
}

function keep(refreshable: Refreshable, refreshes: Map<string, Refreshable>): string {
  const token = `planted-refresh-${crypto.randomUUID()}`;
  refreshes.set(token, refreshable);
  return token;
}

/** Redeems a refresh token (RFC 6749 §6) for another one, as providers do that rotate them (RFC 9700 §4.14.2). */
export function refresh(form: URLSearchParams, { behaviour, client, key, ledger }: TokenEndpoint): Answer {
  const used = form.get('refresh_token') ?? '';
  const refreshable = ledger.refreshes.get(used);
  ledger.refreshes.delete(used);
  if (refreshable === undefined) return jsonAnswer({ error: 'invalid_grant' }, 400);
  const now = Math.floor(Date.now() / 1_000);
  const honest: JsonObject = {
    iss: client.issuer,
    aud: client.id,
    sub: refreshable.subject,
    iat: now,
    exp: now + 300,
    auth_time: refreshable.authTime,
  };
  const claims = behaviour.refreshClaims === undefined ? honest : behaviour.refreshClaims(honest);
  return jsonAnswer({
    access_token: `planted-access-${crypto.randomUUID()}`,
    token_type: 'Bearer',
    expires_in: 300,
    refresh_token: keep(refreshable, ledger.refreshes),
    ...(claims !== undefined && { id_token: compact({ alg: key.alg, kid: key.kid }, claims, by(key)) }),
  });
}
