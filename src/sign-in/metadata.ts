import { z } from 'zod';
import { isLoopback, signatureAlgorithms } from '../config-values.ts';
import { type Asking, mediaTypeOf } from './bounded-fetch.ts';
import { parseStrictJson } from './strict-json.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

/** In characters; a host's name has at most 253 (RFC 1035 §2.3.4). */
const MAX_ADDRESS = 2_048;
const MAX_HOST = 253;

const address = z.string().max(MAX_ADDRESS);
const words = z.array(z.string().max(100)).max(100);

/** What we use of a provider's metadata (Discovery §3, RFC 8414 §2, RFC 9126 §5, RFC 9207 §3); the rest is dropped here. */
const metadataShape = z.object({
  issuer: address,
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  userinfo_endpoint: address.optional(),
  pushed_authorization_request_endpoint: address.optional(),
  revocation_endpoint: address.optional(),
  end_session_endpoint: z.unknown().optional(),
  id_token_signing_alg_values_supported: words.default(['RS256']),
  userinfo_signing_alg_values_supported: words.optional(),
  code_challenge_methods_supported: words.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export interface ProviderMetadata extends Omit<z.infer<typeof metadataShape>, 'end_session_endpoint'> {
  /** Undefined also where the provider names one that no browser should be sent to. */
  readonly end_session_endpoint: string | undefined;
}

/** One request to the provider. */
export type AskProvider = (url: string, asking: Asking) => Promise<Response>;

/** The addresses of a provider's metadata, by name. */
export function listEndpoints(metadata: object): [name: string, address: string][] {
  return Object.entries(metadata).filter((entry): entry is [string, string] => {
    const [name, address] = entry;
    return /_endpoint$|^jwks_uri$/.test(name) && typeof address === 'string';
  });
}

/**
 * A provider's metadata, from the well-known document under the issuer and from nowhere else (Discovery §4), after every check.
 * @throws UntrustedAnswer, and what `ask` throws.
 */
export async function fetchMetadata(issuer: string, ask: AskProvider): Promise<ProviderMetadata> {
  const response = await askWellKnown(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, ask);
  if (response.status !== 200) throw new UntrustedAnswer(`metadata-status-${response.status}`);
  if (mediaTypeOf(response) !== 'application/json') throw new UntrustedAnswer('metadata-type');
  return checkMetadata(parseStrictJson(new Uint8Array(await response.arrayBuffer()), 'metadata'), issuer);
}

/** One redirect, within the issuer's own origin, is the issuer's own word; one to anywhere else is not (RFC 9700 §2.6). */
async function askWellKnown(url: string, ask: AskProvider): Promise<Response> {
  const asking = { headers: { accept: 'application/json' } };
  const response = await ask(url, asking);
  const location = response.headers.get('location') ?? '';
  if (![301, 302, 303, 307, 308].includes(response.status) || !URL.canParse(location, url)) return response;
  const next = new URL(location, url);
  if (next.origin !== new URL(url).origin || next.username + next.password !== '') {
    throw new UntrustedAnswer('metadata-redirect-elsewhere');
  }
  return ask(next.href, asking);
}

/** @throws UntrustedAnswer */
export function checkMetadata(value: unknown, issuer: string): ProviderMetadata {
  const parsed = metadataShape.safeParse(value);
  if (!parsed.success) throw new UntrustedAnswer(`metadata-${String(parsed.error.issues[0]?.path[0] ?? 'shape')}`);
  const { end_session_endpoint: endSession, ...metadata } = parsed.data;
  // To the letter (Discovery §4.3): not as URLs are compared, and with no part of it left open for a tenant.
  if (metadata.issuer !== issuer) {
    throw new UntrustedAnswer('metadata-issuer', {
      cause: new Error(`The provider calls itself "${metadata.issuer}"; OIDC_ISSUER must be exactly that, also the last slash`),
    });
  }
  for (const [name, address] of listEndpoints(metadata)) {
    if (!isTrustworthy(address, issuer)) throw new UntrustedAnswer(`metadata-${name}`);
  }
  // RFC 7636 §4.3: what is not said is not known to be missing, so S256 is sent; said and missing, it would be ignored.
  if (metadata.code_challenge_methods_supported?.includes('S256') === false) throw new UntrustedAnswer('metadata-pkce');
  if (!metadata.id_token_signing_alg_values_supported.some((algorithm) => signatureAlgorithms.includes(algorithm))) {
    throw new UntrustedAnswer('metadata-algorithms');
  }
  return { ...metadata, end_session_endpoint: isTrustworthy(endSession, issuer) ? endSession : undefined };
}

/** https, without a user in it; plain http only between an issuer and an endpoint that are both on this machine. */
function isTrustworthy(value: unknown, issuer: string): value is string {
  if (typeof value !== 'string' || value.length > MAX_ADDRESS || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.hostname.length > MAX_HOST) return false;
  if (url.username + url.password !== '' || !/^([a-z0-9.-]+|\[[\da-f:]+\])$/.test(url.hostname)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && isLoopback(new URL(issuer)));
}
