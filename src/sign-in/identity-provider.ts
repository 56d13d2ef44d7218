import type { JSONWebKeySet } from 'jose';
import * as client from 'openid-client';
import { z } from 'zod';
import type { ProviderConfig } from '../config.ts';
import type { Identity } from '../people/people.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { verifyIdToken } from './id-token.ts';
import { parseIdentity } from './identity.ts';
import { ProviderKeys } from './provider-keys.ts';
import { refusal } from './refusals.ts';

/** What one attempt to sign in must remember between leaving for the provider and coming back. */
export interface AttemptSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** A company's OpenID provider, as far as Outlay needs it. The one seam between us and OpenID Connect. */
export interface IdentityProvider {
  /**
   * Where to send the browser to sign in, and what to remember meanwhile.
   * @throws Problem `unavailable` when the provider does not answer.
   */
  begin(): Promise<{ url: URL; secrets: AttemptSecrets }>;
  /**
   * Turns the provider's redirect into an identity, after every check.
   * @param callbackUrl the configured callback address with the query as it arrived.
   * @throws Problem `sign-in-failed`, or `unavailable` when the provider does not answer.
   */
  finish(callbackUrl: URL, secrets: AttemptSecrets): Promise<Identity>;
  /**
   * Where to send the browser to end the provider's own session (RP-Initiated Logout §2); undefined where the provider
   * offers no such place or does not answer, because signing out of Outlay must not fail for that.
   */
  end(idToken: string): Promise<URL | undefined>;
  /** Where `end` leads, as an origin; the issuer's own until its metadata has been read. */
  endOrigin(): string;
  /** Asks for the provider's metadata, so that an operator learns of a mistake before people do. @throws Problem `unavailable`. */
  reach(): Promise<void>;
}

export interface IdentityProviderParts extends ProviderConfig {
  /** The callback, byte for byte as it is registered at the provider. */
  readonly redirectUri: string;
  readonly postLogoutUrl: string;
  readonly now: Clock;
}

const SCOPE = 'openid profile email';

/** Opens nothing yet: the provider may be away when Outlay starts. Its metadata is asked for once, however many need it. */
export function openIdentityProvider(parts: IdentityProviderParts): IdentityProvider {
  const discover = once(() => discoverProvider(parts));
  let endOrigin = new URL(parts.issuer).origin;

  async function discovered(): Promise<Discovered> {
    try {
      const provider = await discover();
      endOrigin = originOf(provider.config.serverMetadata().end_session_endpoint, parts.issuer) ?? endOrigin;
      return provider;
    } catch (cause) {
      throw new Problem(
        'unavailable',
        'Your company’s sign-in does not answer just now. Nothing is wrong on your side; try again in a few minutes.',
        {
          cause,
          reason: 'provider-unavailable',
        },
      );
    }
  }

  return {
    async begin() {
      const { config } = await discovered();
      const secrets: AttemptSecrets = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: parts.redirectUri,
        scope: SCOPE,
        state: secrets.state, // RFC 6749 §10.12, also with PKCE
        nonce: secrets.nonce, // Core §3.1.2.1
        code_challenge: await client.calculatePKCECodeChallenge(secrets.codeVerifier), // RFC 7636 §4.2
        code_challenge_method: 'S256',
      });
      return { url, secrets };
    },

    async finish(callbackUrl, secrets) {
      const { config, userInfoConfig, keys } = await discovered();
      try {
        // Checks state (RFC 6749 §4.1.2) and iss (RFC 9207 §2.4), redeems the code, and reads the ID Token a first time.
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.codeVerifier,
          idTokenExpected: true,
        });
        // RFC 6749 appendix A.12. An error about a strange one would quote it.
        if (!/^[\x20-\x7e]+$/.test(tokens.access_token))
          throw new TypeError('The access token has characters that no token may have');
        if (tokens.id_token === undefined) throw new TypeError('The token response has no ID Token');
        const metadata = config.serverMetadata();
        const expected = {
          issuer: parts.issuer,
          clientId: parts.clientId,
          nonce: secrets.nonce,
          accessToken: tokens.access_token,
          algorithms: metadata.id_token_signing_alg_values_supported,
        };
        const claims = await verifyIdToken(tokens.id_token, expected, keys, parts.now);
        // Refuses an answer about another subject (Core §5.3.2).
        const userInfo =
          metadata.userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(userInfoConfig, tokens.access_token, claims.sub);
        return parseIdentity(claims, userInfo, tokens.id_token);
      } catch (error) {
        throw refusal(error);
      }
    },

    async end(idToken) {
      const config = (await discovered().catch(() => undefined))?.config;
      if (config === undefined || originOf(config.serverMetadata().end_session_endpoint, parts.issuer) === undefined)
        return undefined;
      return client.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: parts.postLogoutUrl,
        state: client.randomState(), // some providers come back only where there is one
      });
    },

    endOrigin: () => endOrigin,
    reach: async () => void (await discovered()),
  };
}

