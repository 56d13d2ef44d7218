import type { JsonObject } from './behaviour.ts';
import { by, compact, type SigningKey } from './signing.ts';

export interface LogoutTokenParts {
  /** Added to the honest claims, or instead of them; undefined takes one away. */
  readonly claims?: JsonObject;
  readonly header?: JsonObject;
  /** Complete control over the token. */
  readonly sign?: (header: JsonObject, claims: JsonObject) => string;
}

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** A logout token (Back-Channel Logout §2.4), honest but for what is changed. It names nobody unless told to. */
export function makeLogoutToken(issuer: string, key: SigningKey, { claims, header, sign }: LogoutTokenParts): string {
  const now = Math.floor(Date.now() / 1_000);
  const said: JsonObject = {
    iss: issuer,
    aud: 'outlay',
    iat: now,
    exp: now + 120,
    jti: crypto.randomUUID(),
    events: { [LOGOUT_EVENT]: {} },
    ...claims,
  };
  const named: JsonObject = { alg: key.alg, kid: key.kid, typ: 'logout+jwt', ...header };
  return sign === undefined ? compact(named, said, by(key)) : sign(named, said);
}
