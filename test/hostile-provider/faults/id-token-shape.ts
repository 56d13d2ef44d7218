import { createHash } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { type Behaviour, type JsonObject, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import { by, compact } from '../signing.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/token', noCallsTo: ['/userinfo'] });

function typed(typ: string): Behaviour {
  return { header: (header) => ({ ...header, typ }) };
}

/** Signed as it should be, over this text as it stands. */
function payload(make: (claims: JsonObject) => string): Behaviour {
  return { sign: ({ header, claims, key }) => compact(header, make(claims), by(key)) };
}

/** The last of two members wins in most readers, so to them the token looks honest. */
function firstMember(member: string, object: JsonObject): string {
  return JSON.stringify(object).replace('{', `{${member},`);
}

/** Five parts (RFC 7516 §3.1). */
const encrypted = await new CompactEncrypt(Buffer.from('{"sub":"sub-alice"}'))
  .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
  .encrypt(createHash('sha256').update('secret').digest());

/** What kind of token the ID Token is, and how it is written. */
export const idTokenShapeFaults: readonly Fault[] = [
  fault('IDT-10', 'id-token-typ-access-token', 'calls the ID Token an access token', typed('at+jwt')),
  fault('IDT-10', 'id-token-typ-logout-token', 'calls the ID Token a logout token', typed('logout+jwt')),
  fault('IDT-10', 'id-token-typ-security-event', 'calls the ID Token a security event', typed('secevent+jwt')),
  fault('IDT-10', 'id-token-access-token', 'sends an access token in place of the ID Token', {
    claims: (claims) => ({
      ...without(claims, 'nonce', 'auth_time'),
      client_id: 'outlay',
      scope: 'openid',
      jti: 'planted-access-jti',
    }),
  }),
  fault('IDT-10', 'id-token-logout-token', 'sends a logout token in place of the ID Token', {
    claims: (claims) => ({
      ...without(claims, 'nonce', 'auth_time'),
      jti: crypto.randomUUID(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    }),
  }),
  fault(
    'IDT-12',
    'id-token-claim-twice',
    'names the subject twice in the ID Token',
    payload((claims) => firstMember('"sub":"sub-dana"', claims)),
  ),
  fault(
    'IDT-12',
    'id-token-claim-twice-escaped',
    'names the subject twice in the ID Token, once in another spelling',
    payload((claims) => firstMember(String.raw`"s\u0075b":"sub-dana"`, claims)),
  ),
  fault('IDT-12', 'id-token-header-twice', 'names the algorithm twice in the ID Token’s header', {
    sign: ({ header, claims, key }) => compact(firstMember('"alg":"none"', header), claims, by(key)),
  }),
  fault(
    'IDT-12',
    'id-token-array',
    'sends its claims in a list',
    payload((claims) => JSON.stringify([claims])),
  ),
  fault(
    'IDT-12',
    'id-token-not-json',
    'sends claims that are cut off',
    payload((claims) => JSON.stringify(claims).slice(0, -1)),
  ),
  fault('IDT-12', 'id-token-text-exp', 'writes the ID Token’s end as a text', {
    claims: (claims) => ({ ...claims, exp: String(claims['exp']) }),
  }),
  fault('IDT-12', 'id-token-object-aud', 'writes the ID Token’s audience as an object', {
    claims: (claims) => ({ ...claims, aud: { outlay: true } }),
  }),
  fault('IDT-12', 'id-token-too-long', 'sends an ID Token of 70 kB', {
    claims: (claims) => ({ ...claims, padding: 'x'.repeat(52_500) }),
  }),
  fault('IDT-12', 'id-token-encrypted', 'sends an encrypted ID Token that nobody agreed on', { sign: () => encrypted }),
  fault('IDT-12', 'id-token-no-jwt', 'sends something as an ID Token that is none', { sign: () => 'planted-no-token' }),
];
