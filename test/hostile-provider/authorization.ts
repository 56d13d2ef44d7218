import { type Answer, type Behaviour, type HostileRequest, type JsonObject, jsonAnswer } from './behaviour.ts';
import { authenticate, type ClientRecord } from './client-authentication.ts';

/** What a code stands for, until it is redeemed. */
export interface Grant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly scope: string;
}

/** What a refresh token speaks of: the claims of the sign-in, as they were sent. */
export interface Refreshable {
  readonly signedIn: JsonObject;
}

/** What the provider remembers between two requests. */
export interface Ledger {
  /** What a refresh token stands for; each counts once. */
  readonly refreshes: Map<string, Refreshable>;
  readonly grants: Map<string, Grant>;
  readonly pushed: Map<string, URLSearchParams>;
}

const scopes = ['openid', 'profile', 'email', 'groups', 'offline_access'];

/** Signs everybody in at once and sends them back (Core §3.1.2). */
export function authorize(
  request: HostileRequest,
  client: ClientRecord,
  { grants, pushed }: Ledger,
  response: Behaviour['response'],
  requirePushed: boolean,
): Answer {
  const asked = asPushed(request.query, pushed, requirePushed);
  const redirectUri = asked?.get('redirect_uri') ?? '';
  // Nobody is sent to an address that no known client named (RFC 6749 §4.1.2.1).
  if (asked === undefined || asked.get('client_id') !== client.id || !URL.canParse(redirectUri)) {
    return { status: 400, headers: { 'content-type': 'text/plain' }, body: 'This request is not understood.\n' };
  }
  const back = new URL(redirectUri);
  const error = mistakeIn(asked);
  if (error === undefined) {
    const code = `planted-code-${crypto.randomUUID()}`;
    grants.set(code, {
      redirectUri,
      challenge: asked.get('code_challenge') ?? '',
      nonce: asked.get('nonce') ?? undefined,
      scope: asked.get('scope') ?? '',
    });
    back.searchParams.set('code', code);
  } else {
    back.searchParams.set('error', error);
  }
  back.searchParams.set('iss', client.issuer);
  const state = asked.get('state');
  if (state !== null) back.searchParams.set('state', state);
  response?.(back.searchParams, asked);
  return { status: 303, headers: { location: back.href, 'cache-control': 'no-store' }, body: '' };
}

/** What was pushed before counts once, and nothing beside it does (RFC 9126 §4). */
function asPushed(
  query: URLSearchParams,
  pushed: Map<string, URLSearchParams>,
  requirePushed: boolean,
): URLSearchParams | undefined {
  const uri = query.get('request_uri');
  if (uri === null) return requirePushed ? undefined : query;
  const asked = pushed.get(uri);
  pushed.delete(uri);
  return asked?.get('client_id') === query.get('client_id') ? asked : undefined;
}

function mistakeIn(asked: URLSearchParams): string | undefined {
  if (asked.get('response_type') !== 'code') return 'unsupported_response_type';
  const wanted = (asked.get('scope') ?? '').split(' ');
  if (!wanted.includes('openid') || wanted.some((scope) => !scopes.includes(scope))) return 'invalid_scope';
  const challenged = asked.get('code_challenge_method') === 'S256' && /^[\w-]{43}$/.test(asked.get('code_challenge') ?? '');
  return challenged ? undefined : 'invalid_request';
}

/** Pushed authorization requests (RFC 9126 §2). */
export async function push(request: HostileRequest, client: ClientRecord, { pushed }: Ledger): Promise<Answer> {
  const authenticated = await authenticate(request, client);
  if ('refused' in authenticated) return jsonAnswer({ error: 'invalid_client', error_description: authenticated.refused }, 401);
  const asked = new URLSearchParams(request.body);
  // By Basic, the client's id need not stand in the body as well.
  if (!asked.has('client_id')) asked.set('client_id', client.id);
  const error = asked.has('request_uri') ? 'invalid_request' : mistakeIn(asked);
  if (error !== undefined || !URL.canParse(asked.get('redirect_uri') ?? '')) {
    return jsonAnswer({ error: error ?? 'invalid_request' }, 400);
  }
  const uri = `urn:ietf:params:oauth:request_uri:planted-request-${crypto.randomUUID()}`;
  pushed.set(uri, asked);
  return jsonAnswer({ request_uri: uri, expires_in: 60 }, 201);
}

/** The way back after logging out (RP-Initiated Logout §2). */
export function endSession({ method, query, body }: HostileRequest): Answer {
  const asked = method === 'POST' ? new URLSearchParams(body) : query;
  const target = asked.get('post_logout_redirect_uri') ?? '';
  if (!asked.has('id_token_hint') || !URL.canParse(target)) {
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Logged out.\n' };
  }
  const back = new URL(target);
  const state = asked.get('state');
  if (state !== null) back.searchParams.set('state', state);
  return { status: 303, headers: { location: back.href }, body: '' };
}
