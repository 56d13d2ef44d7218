import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { checkIssuer } from './config-values.ts';

/** How Outlay proves to the provider that it is Outlay (OpenID Connect Core §9, RFC 7523). */
export type ClientAuthentication =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly clientSecret: string }
  /** The first key signs, and all are published, so that keys can be changed without a gap. */
  | { readonly method: 'private_key_jwt'; readonly keys: readonly JWK[] };

export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** The ways of signing in that are strong enough, the preferred one first (`acr_values`); any, where there is none. */
  readonly acrValues?: readonly string[];
  /** How long ago somebody may have signed in at the provider, in seconds (`max_age`). */
  readonly maxAge?: number | undefined;
  /** Whether the provider's own tile begins a sign-in without a click on a page of ours. */
  readonly trustedTile?: boolean;
  /** Whether refresh tokens are asked for (`offline_access`), so that sessions can be revalidated. */
  readonly offlineAccess?: boolean;
  /** What is asked for beyond the usual, for example so that groups are sent (RFC 6749 §3.3). */
  readonly extraScopes?: readonly string[];
  readonly groups?: GroupsSettings;
  readonly logoutTokenType?: LogoutTokenType;
  /** How the provider signs for this client (`id_token_signed_response_alg`); in any way its metadata names, where it is not said. */
  readonly signingAlgorithm?: string | undefined;
}

/** How the provider speaks of somebody's groups. */
export interface GroupsSettings {
  /** The claim that names them, a nested one with points between: `groups`, `realm_access.roles`. */
  readonly claim: string;
  /** What it means when it is not there: those named last still count, or there are none. */
  readonly absent: (typeof groupsAbsent)[number];
}

export const groupsAbsent = ['keep', 'none'] as const;
export const usualGroups: GroupsSettings = { claim: 'groups', absent: 'keep' };

/**
 * The `typ` that a logout token must have: `logout+jwt` (Back-Channel Logout §2.4 recommends it, OWASP ASVS 10.5.5 asks for it),
 * or also none at all, or also `JWT`, for providers that know no better.
 */
export const logoutTokenTypes = ['logout+jwt', 'absent', 'JWT'] as const;
export type LogoutTokenType = (typeof logoutTokenTypes)[number];

export const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** The settings that say who the provider is; checked one by one already. */
interface GivenProvider {
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly OIDC_CLIENT_SECRET?: string | undefined;
  readonly OKTA_ISSUER?: string | undefined;
  readonly OKTA_CLIENT_ID?: string | undefined;
  readonly OKTA_CLIENT_SECRET?: string | undefined;
  readonly OIDC_TOKEN_ENDPOINT_AUTH_METHOD: (typeof authMethods)[number];
  readonly OIDC_CLIENT_JWKS?: string | undefined;
  readonly OIDC_ACR_VALUES?: readonly string[] | undefined;
  readonly OIDC_MAX_AGE?: number | undefined;
  readonly OIDC_TRUSTED_TILE: '0' | '1';
  readonly OIDC_OFFLINE_ACCESS: '0' | '1';
  readonly OIDC_EXTRA_SCOPES?: readonly string[] | undefined;
  readonly OIDC_GROUPS_CLAIM: string;
  readonly OIDC_GROUPS_ABSENT: GroupsSettings['absent'];
  readonly OIDC_LOGOUT_TOKEN_TYPE: LogoutTokenType;
  readonly OIDC_SIGNING_ALGORITHM?: string | undefined;
}

/** @returns undefined where no provider is named, which is the demonstration. */
export function parseProvider(given: GivenProvider, mistakes: string[]): ProviderConfig | undefined {
  const either = (name: 'ISSUER' | 'CLIENT_ID' | 'CLIENT_SECRET') => {
    const oidc = given[`OIDC_${name}`];
    const okta = given[`OKTA_${name}`];
    if (oidc !== undefined && okta !== undefined && oidc !== okta) {
      mistakes.push(`OIDC_${name} and OKTA_${name} are both set and differ; keep one of them.`);
    }
    return oidc ?? okta;
  };
  const issuer = either('ISSUER');
  const clientId = either('CLIENT_ID');
  const clientSecret = either('CLIENT_SECRET');
  if ([issuer, clientId, clientSecret, given.OIDC_CLIENT_JWKS].every((value) => value === undefined)) return undefined;
  if (issuer === undefined) {
    mistakes.push('OIDC_ISSUER is missing: the address of your provider, such as https://example.okta.com.');
  } else {
    checkIssuer(given.OIDC_ISSUER === undefined ? 'OKTA_ISSUER' : 'OIDC_ISSUER', issuer, mistakes);
  }
  if (clientId === undefined) mistakes.push('OIDC_CLIENT_ID is missing: your provider shows it beside the application.');
  return {
    issuer: issuer ?? '',
    clientId: clientId ?? '',
    authentication: parseAuthentication(given, clientSecret, mistakes),
    acrValues: given.OIDC_ACR_VALUES ?? [],
    maxAge: given.OIDC_MAX_AGE,
    trustedTile: given.OIDC_TRUSTED_TILE === '1',
    offlineAccess: given.OIDC_OFFLINE_ACCESS === '1',
    extraScopes: given.OIDC_EXTRA_SCOPES ?? [],
    groups: { claim: given.OIDC_GROUPS_CLAIM, absent: given.OIDC_GROUPS_ABSENT },
    logoutTokenType: given.OIDC_LOGOUT_TOKEN_TYPE,
    signingAlgorithm: given.OIDC_SIGNING_ALGORITHM,
  };
}

