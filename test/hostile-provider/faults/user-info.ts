import { type Behaviour, type JsonObject, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import type { HostileProvider } from '../provider.ts';
import { by, byNobody, compact, heldKey } from '../signing.ts';
import { cutOff, drip, hang, redirectElsewhere, tooLarge, withStatus } from './answers.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/userinfo', noCallsTo: [] });
const slow = { slow: true, reason: 'provider-unavailable' } as const;

/** UserInfo as a JWT (Core §5.3.2), with what this changes. */
export function signedUserInfo(
  { clientId, issuer, key }: HostileProvider,
  change: JsonObject = {},
  sign: (header: JsonObject, claims: JsonObject) => string = (header, claims) => compact(header, claims, by(key)),
): Behaviour {
  return {
    userInfoAnswer: (honest) => {
      const claims = { ...(JSON.parse(honest.body) as JsonObject), iss: issuer, aud: clientId, ...change };
      return {
        ...honest,
        headers: { ...honest.headers, 'content-type': 'application/jwt' },
        body: sign({ alg: key.alg, kid: key.kid }, claims),
      };
    },
  };
}

/** What UserInfo may say. */
export const userInfoFaults: readonly Fault[] = [
  fault('IDM-1', 'userinfo-other-sub', 'names another subject at UserInfo', {
    userInfo: (claims) => ({ ...claims, sub: 'sub-dana' }),
  }),
  fault('IDM-1', 'userinfo-case-sub', 'names the subject in other letters at UserInfo', {
    userInfo: (claims) => ({ ...claims, sub: 'SUB-ALICE' }),
  }),
  fault('IDM-1', 'userinfo-no-sub', 'names no subject at UserInfo', { userInfo: (claims) => without(claims, 'sub') }),
  fault('IDM-3', 'userinfo-forged', 'signs UserInfo with an unpublished key', async (provider) => {
    const attacker = await heldKey('RS256', 'attacker');
    return signedUserInfo(provider, {}, (header, claims) => compact(header, claims, by(attacker)));
  }),
  fault('IDM-3', 'userinfo-none', 'wraps UserInfo without signing it', (provider) =>
    signedUserInfo(provider, {}, (_header, claims) => compact({ alg: 'none' }, claims, byNobody)),
  ),
  fault('IDM-3', 'userinfo-signed-other-iss', 'names another issuer in a signed UserInfo', (provider) =>
    signedUserInfo(provider, { iss: 'https://id.attacker.example' }),
  ),
  fault('IDM-3', 'userinfo-signed-other-aud', 'signs UserInfo for somebody else', (provider) =>
    signedUserInfo(provider, { aud: 'another' }),
  ),
  fault('IDM-3', 'userinfo-signed-other-sub', 'names another subject in a signed UserInfo', (provider) =>
    signedUserInfo(provider, { sub: 'sub-dana' }),
  ),
  fault('IDM-1', 'userinfo-status-500', 'fails when asked for UserInfo', { userInfoAnswer: withStatus(500) }),
  fault('IDM-1', 'userinfo-status-401', 'does not know its own access token', {
    userInfoAnswer: withStatus(401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="planted-words"' }),
  }),
  fault('TOK-4', 'userinfo-redirect', 'sends whoever asks for UserInfo to another origin', (provider) => ({
    userInfoAnswer: redirectElsewhere(provider, '/userinfo'),
  })),
  fault('TOK-4', 'userinfo-too-large', 'sends more than a megabyte of UserInfo', { userInfoAnswer: tooLarge }),
  fault('TOK-4', 'userinfo-hang', 'never answers when asked for UserInfo', { userInfoAnswer: hang }, slow),
  fault('TOK-4', 'userinfo-drip', 'sends UserInfo a byte at a time, for ever', { userInfoAnswer: drip }, slow),
  fault('IDM-1', 'userinfo-not-json', 'sends UserInfo that is cut off', { userInfoAnswer: cutOff }),
];
