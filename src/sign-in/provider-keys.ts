import { type CompactVerifyResult, compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { signatureAlgorithms } from '../config-values.ts';
import type { Clock } from '../web/clock.ts';
import type { Refreshed } from './refreshed.ts';

/** How often per minute an unknown key may make us ask again: enough for any rotation, little for somebody who makes key ids up. */
const REFETCHES_PER_MINUTE = 6;

/**
 * A provider's signing keys: fetched once however many ask, kept while the provider is away, and asked for again when a
 * token is signed by one that we do not know (Core §10.1.1) or does not fit the one we know by that name.
 */
export class ProviderKeys {
  readonly #keys: Refreshed<JSONWebKeySet>;
  readonly #now: Clock;
  /** By what is verified, so that nobody spends with one what the other needs: anybody may send a logout token. */
  readonly #refetches = { 'id-token': [] as number[], 'logout-token': [] as number[] };

  constructor(keys: Refreshed<JSONWebKeySet>, now: Clock) {
    this.#keys = keys;
    this.#now = now;
  }

  /**
   * @param announced the only ones accepted, of `signatureAlgorithms`; whatever the token itself says.
   * @throws JOSEError when no key of the provider's made this signature, or the keys cannot be had.
   */
  async verify(
    jws: string,
    announced: readonly string[],
    purpose: 'id-token' | 'logout-token' = 'id-token',
  ): Promise<CompactVerifyResult> {
    const algorithms = announced.filter((algorithm) => signatureAlgorithms.includes(algorithm));
    const known = await this.#keys.current();
    try {
      return await verifyWithAny(jws, known, algorithms);
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
      if (!mayBeNew || !this.#mayRefetch(purpose)) throw error;
      return verifyWithAny(jws, await this.#keys.refresh(), algorithms);
    }
  }

  #mayRefetch(purpose: 'id-token' | 'logout-token'): boolean {
    const now = this.#now().getTime();
    const recent = this.#refetches[purpose].filter((at) => now - at < 60_000);
    const may = recent.length < REFETCHES_PER_MINUTE;
    this.#refetches[purpose] = may ? [...recent, now] : recent;
    return may;
  }
}

const importedSets = new WeakMap<JSONWebKeySet, ReturnType<typeof createLocalJWKSet>>();

/** Each key is imported once, when something is first signed by it. */
function imported(keys: JSONWebKeySet) {
  const known = importedSets.get(keys) ?? createLocalJWKSet(keys);
  importedSets.set(keys, known);
  return known;
}

/** A token without a key id, where the provider has several keys, is tried with each of them. */
async function verifyWithAny(jws: string, keys: JSONWebKeySet, algorithms: string[]): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(jws, imported(keys), { algorithms });
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const result = await compactVerify(jws, key, { algorithms }).catch(() => undefined);
      if (result !== undefined) return result;
    }
    throw new errors.JWSSignatureVerificationFailed(undefined, { cause: error });
  }
}
