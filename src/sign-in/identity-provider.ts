import * as client from 'openid-client';
import type { ProviderConfig } from '../config.ts';
import type { Identity } from '../people/people.ts';
import { Problem } from '../problems.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { parseIdentity } from './identity.ts';

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
}

const SCOPE = 'openid profile email';

/** Opens nothing yet: the provider may be away when Outlay starts. Its metadata is asked for once, however many need it. */
export function openIdentityProvider(parts: IdentityProviderParts): IdentityProvider {
  const discover = once(() => discoverProvider(parts));
  let endOrigin = new URL(parts.issuer).origin;

  async function configuration(): Promise<client.Configuration> {
    try {
      const config = await discover();
      endOrigin = originOf(config.serverMetadata().end_session_endpoint) ?? endOrigin;
      return config;
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
      const config = await configuration();
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
      const config = await configuration();
      try {
        // Checks state (RFC 6749 §4.1.2), iss (RFC 9207 §2.4), and the ID Token's signature and claims (Core §3.1.3.7).
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined || tokens.id_token === undefined) throw new TypeError('The token response has no ID Token');
        const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
        // Refuses an answer about another subject (Core §5.3.2).
        const userInfo = hasUserInfo ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
        return parseIdentity(claims, userInfo, tokens.id_token);
      } catch (error) {
        throw toProblem(error);
      }
    },

    async end(idToken) {
      const config = await configuration().catch(() => undefined);
      if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: parts.postLogoutUrl,
        state: client.randomState(), // some providers come back only where there is one
      });
    },

    endOrigin: () => endOrigin,
    reach: async () => void (await configuration()),
  };
}

async function discoverProvider({ issuer, clientId, clientSecret }: IdentityProviderParts): Promise<client.Configuration> {
  const loopbackHttp = issuer.startsWith('http:');
  const config = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), {
    // Without it TLS alone vouches for the ID Token, and its signature goes unread (Core §3.1.3.7 step 6).
    execute: [client.enableNonRepudiationChecks, ...(loopbackHttp ? [client.allowInsecureRequests] : [])],
    [client.customFetch]: (url, { body = null, headers, method }) => boundedFetch(url, { body, headers, method }),
  });
  // The library compares as URLs do; the standard asks for the very same text (Discovery §4.3).
  if (config.serverMetadata().issuer !== issuer) {
    throw new Error(
      `The provider calls itself "${config.serverMetadata().issuer}"; OIDC_ISSUER must be exactly that, also the last slash`,
    );
  }
  return config;
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

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

const declined = 'You stopped signing in, or your company’s sign-in did not let you through. You can try again.';
const busy = 'Your company’s sign-in is busy just now. Try again in a few minutes.';
const expired = 'Signing in took too long, or the link was already used. Try again; it works afresh.';
const refused =
  'Your company’s sign-in gave an answer that Outlay cannot trust, so nobody was signed in. Try again; if it happens again, tell whoever runs Outlay the reference below.';

/** The provider's words never reach the page (RFC 9700 §4.11): each known failure has a sentence of ours. */
function toProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  if (cause instanceof client.AuthorizationResponseError) {
    const sentence = { access_denied: declined, temporarily_unavailable: busy, server_error: busy }[cause.error] ?? refused;
    return new Problem('sign-in-failed', sentence, { cause, reason: 'provider-refused' });
  }
  // RFC 6749 §5.2: a wrong client secret comes with a challenge where it was sent by Basic.
  if (cause instanceof client.ResponseBodyError || cause instanceof client.WWWAuthenticateChallengeError) {
    const sentence = cause instanceof client.ResponseBodyError && cause.error === 'invalid_grant' ? expired : refused;
    return new Problem('sign-in-failed', sentence, { cause, reason: 'token-request-refused' });
  }
  if (isNetworkFailure(cause)) {
    return new Problem('unavailable', 'Your company’s sign-in stopped answering midway. Try again in a few minutes.', {
      cause,
      reason: 'provider-unavailable',
    });
  }
  return new Problem('sign-in-failed', refused, { cause, reason: 'response-not-trusted' });
}

/** `fetch` reports every failure of the network as a TypeError with a cause, and ours a timeout by its name. */
function isNetworkFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError' || at.message === 'fetch failed') return true;
  }
  return false;
}
