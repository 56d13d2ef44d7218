import { createHash, createSecretKey, hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import type { Clock } from './clock.ts';

/** Keeps something secret and unchanged outside our hands: in a cookie, or in a database that others can read. */
export interface Seal {
  /** @param seconds how long it opens; without, for good. */
  seal(content: Readonly<Record<string, unknown>>, seconds?: number): Promise<string>;
  /** @returns undefined when it was not sealed here, was changed, or is too old. */
  open(sealed: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/**
 * AES-256-GCM in JWE's compact form (RFC 7516), with a key of its own per purpose (HKDF, RFC 5869), so that what was
 * sealed for one place opens in no other.
 * @param secrets the first seals, each opens: so a new one can take over while what the old one sealed still counts. Which
 * one it was stands beside the content, as the key id.
 */
export function createSeal(secrets: readonly string[], purpose: string, now: Clock): Seal {
  const keys = new Map(
    secrets.map((secret) => {
      const key = deriveKey(secret, purpose);
      return [
        createHash('sha256').update(key).digest('base64url').slice(0, 8),
        createSecretKey(key).toCryptoKey('AES-GCM', false, ['encrypt', 'decrypt']),
      ] as const;
    }),
  );
  const [first] = keys;
  if (first === undefined) throw new TypeError('Sealing takes a secret');
  const [kid, key] = first;
  return {
    seal(content, seconds) {
      const token = new EncryptJWT({ ...content }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid });
      if (seconds !== undefined) token.setExpirationTime(new Date(now().getTime() + seconds * 1_000));
      return token.encrypt(key);
    },
    async open(sealed) {
      try {
        const { payload } = await jwtDecrypt(sealed, (header) => keys.get(header.kid ?? '') ?? noSuchKey(), {
          currentDate: now(),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

function noSuchKey(): never {
  throw new errors.JWEDecryptionFailed();
}

/** A 256-bit key for one purpose out of SESSION_SECRET. */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `outlay ${purpose}`, 32));
}
