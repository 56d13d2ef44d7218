import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorize, endSession, type Ledger, push } from './authorization.ts';
import { type Answer, type Behaviour, type ChangeAnswer, type HostileRequest, type JsonObject, jsonAnswer } from './behaviour.ts';
import type { AuthenticationMethod } from './client-authentication.ts';
import { type Elsewhere, startElsewhere } from './elsewhere.ts';
import { type LogoutTokenParts, makeLogoutToken } from './logout-tokens.ts';
import { listen, read, send, stop } from './sending.ts';
import { heldKey, makeKey, type SigningKey } from './signing.ts';
import type { Authentication } from './token-endpoint.ts';
import { redeem, tellAbout } from './tokens.ts';

export interface HostileOptions {
  /** Any free one, unless it matters. */
  readonly port?: number;
  /** What follows the origin in the issuer, such as `/tenants/one` or a single slash. */
  readonly issuerPath?: string;
  /** Any secret that is not empty, unless one is named. */
  readonly clientSecret?: string;
  /** How the client has to authenticate; by `client_secret_basic` unless another way is named. */
  readonly authentication?: AuthenticationMethod;
  /** Where a client that authenticates by key publishes its keys. */
  readonly clientJwksUrl?: string;
  /** Whether requests may, or must, be pushed (RFC 9126). */
  readonly par?: 'offered' | 'required';
  /** Whether there is a place to end the provider's own session (RP-Initiated Logout). */
  readonly endSession?: boolean;
  /** Whether refresh tokens can be made worthless (RFC 7009). */
  readonly revocation?: boolean;
}

export interface HostileProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  /** Takes effect from the next request on. */
  behaviour: Behaviour;
  /** May be told once the client's own address is known. */
  clientJwksUrl: string | undefined;
  /** Every request so far, for counting and looking into. */
  readonly requests: readonly HostileRequest[];
  readonly elsewhere: Elsewhere;
  /** The key that signs from now on. */
  readonly key: SigningKey;
  /** Every ID Token issued so far with no fault in sight. */
  readonly issued: readonly string[];
  /** How the client authenticated at the token endpoint, each time. */
  readonly authentications: readonly Authentication[];
  makeLogoutToken(parts?: LogoutTokenParts): string;
  /** Signs with a new key and publishes only that one. @param kid the same as before, for a new key under an old name. */
  rotateKeys(kid?: string): Promise<void>;
}

const WELL_KNOWN = '/.well-known/openid-configuration';

/** A small OpenID provider that signs everybody in at once as `sub-alice`, and breaks what it is told to break. */
export async function startHostileProvider(options: HostileOptions = {}): Promise<HostileProvider> {
  const ledger: Ledger = { grants: new Map(), pushed: new Map(), refreshes: new Map() };
  const requests: HostileRequest[] = [];
  const issued: string[] = [];
  const authentications: Authentication[] = [];
  const elsewhere = await startElsewhere();
  const { server, origin } = await listen('localhost', options.port ?? 0, (req, res) => void serve(req, res));
  const issuer = origin + (options.issuerPath ?? '');
  const base = issuer.replace(/\/$/, '');
  let key = await heldKey('RS256', 'honest');
  let clientJwksUrl = options.clientJwksUrl;
  let behaviour: Behaviour = {};

  const client = {
    id: 'outlay',
    issuer,
    method: options.authentication ?? 'client_secret_basic',
    secret: options.clientSecret,
    seenAssertions: new Set<string>(),
    get jwksUrl() {
      return clientJwksUrl;
    },
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = await read(req, origin);
    requests.push(request);
    // One behaviour for the whole request, whatever is set meanwhile.
    const now = behaviour;
    const path = request.path.startsWith(base.slice(origin.length)) ? request.path.slice(base.length - origin.length) : '';
    const { honest, change } = await answer(path, request, now);
    elsewhere.answers.set(request.path, honest);
    send(res, change === undefined ? honest : await change(honest, request));
  }

  async function answer(
    path: string,
    request: HostileRequest,
    now: Behaviour,
  ): Promise<{ honest: Answer; change?: ChangeAnswer | undefined }> {
    switch (path) {
      case WELL_KNOWN:
        return { honest: jsonAnswer(now.metadata?.(metadata()) ?? metadata()), change: now.metadataAnswer };
      case '/jwks':
        return { honest: jsonAnswer({ keys: now.jwks?.([key.jwk]) ?? [key.jwk] }), change: now.jwksAnswer };
      case '/authorize':
        return { honest: authorize(request, client, ledger, now.response, options.par === 'required') };
      case '/par':
        return { honest: await push(request, client, ledger), change: now.parAnswer };
      case '/token': {
        const honest = await redeem(request, { client, ledger, behaviour: now, key, issued, authentications });
        const refreshing = new URLSearchParams(request.body).get('grant_type') === 'refresh_token';
        return { honest, change: refreshing ? now.refreshAnswer : now.tokenAnswer };
      }
      case '/userinfo':
        return { honest: tellAbout(request, now), change: now.userInfoAnswer };
      case '/revoke':
        ledger.refreshes.delete(new URLSearchParams(request.body).get('token') ?? '');
        return { honest: { status: 200, headers: {}, body: '' }, change: now.revokeAnswer };
      case '/end-session':
        return { honest: endSession(request) };
      default:
        return { honest: { status: 404, headers: {}, body: '' } };
    }
  }

  function metadata(): JsonObject {
    return {
      issuer,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      userinfo_endpoint: `${base}/userinfo`,
      jwks_uri: `${base}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      userinfo_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: [client.method],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ...(options.par !== undefined && { pushed_authorization_request_endpoint: `${base}/par` }),
      ...(options.par === 'required' && { require_pushed_authorization_requests: true }),
      ...(options.revocation === true && { revocation_endpoint: `${base}/revoke` }),
      ...(options.endSession === true && { end_session_endpoint: `${base}/end-session` }),
    };
  }

  return {
    issuer,
    clientId: client.id,
    requests,
    elsewhere,
    issued,
    authentications,
    get key() {
      return key;
    },
    get behaviour() {
      return behaviour;
    },
    set behaviour(next) {
      behaviour = next;
    },
    get clientJwksUrl() {
      return clientJwksUrl;
    },
    set clientJwksUrl(url) {
      clientJwksUrl = url;
    },
    makeLogoutToken: (parts = {}) => makeLogoutToken(issuer, key, parts),
    async rotateKeys(kid = `key-${crypto.randomUUID()}`) {
      key = await makeKey('RS256', kid);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([stop(server), elsewhere[Symbol.asyncDispose]()]);
    },
  };
}