function parseAuthentication(given: GivenProvider, clientSecret: string | undefined, mistakes: string[]): ClientAuthentication {
  const method = given.OIDC_TOKEN_ENDPOINT_AUTH_METHOD;
  if (method !== 'private_key_jwt') {
    if (clientSecret === undefined) {
      mistakes.push('OIDC_CLIENT_SECRET is missing: your provider shows it beside the application.');
    }
    if (given.OIDC_CLIENT_JWKS !== undefined) {
      mistakes.push('OIDC_CLIENT_JWKS is set, but OIDC_TOKEN_ENDPOINT_AUTH_METHOD is not private_key_jwt; keep one of the two.');
    }
    return { method, clientSecret: clientSecret ?? '' };
  }
  if (clientSecret !== undefined) {
    mistakes.push('OIDC_CLIENT_SECRET is set, but private_key_jwt needs none; remove it, so that it cannot leak.');
  }
  if (given.OIDC_CLIENT_JWKS === undefined) {
    mistakes.push(
      'OIDC_CLIENT_JWKS is missing: private_key_jwt needs keys; `npm run client-keys -- FILE` makes some, and OIDC_CLIENT_JWKS_FILE names the file.',
    );
    return { method, keys: [] };
  }
  return { method, keys: parseClientKeys(given.OIDC_CLIENT_JWKS, mistakes) };
}

/** A private key that signs, with what names it and how it signs (RFC 7517 §4). */
const clientKey = z.looseObject({
  kty: z.string(),
  kid: z.string().min(1),
  alg: z.enum(['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']),
});

/** Whether this key can make signatures by its algorithm; RSA has at least 2048 bits (RFC 7518 §3.3). */
function isUsable(key: z.infer<typeof clientKey>): boolean {
  try {
    const privateKey = createPrivateKey({ key, format: 'jwk' });
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKey;
    const digest = type === 'ed25519' ? null : 'sha256';
    const probe = Buffer.from('Do both halves belong together?');
    if (!verify(digest, probe, createPublicKey({ key, format: 'jwk' }), sign(digest, probe, privateKey))) return false;
    if (key.alg === 'ES256') return type === 'ec' && details?.namedCurve === 'prime256v1';
    if (key.alg === 'PS256' || key.alg === 'RS256') return type === 'rsa' && (details?.modulusLength ?? 0) >= 2_048;
    return type === 'ed25519';
  } catch {
    return false;
  }
}

/** Two at most: one that signs, and one that is coming or going. */
const clientKeySet = z.object({ keys: z.array(clientKey.refine(isUsable)).min(1).max(2) });

function parseClientKeys(text: string, mistakes: string[]): readonly JWK[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = clientKeySet.safeParse(value);
  if (!parsed.success || new Set(parsed.data.keys.map(({ kid }) => kid)).size < parsed.data.keys.length) {
    mistakes.push(
      'OIDC_CLIENT_JWKS must be a JSON Web Key Set of one or two private keys, each with its own kid, and with the alg ES256, EdDSA, Ed25519, PS256 or RS256 (of 2048 bits or more).',
    );
    return [];
  }
  return parsed.data.keys;
}

/** A fresh sign-in may be asked for more strongly than the first one, never more weakly. */
export function checkAcrValues(usual: readonly string[], forSensitive: readonly string[], mistakes: string[]): void {
  if (usual.length === 0 || forSensitive.length === 0 || forSensitive.some((acr) => usual.includes(acr))) return;
  mistakes.push('STEP_UP_ACR_VALUES must have a value that OIDC_ACR_VALUES has, too.');
}
