import { createHash } from 'node:crypto';
import { type Behaviour, changeJson, type JsonObject, without } from './behaviour.ts';
import type { BehaviourMaker } from './fault.ts';
import { signedUserInfo } from './faults/user-info.ts';
import type { HostileOptions } from './provider.ts';
import { type Algorithm, by, compact, heldKey } from './signing.ts';

/** Something odd but honest that real providers do, and that must sign people in. */
export interface Variation {
  readonly name: string;
  /** The duty that it tests, by its id. */
  readonly requirement: string;
  /** What the provider does, without a subject. */
  readonly title: string;
  readonly behaviour: BehaviourMaker;
  /** What it is started with. */
  readonly options: HostileOptions;
}

function variation(
  requirement: string,
  name: string,
  title: string,
  behaviour: BehaviourMaker,
  options: HostileOptions = {},
): Variation {
  return { name, requirement, title, behaviour, options };
}

function silentOn(...names: readonly string[]): Behaviour {
  return { metadata: (metadata) => without(metadata, ...names) };
}

const person = { name: 'Alice Archer', email: 'alice@example.com', email_verified: true };
const inIdToken: Behaviour = { claims: (claims) => ({ ...claims, ...person }) };

function tokens(change: (body: JsonObject) => JsonObject): Behaviour {
  return { tokenAnswer: changeJson(change) };
}

/** Everything is signed in this way, and the metadata says so. */
async function signedWith(alg: Algorithm): Promise<Behaviour> {
  const key = await heldKey(alg, 'honest');
  return {
    metadata: (metadata) => ({ ...metadata, id_token_signing_alg_values_supported: [alg] }),
    jwks: () => [key.jwk],
    sign: ({ claims }) => compact({ alg, kid: key.kid }, claims, by(key)),
  };
}

/** Every token as this clock would make it. */
function clockAhead(seconds: number): Behaviour {
  const now = () => Math.ceil(Date.now() / 1_000) + seconds;
  return { claims: (claims) => ({ ...claims, iat: now(), auth_time: now(), exp: seconds < 0 ? now() : now() + 300 }) };
}

function leftHalf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}

/** The access token of an answer has to be known before its ID Token is made. */
function withAccessTokenHash({ key }: { readonly key: Parameters<typeof by>[0] }): Behaviour {
  return tokens((body) => {
    const [header = '', payload = ''] = String(body['id_token'])
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    const claims = { ...(JSON.parse(payload) as JsonObject), at_hash: leftHalf(String(body['access_token'])) };
    return { ...body, id_token: compact(header, claims, by(key)) };
  });
}

