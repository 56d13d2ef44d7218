import type { JSONWebKeySet } from 'jose';
import * as client from 'openid-client';
import type { Logger } from 'pino';
import type { ProviderConfig } from '../config-provider.ts';
import type { Identity } from '../people/people.ts';
import type { Clock } from '../web/clock.ts';
import { checkCallback } from './callback.ts';
import { type ClientKeys, openClientKeys } from './client-keys.ts';
import { verifyIdToken } from './id-token.ts';
import { parseIdentity } from './identity.ts';
import type { ProviderMetadata } from './metadata.ts';
import { ProviderConnection, unavailable } from './provider-connection.ts';
import { refusal } from './refusals.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';
import { readUserInfo } from './user-info.ts';

/** What one attempt to sign in must remember between leaving for the provider and coming back. */
export interface AttemptSecrets {
  /** Whose answer is awaited; an answer counts for no other provider (RFC 9700 §4.4.2). */
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** A company's OpenID provider, as far as Outlay needs it. The one seam between us and OpenID Connect. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  /** Whether the provider's own tile begins a sign-in without a click on a page of ours. */
  readonly trustedTile: boolean;
  /**
   * Where to send the browser to sign in, and what to remember meanwhile.
   * @param loginHint whom the provider may offer first (Core §3.1.2.1).
   * @throws Problem `unavailable` when the provider does not answer.
   */
  begin(loginHint?: string): Promise<{ url: URL; secrets: AttemptSecrets }>;
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
  /** Our public keys, for the provider to fetch (RFC 7517 §5); undefined where the client has none. */
  publishedKeys(): Promise<JSONWebKeySet | undefined>;
  /** By how many seconds the provider's clock was ahead of ours when it last answered (RFC 9110 §6.6.1); undefined before that. */
  clockOffset(): number | undefined;
}

export interface IdentityProviderParts extends ProviderConfig {
  /** The callback, byte for byte as it is registered at the provider. */
  readonly redirectUri: string;
  readonly postLogoutUrl: string;
  /** How far the two clocks may be apart, in seconds. */
  readonly clockTolerance: number;
  readonly now: Clock;
  readonly log: Logger;
}

const SCOPE = 'openid profile email';

