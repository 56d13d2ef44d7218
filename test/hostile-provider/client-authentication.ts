import type { JSONWebKeySet } from 'jose';
import type { HostileRequest } from './behaviour.ts';
import { verifyCompact } from './signing.ts';

export type AuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** What the provider knows of its one client. */
export interface ClientRecord {
  readonly id: string;
  readonly issuer: string;
  readonly method: AuthenticationMethod;
  /** Any secret, unless one is named. */
  readonly secret: string | undefined;
  readonly jwksUrl: string | undefined;
  /** Every assertion counts once. */
  readonly seenAssertions: Set<string>;
}

/** Of an assertion, in seconds. */
const MAX_LIFETIME = 60;
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** @returns what the client authenticated with, or why it did not. */
export async function authenticate(
  request: HostileRequest,
  client: ClientRecord,
): Promise<{ method: AuthenticationMethod; secret: string } | { refused: string }> {
  const form = new URLSearchParams(request.body);
  const offered = methodsOf(request, form);
  if (offered.length !== 1 || offered[0] !== client.method) {
    return { refused: `${client.method} was expected, and ${offered.join(' and ') || 'nothing'} came` };
  }
  if (client.method === 'private_key_jwt') {
    const refused = await whatIsWrongWith(form, client);
    return refused === undefined ? { method: client.method, secret: '' } : { refused };
  }
  const [id, secret] =
    client.method === 'client_secret_basic' ? basicOf(request) : [form.get('client_id'), form.get('client_secret')];
  const right = client.secret === undefined ? (secret ?? '') !== '' : secret === client.secret;
  return id === client.id && right
    ? { method: client.method, secret: secret ?? '' }
    : { refused: 'the id or the secret is another' };
}

function methodsOf(request: HostileRequest, form: URLSearchParams): AuthenticationMethod[] {
  const methods: AuthenticationMethod[] = [];
  if (/^basic /i.test(request.headers.authorization ?? '')) methods.push('client_secret_basic');
  if (form.has('client_secret')) methods.push('client_secret_post');
  if (form.has('client_assertion')) methods.push('private_key_jwt');
  return methods;
}

/** Each half is form-encoded before they are put together (RFC 6749 §2.3.1). */
function basicOf({ headers }: HostileRequest): (string | undefined)[] {
  const pair = Buffer.from((headers.authorization ?? '').slice('basic '.length), 'base64').toString();
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)].map(
    (half) => new URLSearchParams(`half=${half}`).get('half') ?? undefined,
  );
}

/** RFC 7523 §3, as strictly as its successor: the audience is the issuer, alone and as a text. */
async function whatIsWrongWith(form: URLSearchParams, client: ClientRecord): Promise<string | undefined> {
  if (form.get('client_assertion_type') !== ASSERTION) return 'client_assertion_type is another';
  if (client.jwksUrl === undefined) return 'the client has published no keys';
  const response = await fetch(client.jwksUrl);
  const { keys } = (await response.json()) as JSONWebKeySet;
  const assertion = verifyCompact(form.get('client_assertion') ?? '', keys);
  if (assertion === undefined) return 'no published key made this signature, or kid is missing';
  const { iss, sub, aud, exp, iat, jti } = assertion.claims;
  const now = Date.now() / 1_000;
  if (iss !== client.id || sub !== client.id) return 'iss and sub must be the client';
  if (form.has('client_id') && form.get('client_id') !== client.id) return 'client_id is another';
  if (aud !== client.issuer) return 'aud must be the issuer, as one text';
  if (typeof exp !== 'number' || exp <= now || exp > now + MAX_LIFETIME + 1) return `exp must be within ${MAX_LIFETIME} s`;
  if (typeof iat !== 'number' || iat > now + 1) return 'iat is missing or in the future';
  if (typeof jti !== 'string' || jti === '' || client.seenAssertions.has(jti)) return 'jti is missing or was seen before';
  client.seenAssertions.add(jti);
  return undefined;
}