/** What real providers do, one oddity each. */
export const variations: readonly Variation[] = [
  variation('ACCEPT', 'honest', 'does nothing odd', {}),
  variation('AUR-2', 'no-pkce-methods', 'does not say how a code may be bound', silentOn('code_challenge_methods_supported')),
  variation('CBK-2', 'no-iss', 'neither promises nor names the issuer in its answer', {
    ...silentOn('authorization_response_iss_parameter_supported'),
    response: (parameters) => parameters.delete('iss'),
  }),
  variation(
    'CBK-2',
    'unpromised-iss',
    'names the issuer in its answer without a promise',
    silentOn('authorization_response_iss_parameter_supported'),
  ),
  variation('SMG-1', 'extra-parameters', 'sends more in its answer than anybody asked for', {
    response: (parameters) => {
      for (const name of ['session_state', 'client_info', 'scope', 'authuser', 'hd']) parameters.set(name, 'planted.value');
    },
  }),
  variation('AUR-3', 'insists-on-nonce', 'insists on a nonce', {
    response: (parameters, asked) => {
      if (/^[\x20-\x7e]{16,64}$/.test(asked.get('nonce') ?? '')) return;
      parameters.delete('code');
      parameters.set('error', 'invalid_request');
    },
  }),
  variation('CFG-1', 'metadata-moved', 'has moved its metadata within its own origin', {
    metadataAnswer: (honest, { path, query }) =>
      query.has('moved') ? honest : { status: 301, headers: { location: `${path}?moved` }, body: '' },
  }),
  variation('CFG-1', 'metadata-charset', 'says in which letters its metadata is written', {
    metadataAnswer: (honest) => ({ ...honest, headers: { 'content-type': 'Application/JSON; charset=UTF-8' } }),
  }),
  variation('CFG-2', 'issuer-with-path', 'has a path in its name', {}, { issuerPath: '/tenants/one' }),
  variation('CFG-2', 'issuer-with-slash', 'has a slash at the end of its name', {}, { issuerPath: '/' }),
  variation('CFG-2', 'issuer-with-path-and-slash', 'has a path and a slash in its name', {}, { issuerPath: '/o/outlay/' }),
  variation('FAP-1', 'par-offered', 'offers to have requests pushed', {}, { par: 'offered' }),
  variation('FAP-1', 'par-required', 'takes only requests that were pushed', {}, { par: 'required' }),
  variation('RPL-4', 'end-session', 'has a place to end its own session', {}, { endSession: true }),
  variation(
    'TOK-5',
    'lower-case-type',
    'writes its token’s type in small letters',
    tokens((body) => ({ ...body, token_type: 'bearer' })),
  ),
  variation(
    'TOK-5',
    'upper-case-type',
    'writes its token’s type in capitals',
    tokens((body) => ({ ...body, token_type: 'BEARER' })),
  ),
  variation(
    'TOK-5',
    'no-expires-in',
    'does not say how long its token lasts',
    tokens((body) => without(body, 'expires_in')),
  ),
  variation(
    'TOK-5',
    'text-expires-in',
    'says in a text how long its token lasts',
    tokens((body) => ({ ...body, expires_in: '300' })),
  ),
  variation(
    'AUR-7',
    'refresh-token',
    'sends a refresh token that nobody asked for',
    tokens((body) => ({ ...body, refresh_token: 'planted-refresh-a' })),
  ),
  variation(
    'TOK-5',
    'extra-members',
    'sends more for a code than anybody asked for',
    tokens((body) => ({ ...body, scope: 'openid', foci: '1', nested: { a: [null] } })),
  ),
  variation('IDT-4', 'aud-of-one', 'issues the ID Token for a list of one', {
    claims: (claims) => ({ ...claims, aud: ['outlay'] }),
  }),
  variation('IDT-4', 'azp', 'names Outlay twice in the ID Token', { claims: (claims) => ({ ...claims, azp: 'outlay' }) }),
  variation('IDT-8', 'at-hash', 'says which access token the ID Token was made with', withAccessTokenHash),
  variation('IDT-10', 'typ-jwt', 'calls the ID Token a JWT', { header: (header) => ({ ...header, typ: 'JWT' }) }),
  variation('IDT-12', 'long-id-token', 'sends an ID Token of 14 kB', {
    claims: (claims) => ({ ...claims, groups: Array.from({ length: 300 }, (_, index) => `department-of-many-words-${index}`) }),
  }),
  variation('IDT-12', 'repeated-words', 'repeats names of members in other objects and in texts', {
    claims: (claims) => ({
      ...claims,
      name: '"sub":"sub-dana"',
      address: { sub: 'a', iss: 'b' },
      others: [{ sub: 'c' }, { sub: 'd' }],
    }),
  }),
  variation('KEY-2', 'no-kid', 'does not name its only key', { header: (header) => without(header, 'kid') }),
  variation('KEY-2', 'no-kid-several-keys', 'does not name which of its keys signed', async () => {
    const [before, after] = await Promise.all([heldKey('RS256', 'before'), heldKey('RS256', 'after')]);
    return { header: (header) => without(header, 'kid'), jwks: (keys) => [before.jwk, ...keys, after.jwk] };
  }),
  variation('KEY-5', 'other-keys', 'has keys of kinds that nobody knows yet', {
    jwks: (keys) => [{ kty: 'AKP', kid: 'new', alg: 'ML-DSA-44', pub: 'AAAA' }, ...keys, { kty: 'oct', kid: 'odd', k: 'AAAA' }],
  }),
  ...(['ES256', 'PS256', 'EdDSA'] as const).map((alg) =>
    variation('IDT-2', `signed-with-${alg.toLowerCase()}`, `signs with ${alg}`, () => signedWith(alg)),
  ),
  variation('KEY-6', 'clock-ahead', 'has a clock that is 29 seconds fast', clockAhead(28)),
  variation('KEY-6', 'clock-behind', 'has a clock by which the ID Token expired 29 seconds ago', clockAhead(-29)),
  variation('IDM-1', 'claims-in-id-token', 'says all in the ID Token and nothing at UserInfo', {
    ...inIdToken,
    userInfo: ({ sub }) => ({ sub }),
  }),
  variation('IDM-1', 'no-userinfo', 'has no UserInfo', { ...inIdToken, ...silentOn('userinfo_endpoint') }),
  variation('IDM-9', 'no-email', 'does not give out the e-mail address', {
    userInfo: (claims) => without(claims, 'email', 'email_verified'),
  }),
  variation('IDM-3', 'signed-userinfo', 'signs UserInfo', (provider) => signedUserInfo(provider)),
  variation('IDM-3', 'signed-userinfo-aud-of-one', 'signs UserInfo for a list of one', (provider) =>
    signedUserInfo(provider, { aud: [provider.clientId] }),
  ),
];