/** Opens nothing yet: the provider may be away when Outlay starts, and later. */
export function openIdentityProvider(parts: IdentityProviderParts): IdentityProvider {
  const { issuer, clientId, authentication, clockTolerance, now } = parts;
  const connection = new ProviderConnection(issuer, now, parts.log);
  const clientKeys = authentication.method === 'private_key_jwt' ? openClientKeys(authentication.keys) : undefined;
  // Awaited where it is needed; a key that cannot be used is found there and not by an unhandled rejection.
  clientKeys?.catch(() => {});

  async function configure(metadata: ProviderMetadata): Promise<client.Configuration> {
    const server = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
    const about = { [client.clockTolerance]: clockTolerance };
    const authentication = authenticate(parts, await clientKeys);
    const config = new client.Configuration({ ...server, issuer }, clientId, about, authentication);
    // The library sends forms, and nothing else.
    config[client.customFetch] = (url, { body, headers, method }) =>
      connection.ask(url, { headers, method, body: body instanceof URLSearchParams ? body : null });
    if (issuer.startsWith('http:')) client.allowInsecureRequests(config);
    return config;
  }

  async function askUserInfo(metadata: ProviderMetadata, accessToken: string, subject: string) {
    if (metadata.userinfo_endpoint === undefined) return {};
    const algorithms = metadata.userinfo_signing_alg_values_supported ?? metadata.id_token_signing_alg_values_supported;
    // In the Authorization header (RFC 6750 §2.1).
    const headers = { accept: 'application/json, application/jwt', authorization: `Bearer ${accessToken}` };
    const response = await connection.ask(metadata.userinfo_endpoint, { headers });
    return readUserInfo(response, { issuer, clientId, subject, algorithms }, connection.keys);
  }

  return {
    issuer,
    clientId,
    trustedTile: parts.trustedTile ?? false,

    async begin(loginHint) {
      const metadata = await connection.confirmedMetadata();
      const config = await configure(metadata);
      const secrets: AttemptSecrets = {
        issuer,
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const request = {
        redirect_uri: parts.redirectUri,
        scope: SCOPE,
        state: secrets.state, // RFC 6749 §10.12, also with PKCE
        nonce: secrets.nonce, // Core §3.1.2.1
        code_challenge: await client.calculatePKCECodeChallenge(secrets.codeVerifier), // RFC 7636 §4.2
        code_challenge_method: 'S256',
        ...(loginHint !== undefined && { login_hint: loginHint }),
        ...(parts.maxAge !== undefined && { max_age: String(parts.maxAge) }),
        ...(parts.acrValues?.length && { acr_values: parts.acrValues.join(' ') }),
      };
      const pushed = metadata.pushed_authorization_request_endpoint !== undefined; // RFC 9126
      try {
        const url = await (pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl)(config, request);
        return { url, secrets };
      } catch (error) {
        throw unavailable(error);
      }
    },

    async finish(callbackUrl, secrets) {
      try {
        if (secrets.issuer !== issuer) throw new UntrustedAnswer('callback-other-provider');
        checkCallback(callbackUrl.searchParams, issuer);
        const metadata = await connection.metadata();
        const config = await configure(metadata);
        // Checks state (RFC 6749 §4.1.2) and iss (RFC 9207 §2.4), redeems the code, and reads the ID Token a first time.
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.codeVerifier,
          idTokenExpected: true,
        });
        // RFC 6749 appendix A.12. An error about a strange one would quote it.
        if (!/^[\x20-\x7e]+$/.test(tokens.access_token)) throw new UntrustedAnswer('access-token-characters');
        if (tokens.id_token === undefined) throw new UntrustedAnswer('id-token-missing');
        const expected = {
          issuer,
          clientId,
          nonce: secrets.nonce,
          accessToken: tokens.access_token,
          algorithms: metadata.id_token_signing_alg_values_supported,
          clockTolerance,
          maxAge: parts.maxAge,
          acrValues: parts.acrValues,
        };
        const claims = await verifyIdToken(tokens.id_token, expected, connection.keys, now);
        const userInfo = await askUserInfo(metadata, tokens.access_token, claims.sub);
        return parseIdentity(claims, userInfo, tokens.id_token);
      } catch (error) {
        throw refusal(error, Math.abs(connection.clockOffset ?? 0) <= clockTolerance);
      }
    },

    async end(idToken) {
      const metadata = await connection.metadata().catch(() => undefined);
      if (metadata?.end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(await configure(metadata), {
        id_token_hint: idToken,
        post_logout_redirect_uri: parts.postLogoutUrl,
        state: client.randomState(), // some providers come back only where there is one
      });
    },

    endOrigin: () => new URL(connection.known?.end_session_endpoint ?? issuer).origin,
    reach: async () => void (await connection.confirmedMetadata()),
    publishedKeys: async () => (await clientKeys)?.published,
    clockOffset: () => connection.clockOffset,
  };
}

function authenticate({ authentication }: ProviderConfig, keys: ClientKeys | undefined): client.ClientAuth {
  if (authentication.method === 'client_secret_basic') return client.ClientSecretBasic(authentication.clientSecret);
  if (authentication.method === 'client_secret_post') return client.ClientSecretPost(authentication.clientSecret);
  if (keys === undefined) throw new TypeError('A client that authenticates by key has one');
  return client.PrivateKeyJwt(keys.signing, {
    // An Ed25519 key signs under the name that it was registered with (RFC 8037 §3.1 or RFC 9864 §2.2).
    [client.modifyAssertion]: (header) => {
      header['alg'] = keys.signing.alg;
    },
  });
}
