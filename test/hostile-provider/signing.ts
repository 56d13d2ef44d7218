import { constants, createHmac, createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import type { JsonObject } from './behaviour.ts';

/*
 * Signing and verifying by hand, because what a hostile provider sends is what an honest library refuses to make: "none", a
 * public key as a shared secret, keys that are too small, the same member twice.
 */

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA';

export interface SigningKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** What is published. */
  readonly jwk: JWK;
}

export interface KeyOptions {
  /** Of an RSA key, in bits. */
  readonly bits?: number;
  /** Of an elliptic key, where it is not the algorithm's own. */
  readonly curve?: string;
}

const generateRsa = promisify(generateKeyPair) as unknown as (
  type: 'rsa',
  options: { modulusLength: number },
) => Promise<KeyPair>;
const generateCurve = promisify(generateKeyPair) as unknown as (type: 'ec', options: { namedCurve: string }) => Promise<KeyPair>;
const generateEd25519 = promisify(generateKeyPair) as unknown as (type: 'ed25519') => Promise<KeyPair>;

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A new key for this algorithm, to be published under this id. */
export async function makeKey(alg: Algorithm, kid: string, { bits = 2_048, curve }: KeyOptions = {}): Promise<SigningKey> {
  const pair = await makePair(alg, bits, curve);
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg } as JWK;
  return { kid, alg, ...pair, jwk };
}

function makePair(alg: Algorithm, bits: number, curve: string | undefined): Promise<KeyPair> {
  if (alg === 'EdDSA') return generateEd25519('ed25519');
  if (alg === 'RS256' || alg === 'PS256') return generateRsa('rsa', { modulusLength: bits });
  return generateCurve('ec', { namedCurve: curve ?? (alg === 'ES256' ? 'P-256' : 'P-384') });
}

const held = new Map<string, Promise<SigningKey>>();

/** The same key for the same words, made when it is first needed: RSA keys take their time. */
export function heldKey(alg: Algorithm, kid: string, options: KeyOptions = {}): Promise<SigningKey> {
  const name = JSON.stringify([alg, kid, options]);
  const known = held.get(name) ?? makeKey(alg, kid, options);
  held.set(name, known);
  return known;
}

/** Makes the signature over this text. */
type Signer = (input: Buffer) => Buffer;

/** A JWS in compact form (RFC 7515 §3.1); a text goes in as it is, whatever it holds. */
export function compact(header: JsonObject | string, payload: JsonObject | string, signer: Signer): string {
  const [first, second] = [header, payload].map((part) => encode(typeof part === 'string' ? part : JSON.stringify(part)));
  return `${first}.${second}.${signer(Buffer.from(`${first}.${second}`)).toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Signs as the key's algorithm says (RFC 7518 §3, RFC 8037 §3.1). */
export function by({ alg, privateKey }: SigningKey): Signer {
  return (input) => sign(digestOf(alg), input, { key: privateKey, ...formOf(alg) });
}

/** HS256. */
export function bySecret(secret: string): Signer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}

/** No signature at all. */
export const byNobody: Signer = () => Buffer.alloc(0);

/** @returns the header and claims of a JWS that one of these keys made, or undefined. */
export function verifyCompact(jws: string, keys: readonly JWK[]): { header: JsonObject; claims: JsonObject } | undefined {
  const [first = '', second = '', third = ''] = jws.split('.');
  const header = decode(first);
  const jwk = keys.find(({ kid }) => kid !== undefined && kid === header?.['kid']);
  const alg = header?.['alg'];
  if (header === undefined || jwk === undefined || !isAlgorithm(alg)) return undefined;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signature = Buffer.from(third, 'base64url');
  if (!verify(digestOf(alg), Buffer.from(`${first}.${second}`), { key, ...formOf(alg) }, signature)) return undefined;
  const claims = decode(second);
  return claims === undefined ? undefined : { header, claims };
}

/** The payload of a JWS, verified or not. */
export function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function isAlgorithm(alg: unknown): alg is Algorithm {
  return alg === 'RS256' || alg === 'PS256' || alg === 'ES256' || alg === 'ES384' || alg === 'EdDSA';
}

function digestOf(alg: Algorithm): string | null {
  if (alg === 'EdDSA') return null;
  return alg === 'ES384' ? 'sha384' : 'sha256';
}

function formOf(alg: Algorithm) {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' as const };
  return alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
}
