import { createHash } from 'node:crypto';
import type { Grant } from './authorization.ts';
import { type Answer, type Behaviour, type HostileRequest, type JsonObject, jsonAnswer } from './behaviour.ts';
import { authenticate } from './client-authentication.ts';
import { newRefreshToken, refresh } from './refresh.ts';
import { by, compact } from './signing.ts';
import { SUBJECT, type TokenEndpoint } from './token-endpoint.ts';

/** Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.6). */
export async function redeem(request: HostileRequest, parts: TokenEndpoint): Promise<Answer> {
  const authenticated = await authenticate(request, parts.client);
  if ('refused' in authenticated) {
    parts.authentications.push({ refused: authenticated.refused });
    const basic = request.headers.authorization === undefined ? {} : { 'www-authenticate': 'Basic realm="provider"' };
    const answer = jsonAnswer({ error: 'invalid_client', error_description: authenticated.refused }, 401);
    return { ...answer, headers: { ...answer.headers, ...basic } };
  }
  parts.authentications.push({ method: authenticated.method });
  const form = new URLSearchParams(request.body);
  const code = form.get('code') ?? '';
  const grant = parts.ledger.grants.get(code);
  parts.ledger.grants.delete(code);
  if (form.get('grant_type') === 'refresh_token') return refresh(form, parts);
  if (form.get('grant_type') !== 'authorization_code') return jsonAnswer({ error: 'unsupported_grant_type' }, 400);
  if (grant === undefined || !fits(grant, form)) return jsonAnswer({ error: 'invalid_grant' }, 400);
  const signedIn = claimsOf(grant, parts);
  const refreshes = grant.scope.split(' ').includes('offline_access');
  return jsonAnswer({
    access_token: `planted-access-${crypto.randomUUID()}`,
    token_type: 'Bearer',
    expires_in: 300,
    ...(refreshes && { refresh_token: newRefreshToken({ signedIn }, parts.ledger.refreshes) }),
    id_token: makeIdToken(signedIn, authenticated.secret, parts),
  });
}

function fits({ challenge, redirectUri }: Grant, form: URLSearchParams): boolean {
  const verifier = form.get('code_verifier') ?? '';
  const hash = createHash('sha256').update(verifier).digest('base64url');
  return /^[\w.~-]{43,128}$/.test(verifier) && hash === challenge && form.get('redirect_uri') === redirectUri;
}

function claimsOf({ nonce }: Grant, { behaviour, client }: TokenEndpoint): JsonObject {
  const now = Math.floor(Date.now() / 1_000);
  const claims: JsonObject = {
    iss: client.issuer,
    aud: client.id,
    sub: SUBJECT,
    iat: now,
    exp: now + 300,
    auth_time: now,
    ...(nonce !== undefined && { nonce }),
  };
  return behaviour.claims?.(claims) ?? claims;
}

function makeIdToken(claims: JsonObject, clientSecret: string, parts: TokenEndpoint): string | undefined {
  const { behaviour, issued, key } = parts;
  const plain: JsonObject = { alg: key.alg, kid: key.kid };
  const header = behaviour.header?.(plain) ?? plain;
  const honest = compact(header, claims, by(key));
  const token = behaviour.sign === undefined ? honest : behaviour.sign({ claims, header, key, clientSecret, honest });
  if (Object.keys(behaviour).length === 0) issued.push(honest);
  return token;
}

/** UserInfo (Core §5.3), for a token in the header and nowhere else (RFC 6750 §2). */
export function tellAbout(request: HostileRequest, { userInfo }: Behaviour): Answer {
  if (!/^Bearer planted-access-\S+$/i.test(request.headers.authorization ?? '') || request.query.has('access_token')) {
    return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: '' };
  }
  const claims = { sub: SUBJECT, email: 'alice@example.com', email_verified: true, name: 'Alice Archer' };
  return jsonAnswer(userInfo?.(claims) ?? claims);
}