/** A provider as its metadata describes it: for grants, for UserInfo, and its keys. */
interface Discovered {
  readonly config: client.Configuration;
  readonly userInfoConfig: client.Configuration;
  readonly keys: ProviderKeys;
}

async function discoverProvider({ issuer, clientId, clientSecret, now }: IdentityProviderParts): Promise<Discovered> {
  const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
  const authentication = client.ClientSecretBasic(clientSecret);
  const customFetch: client.CustomFetch = (url, { body = null, headers, method }) => boundedFetch(url, { body, headers, method });
  const config = await client.discovery(new URL(issuer), clientId, undefined, authentication, {
    execute,
    [client.customFetch]: customFetch,
  });
  const metadata = config.serverMetadata();
  // The library compares as URLs do; the standard asks for the very same text (Discovery §4.3).
  if (metadata.issuer !== issuer) {
    throw new Error(`The provider calls itself "${metadata.issuer}"; OIDC_ISSUER must be exactly that, also the last slash`);
  }
  // The ID Token's signature is ours to verify, with keys that follow a rotation at once; a signed UserInfo is the library's.
  const userInfoConfig = new client.Configuration(metadata, clientId, undefined, authentication);
  userInfoConfig[client.customFetch] = customFetch;
  for (const apply of [client.enableNonRepudiationChecks, ...execute]) apply(userInfoConfig);
  return { config, userInfoConfig, keys: new ProviderKeys(() => fetchKeys(issuer, metadata.jwks_uri), now) };
}

/** What is no key set must not take the place of one (RFC 7517 §5). */
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

async function fetchKeys(issuer: string, jwksUri: string | undefined): Promise<JSONWebKeySet> {
  if (jwksUri === undefined || !isTrustworthy(jwksUri, issuer))
    throw new Error('The provider’s metadata names no usable address for its keys (jwks_uri)');
  const response = await boundedFetch(jwksUri, { headers: { accept: 'application/json' } });
  if (response.status !== 200) throw new Error(`The provider answered ${response.status} when asked for its keys`);
  return keySet.parse(await response.json());
}

/** Remembers a success and forgets a failure; callers that come meanwhile wait for the same answer. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let pending: Promise<Result> | undefined;
  return () => {
    pending ??= work().catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}

/** An address from the metadata: https, as the issuer itself; plain http only beside an issuer on this machine. */
function isTrustworthy(address: unknown, issuer: string): address is string {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

/** Only an origin with a plain host: it becomes part of a header of ours. */
function originOf(address: unknown, issuer: string): string | undefined {
  const origin = isTrustworthy(address, issuer) ? new URL(address).origin : '';
  return /^https?:\/\/([a-z0-9.-]+|\[[\da-f:]+\])(:\d+)?$/.test(origin) ? origin : undefined;
}
