import { type Behaviour, type JsonObject, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import type { HostileProvider } from '../provider.ts';
import { decode } from '../signing.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/token', noCallsTo: ['/userinfo'] });

function saying(members: JsonObject): Behaviour {
  return { claims: (claims) => ({ ...claims, ...members }) };
}

function silentOn(name: string): Behaviour {
  return { claims: (claims) => without(claims, name) };
}

/** Seconds from now. */
function at(name: string, seconds: number): Behaviour {
  return { claims: (claims) => ({ ...claims, [name]: Math.floor(Date.now() / 1_000) + seconds }) };
}

/** The ID Token of an honest sign-in before, if there was one. */
function earlier({ issued }: HostileProvider): string {
  return issued.at(-1) ?? '';
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** What the ID Token says. */
export const idTokenClaimFaults: readonly Fault[] = [
  fault('IDT-3', 'id-token-other-iss', 'names another issuer in the ID Token', saying({ iss: 'https://id.attacker.example' })),
  fault('IDT-3', 'id-token-no-iss', 'names no issuer in the ID Token', silentOn('iss')),
  fault('IDT-3', 'id-token-iss-slash', 'names itself with a slash too many in the ID Token', ({ issuer }) =>
    saying({ iss: `${issuer}/` }),
  ),
  fault('IDT-4', 'id-token-other-aud', 'issues the ID Token for somebody else', saying({ aud: 'another' })),
  fault('IDT-4', 'id-token-no-aud', 'issues the ID Token for nobody', silentOn('aud')),
  fault(
    'IDT-4',
    'id-token-second-aud',
    'issues the ID Token for Outlay and somebody else',
    saying({ aud: ['outlay', 'another'] }),
  ),
  fault('IDT-4', 'id-token-foreign-azp', 'issues the ID Token to somebody else', saying({ azp: 'another' })),
  fault('IDT-5', 'id-token-expired', 'sends an ID Token that expired a minute ago', at('exp', -MINUTE)),
  fault('KEY-6', 'id-token-expired-31-s', 'sends an ID Token that expired 31 seconds ago', at('exp', -31)),
  fault('IDT-5', 'id-token-no-exp', 'sends an ID Token that never expires', silentOn('exp')),
  fault('IDT-5', 'id-token-no-iat', 'does not say when it issued the ID Token', silentOn('iat')),
  fault('IDT-5', 'id-token-iat-ahead', 'issues the ID Token ten minutes from now', at('iat', 10 * MINUTE)),
  fault('IDT-5', 'id-token-iat-yesterday', 'issued the ID Token yesterday', at('iat', -DAY)),
  fault('IDT-5', 'id-token-nbf-ahead', 'sends an ID Token that is not valid yet', at('nbf', 10 * MINUTE)),
  fault('IDT-6', 'id-token-nonce', 'sends an ID Token with another nonce', saying({ nonce: 'another' })),
  fault('IDT-6', 'id-token-no-nonce', 'sends an ID Token without a nonce', silentOn('nonce')),
  fault('IDT-6', 'id-token-used-nonce', 'sends an ID Token with the nonce of an earlier sign-in', (provider) =>
    saying({ nonce: decode(earlier(provider).split('.')[1] ?? '')?.['nonce'] ?? 'none was issued yet' }),
  ),
  fault('IDT-6', 'id-token-replayed', 'sends the ID Token of an earlier sign-in', (provider) => {
    const token = earlier(provider);
    return { sign: () => token };
  }),
  fault('IDT-7', 'id-token-no-sub', 'sends an ID Token about nobody', silentOn('sub')),
  fault('IDT-7', 'id-token-empty-sub', 'sends an ID Token with an empty subject', saying({ sub: '' })),
  fault('IDT-7', 'id-token-long-sub', 'sends an ID Token with a subject of 256 characters', saying({ sub: 's'.repeat(256) })),
  fault('IDT-7', 'id-token-number-sub', 'sends an ID Token with a number as its subject', saying({ sub: 5 })),
  fault(
    'IDT-8',
    'id-token-at-hash',
    'sends an ID Token that was made for another access token',
    saying({ at_hash: 'A'.repeat(22) }),
  ),
  fault(
    'IDT-9',
    'id-token-auth-time-ahead',
    'says that somebody will have signed in ten minutes from now',
    at('auth_time', 10 * MINUTE),
  ),
];
