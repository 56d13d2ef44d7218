import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose';

export interface ClientKeys {
  /** The first of the set: it signs. */
  readonly signing: { readonly key: CryptoKey; readonly kid: string; readonly alg: string };
  /** All of them, without what is secret, for the provider to fetch (RFC 7517 §5). */
  readonly published: JSONWebKeySet;
}

/** What is public of each type of key (RFC 7518 §6, RFC 8037 §2); named one by one, so that nothing else gets out. */
const publicMembers = ['kty', 'kid', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;

/** @param keys private keys with `kid` and `alg`, as the settings were checked for. */
export async function openClientKeys(keys: readonly JWK[]): Promise<ClientKeys> {
  const [first] = keys;
  if (first === undefined) throw new TypeError('A client that authenticates by key has one');
  const key = await importJWK(first);
  if (key instanceof Uint8Array) throw new TypeError('A client’s key is a private one and no shared secret');
  return { signing: { key, kid: first.kid ?? '', alg: first.alg ?? '' }, published: { keys: keys.map(toPublic) } };
}

function toPublic(key: JWK): JWK {
  const members = publicMembers.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]] as const]));
  return { kty: key.kty ?? '', ...Object.fromEntries(members), use: 'sig' };
}
