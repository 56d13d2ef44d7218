import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWTHeaderParameters } from 'jose';
import { type ExpectedIdToken, verifyIdToken } from './id-token.ts';
import { keysFrom } from '../../test/told.ts';
import type { ProviderKeys } from './provider-keys.ts';

const at = Date.UTC(2026, 5, 1) / 1_000;
const now = () => new Date(at * 1_000);
const expected: ExpectedIdToken = {
  issuer: 'https://id.example.com',
  clientId: 'outlay',
  nonceFits: (nonce) => nonce === 'the-nonce',
  accessToken: 'the-access-token',
  algorithms: ['RS256', 'none', 'HS256'],
  clockTolerance: 30,
};
const honest = { iss: expected.issuer, sub: 'alice', aud: 'outlay', exp: at + 300, iat: at, nonce: 'the-nonce' };
const atHash = createHash('sha256').update(expected.accessToken).digest().subarray(0, 16).toString('base64url');

describe('an ID Token', () => {
  let privateKey: CryptoKey;
  let keys: ProviderKeys;
  let jwks: JSONWebKeySet;

  before(async () => {
    const pair = await generateKeyPair('RS256');
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
    keys = keysFrom(async () => jwks, now);
  });

  const sign = (claims: unknown, header: Partial<JWTHeaderParameters> = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(privateKey);

  const verify = (token: string) => verifyIdToken(token, expected, keys, now);

  async function assertRefused(claims: unknown, code: RegExp | string, header: Partial<JWTHeaderParameters> = {}): Promise<void> {
    const token = await sign(claims, header);
    await assert.rejects(verify(token), { name: 'UntrustedAnswer', code });
  }

  const accepted: Readonly<Record<string, object>> = {
    'says no more than it must': honest,
    'IDT-4 names us as the only one of a list': { ...honest, aud: ['outlay'], azp: 'outlay' },
    'IDT-8 carries the right at_hash': { ...honest, at_hash: atHash },
    'KEY-6 expired 29 seconds ago, by a clock that may differ by 30': { ...honest, exp: at - 29 },
    'KEY-6 was issued 29 seconds ahead': { ...honest, iat: at + 29, auth_time: at + 29, nbf: at + 29 },
    'carries claims nobody knows': { ...honest, groups: ['a'], session_state: 'x' },
  };
  for (const [what, claims] of Object.entries(accepted)) {
    it(`${what}: it is believed`, async () => {
      const { sub } = await verify(await sign(claims, { typ: 'JWT' }));
      assert.equal(sub, 'alice');
    });
  }

  const without = (name: string) => Object.fromEntries(Object.entries(honest).filter(([key]) => key !== name));
  const refused: readonly (readonly [string, object, string])[] = [
    ['IDT-3 comes from another issuer', { ...honest, iss: 'https://id.example.com/' }, 'id-token-iss'],
    ['IDT-3 names no issuer', without('iss'), 'id-token-claim-iss'],
    ['IDT-4 is for somebody else', { ...honest, aud: 'other' }, 'id-token-aud'],
    ['IDT-4 is for nobody', without('aud'), 'id-token-claim-aud'],
    ['IDT-4 is for us and somebody else', { ...honest, aud: ['outlay', 'other'], azp: 'outlay' }, 'id-token-aud'],
    ['IDT-4 was asked for by somebody else', { ...honest, azp: 'other' }, 'id-token-azp'],
    ['IDT-5 has expired', { ...honest, exp: at - 31 }, 'id-token-exp'],
    ['IDT-5 never expires', without('exp'), 'id-token-claim-exp'],
    ['IDT-5 does not count yet', { ...honest, nbf: at + 31 }, 'id-token-nbf'],
    ['IDT-5 was issued in the future', { ...honest, iat: at + 31 }, 'id-token-iat-in-the-future'],
    ['IDT-5 was issued yesterday', { ...honest, iat: at - 86_400 }, 'id-token-iat-too-old'],
    ['IDT-5 does not say when it was issued', without('iat'), 'id-token-claim-iat'],
    ['IDT-6 carries another nonce', { ...honest, nonce: 'other' }, 'id-token-nonce'],
    ['IDT-6 carries no nonce', without('nonce'), 'id-token-nonce'],
    ['IDT-7 names no subject', without('sub'), 'id-token-claim-sub'],
    ['IDT-7 names a subject that is too long', { ...honest, sub: 'x'.repeat(256) }, 'id-token-claim-sub'],
    ['IDT-8 belongs to another access token', { ...honest, at_hash: `x${atHash.slice(1)}` }, 'id-token-at_hash'],
    ['IDT-9 says the person will have signed in', { ...honest, auth_time: at + 31 }, 'id-token-auth_time-in-the-future'],
    ['IDT-12 has a number where a text belongs', { ...honest, iss: 5 }, 'id-token-claim-iss'],
    ['IDT-12 is no object', [], 'id-token-claim-shape'],
  ];
  for (const [what, claims, code] of refused) {
    it(`${what}: it is refused`, () => assertRefused(claims, code));
  }

  it('IDT-10 is of another type, an access token or a logout token: it is refused', async () => {
    for (const typ of ['at+jwt', 'logout+jwt', 'secevent+jwt']) await assertRefused(honest, 'id-token-typ', { typ });
  });

  it('IDT-12 is far too long: it is refused before anything is computed', async () => {
    await assert.rejects(verify('x'.repeat(65_537)), { code: 'id-token-too-long' });
  });

  it('IDT-1 is signed by another key: it is refused', async () => {
    const { privateKey: other } = await generateKeyPair('RS256');
    const forged = await new CompactSign(new TextEncoder().encode(JSON.stringify(honest)))
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(other);
    await assert.rejects(verify(forged), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
  });

  it('IDT-2 is not signed, signed with our own secret or the public key as one, or brings its own key: it is refused', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await assert.rejects(verify(`${encode({ alg: 'none' })}.${encode(honest)}.`), /alg/i);
    const publicKey = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    for (const secret of [publicKey, new TextEncoder().encode('client-secret-of-at-least-32-bytes')]) {
      const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(honest)))
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(secret);
      await assert.rejects(verify(token), /alg/i);
    }
    const own = await generateKeyPair('RS256');
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(honest)))
      .setProtectedHeader({ alg: 'RS256', kid: 'one', jwk: await exportJWK(own.publicKey), jku: 'https://evil.example/keys' })
      .sign(own.privateKey);
    await assert.rejects(verify(token), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
  });

  it('IDT-2 asks for an extension that we do not know: it is refused', async () => {
    const [, payload, signature] = (await sign(honest)).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 })).toString('base64url');
    await assert.rejects(verify(`${header}.${payload}.${signature}`), { code: 'ERR_JOSE_NOT_SUPPORTED' });
  });
});
