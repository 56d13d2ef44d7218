import type { JWK } from 'jose';
import type { Behaviour, TokenParts } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import { type Algorithm, by, compact, heldKey, type KeyOptions, type SigningKey } from '../signing.ts';
import { cutOff, drip, hang, redirectElsewhere, tooLarge, withStatus } from './answers.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/jwks', noCallsTo: ['/userinfo'] });

/** Met by whoever has to ask for the keys. */
const cold = { cold: true };
const slow = { ...cold, slow: true, reason: 'provider-unavailable' } as const;

/** Published beside the honest one, and the one that signs. */
async function beside(alg: Algorithm, kid: string, options: KeyOptions, publish: (jwk: JWK) => JWK): Promise<Behaviour> {
  const key = await heldKey(alg, kid, options);
  return { jwks: (keys) => [...keys, publish(key.jwk)], sign: signedBy(key) };
}

function signedBy(key: SigningKey): (parts: TokenParts) => string {
  return ({ claims }) => compact({ alg: key.alg, kid: key.kid }, claims, by(key));
}

/** Whether the provider's keys can be had. */
export const keyAnswerFaults: readonly Fault[] = [
  fault('KEY-4', 'jwks-status-503', 'does not give out its keys', { jwksAnswer: withStatus(503) }, cold),
  fault('KEY-4', 'jwks-not-json', 'gives out keys that are cut off', { jwksAnswer: cutOff }, cold),
  fault(
    'KEY-4',
    'jwks-no-list',
    'gives out something that is no list of keys',
    {
      jwksAnswer: (honest) => ({ ...honest, body: '{"keys":"none"}' }),
    },
    cold,
  ),
  fault('KEY-4', 'jwks-too-large', 'gives out more than a megabyte of keys', { jwksAnswer: tooLarge }, cold),
  fault(
    'TOK-4',
    'jwks-redirect',
    'sends whoever asks for its keys to another origin',
    (provider) => ({
      jwksAnswer: redirectElsewhere(provider, '/jwks'),
    }),
    cold,
  ),
  fault('KEY-4', 'jwks-hang', 'never answers when asked for its keys', { jwksAnswer: hang }, slow),
  fault('KEY-4', 'jwks-drip', 'gives out its keys a byte at a time, for ever', { jwksAnswer: drip }, slow),
];

/** What keys the provider signs with. */
export const keyFaults: readonly Fault[] = [
  fault('KEY-1', 'key-unknown', 'signs with a key that it never publishes', async () => ({
    sign: signedBy(await heldKey('RS256', 'never-published')),
  })),
  fault('KEY-5', 'key-1024-bits', 'signs with an RSA key of 1024 bits', () =>
    beside('RS256', 'small', { bits: 1_024 }, (jwk) => jwk),
  ),
  fault('KEY-5', 'key-for-encryption', 'signs with a key that is for encryption', () =>
    beside('RS256', 'for-encryption', {}, (jwk) => ({ ...jwk, use: 'enc' })),
  ),
  fault('KEY-5', 'key-ops', 'signs with a key that is not for verifying', () =>
    beside('RS256', 'wrong-operations', {}, ({ use: _use, ...jwk }) => ({ ...jwk, key_ops: ['encrypt'] })),
  ),
  fault('KEY-5', 'key-other-curve', 'signs with a key of another curve than it says', () =>
    beside('ES256', 'other-curve', { curve: 'P-384' }, (jwk) => jwk),
  ),
];
