import * as client from 'openid-client';
import type { ProviderConfig } from '../config-provider.ts';
import { hashOnce } from '../people/sessions.ts';
import { Line } from './bounded-fetch.ts';
import { checkCallback } from './callback.ts';
import { type ClientKeys, openClientKeys } from './client-keys.ts';
import { verifyIdToken } from './id-token.ts';
import { parseIdentity } from './identity.ts';
import { verifyLogoutToken } from './logout-token.ts';
import type { ProviderMetadata } from './metadata.ts';
import { ProviderConnection, unavailable } from './provider-connection.ts';
import type { AttemptSecrets, Before, Demand, EndRequest, IdentityProvider, IdentityProviderParts } from './provider-contract.ts';
import { refusal } from './refusals.ts';
import { rehearse } from './rehearsal.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';
import { readUserInfo } from './user-info.ts';

/** Refresh tokens are asked for only where sessions are to be revalidated (Core §11). */
const scopeOf = ({ offlineAccess, extraScopes = [] }: ProviderConfig) =>
  ['openid', 'profile', 'email', ...(offlineAccess === true ? ['offline_access'] : []), ...extraScopes].join(' ');

/** Opens nothing yet: the provider may be away when Outlay starts, and later. */
export function openIdentityProvider(parts: IdentityProviderParts): IdentityProvider {
  const { issuer, clientId, authentication, clockTolerance, now } = parts;
  const connection = new ProviderConnection(issuer, now, parts.log);
  const clientKeys = authentication.method === 'private_key_jwt' ? openClientKeys(authentication.keys) : undefined;
  // Awaited where it is needed; a key that cannot be used is found there and not by an unhandled rejection.
  clientKeys?.catch(() => {});

  async function configure(metadata: ProviderMetadata, line?: Line): Promise<client.Configuration> {
    const server = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
    const about = { [client.clockTolerance]: clockTolerance };
    const authentication = authenticate(parts, await clientKeys);
    const config = new client.Configuration({ ...server, issuer }, clientId, about, authentication);
    // The library sends forms, and nothing else.
    config[client.customFetch] = (url, { body, headers, method }) =>
      connection.ask(url, { headers, method, body: body instanceof URLSearchParams ? body : null }, line);
    if (issuer.startsWith('http:')) client.allowInsecureRequests(config);
    return config;
  }

  /** Core §3.1.3.7, step 7; logout tokens are signed as ID Tokens are (Back-Channel Logout §2.6, step 2). */
  function signingAlgorithms({ id_token_signing_alg_values_supported: named }: ProviderMetadata): string[] {
    return named.filter((algorithm) => parts.signingAlgorithm === undefined || algorithm === parts.signingAlgorithm);
  }

  function whyRefused(error: unknown) {
    return refusal(error, Math.abs(connection.clockOffset ?? 0) <= clockTolerance);
  }

  /** What the settings ask of everybody and what one action asks, both: a weaker demand for the action changes nothing. */
  function stricter({ maxAge, acrValues = [] }: Demand = {}): Demand {
    const usual = parts.acrValues ?? [];
    const ages = [maxAge, parts.maxAge].filter((age) => age !== undefined);
    return {
      maxAge: ages.length === 0 ? undefined : Math.min(...ages),
      // Where both name some there is one in common: `checkAcrValues` saw to it.
      acrValues:
        acrValues.length > 0 && usual.length > 0 ? acrValues.filter((acr) => usual.includes(acr)) : [...acrValues, ...usual],
    };
  }

  function newSecrets(): AttemptSecrets {
    return {
      issuer,
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
  }

  async function authorizationUrl(
    metadata: ProviderMetadata,
    config: client.Configuration,
    { state, nonce, codeVerifier }: AttemptSecrets,
    asked: Readonly<Record<string, string>>,
  ): Promise<URL> {
    const request = {
      redirect_uri: parts.redirectUri,
      scope: scopeOf(parts),
      state, // RFC 6749 §10.12, also with PKCE
      nonce, // Core §3.1.2.1
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier), // RFC 7636 §4.2
      code_challenge_method: 'S256',
      ...asked,
    };
    const pushed = metadata.pushed_authorization_request_endpoint !== undefined; // RFC 9126
    return (pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl)(config, request);
  }

  /** RFC 6749 §5.2: who the client is is looked at before what it brings. */
  async function redeemNothing(config: client.Configuration): Promise<void> {
    const { codeVerifier } = newSecrets();
    const nothing = { code: client.randomState(), redirect_uri: parts.redirectUri, code_verifier: codeVerifier };
    await client.genericGrantRequest(config, 'authorization_code', nothing);
  }

  function endRequest({ end_session_endpoint: endpoint }: ProviderMetadata): EndRequest | undefined {
    const parameters = {
      client_id: clientId,
      post_logout_redirect_uri: parts.postLogoutUrl,
      state: client.randomState(), // some providers come back only where there is one
    };
    return endpoint === undefined ? undefined : { endpoint, parameters };
  }

  function believe(
    metadata: ProviderMetadata,
    idToken: string,
    accessToken: string,
    nonceFits: (nonce: string | undefined) => boolean,
    { maxAge, acrValues }: Demand,
  ) {
    // RFC 6749 appendix A.12. An error about a strange one would quote it.
    if (!/^[\x20-\x7e]+$/.test(accessToken)) throw new UntrustedAnswer('access-token-characters');
    const algorithms = signingAlgorithms(metadata);
    const expected = { issuer, clientId, nonceFits, accessToken, algorithms, clockTolerance, maxAge, acrValues };
    return verifyIdToken(idToken, expected, connection.keys, now);
  }

  async function askUserInfo(metadata: ProviderMetadata, accessToken: string, subject: string, line: Line) {
    if (metadata.userinfo_endpoint === undefined) return {};
    const algorithms = metadata.userinfo_signing_alg_values_supported ?? metadata.id_token_signing_alg_values_supported;
    // In the Authorization header (RFC 6750 §2.1).
    const headers = { accept: 'application/json, application/jwt', authorization: `Bearer ${accessToken}` };
    const response = await connection.ask(metadata.userinfo_endpoint, { headers }, line);
    return readUserInfo(response, { issuer, clientId, subject, algorithms }, connection.keys);
  }

  let end = { address: '', origin: '' };
  return {
    issuer,
    clientId,
    trustedTile: parts.trustedTile ?? false,

    async begin({ loginHint, demand } = {}) {
      const { acrValues = [], maxAge } = stricter(demand);
      const metadata = await connection.confirmedMetadata();
      const config = await configure(metadata);
      const secrets = newSecrets();
      const asked = {
        ...(loginHint !== undefined && { login_hint: loginHint }),
        ...(maxAge !== undefined && { max_age: String(maxAge) }),
        ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      };
      try {
        return { url: await authorizationUrl(metadata, config, secrets, asked), secrets };
      } catch (error) {
        throw unavailable(error);
      }
    },

    async finish(callbackUrl, secrets, demand) {
      try {
        if (secrets.issuer !== issuer) throw new UntrustedAnswer('callback-other-provider');
        checkCallback(callbackUrl.searchParams, issuer);
        const metadata = await connection.metadata();
        using line = new Line();
        const config = await configure(metadata, line);
        // Checks state (RFC 6749 §4.1.2) and iss (RFC 9207 §2.4), redeems the code, and reads the ID Token a first time.
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.codeVerifier,
          idTokenExpected: true,
        });
        if (tokens.id_token === undefined) throw new UntrustedAnswer('id-token-missing');
        const nonceFits = (nonce: string | undefined) => nonce === secrets.nonce;
        const claims = await believe(metadata, tokens.id_token, tokens.access_token, nonceFits, stricter(demand));
        const userInfo = await askUserInfo(metadata, tokens.access_token, claims.sub, line);
        return parseIdentity(claims, userInfo, { idToken: tokens.id_token, refreshToken: tokens.refresh_token }, parts.groups);
      } catch (error) {
        throw whyRefused(error);
      }
    },

    async refresh(refreshToken, before, keep) {
      const metadata = await connection.metadata();
      try {
        using line = new Line();
        const tokens = await client.refreshTokenGrant(await configure(metadata, line), refreshToken);
        if (tokens.refresh_token !== undefined) await keep(tokens.refresh_token);
        const nonceFits = (nonce: string | undefined) => nonce === undefined || hashOnce(nonce) === before.nonceHash;
        const claims =
          tokens.id_token === undefined
            ? { iss: issuer, sub: before.subject }
            : await believe(metadata, tokens.id_token, tokens.access_token, nonceFits, {});
        checkSame(claims, before);
        const userInfo = await askUserInfo(metadata, tokens.access_token, before.subject, line);
        const idToken = tokens.id_token;
        const told = parseIdentity(claims, userInfo, { idToken: idToken ?? '' }, parts.groups);
        return { told, idToken };
      } catch (error) {
        throw whyRefused(error);
      }
    },

    async revoke(refreshToken) {
      // A process that has just begun knows nothing of the provider yet.
      const metadata = await connection.metadata().catch(() => undefined);
      if (metadata?.revocation_endpoint === undefined) return;
      await configure(metadata)
        .then((config) => client.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' }))
        .catch(() => {});
    },

    async end(idToken) {
      const metadata = await connection.confirmedMetadata().catch(() => undefined);
      const asked = metadata === undefined ? undefined : endRequest(metadata);
      return asked && { ...asked, parameters: { ...asked.parameters, id_token_hint: idToken } };
    },

    async rehearse() {
      const metadata = await connection.confirmedMetadata();
      const config = await configure(metadata);
      return rehearse({
        redeem: () => redeemNothing(config),
        lead: (known) => authorizationUrl(known, config, newSecrets(), { prompt: 'none' }), // Core §3.1.2.1
        end: endRequest(metadata),
        metadata,
        redirectUri: parts.redirectUri,
        ask: (url, asking) => connection.ask(url, asking),
      });
    },

    async readLogoutToken(logoutToken) {
      const metadata = await connection.metadata();
      const expected = {
        issuer,
        clientId,
        algorithms: signingAlgorithms(metadata),
        clockTolerance,
        type: parts.logoutTokenType ?? 'logout+jwt',
      };
      return verifyLogoutToken(logoutToken, expected, connection.keys, now);
    },

    endOrigin() {
      const address = connection.known?.end_session_endpoint ?? issuer;
      // Asked for every answer, and hardly ever another one.
      if (end.address !== address) end = { address, origin: new URL(address).origin };
      return end.origin;
    },
    origins() {
      const { authorization_endpoint: authorization = issuer, end_session_endpoint: end = issuer } = connection.known ?? {};
      return [...new Set([issuer, authorization, end].map((address) => new URL(address).origin))];
    },
    reach: async () => void (await connection.confirmedMetadata()),
    publishedKeys: async () => (await clientKeys)?.published,
    clockOffset: () => connection.clockOffset,
  };
}

/** Core §12.2. */
function checkSame(claims: { readonly sub: string; readonly auth_time?: number | undefined }, before: Before): void {
  if (claims.sub !== before.subject) throw new UntrustedAnswer('refresh-sub');
  if (claims.auth_time === undefined || before.authTime === undefined) return;
  if (Math.abs(claims.auth_time * 1_000 - before.authTime.getTime()) >= 1_000) throw new UntrustedAnswer('refresh-auth_time');
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
