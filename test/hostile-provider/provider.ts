import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What the provider does differently from an honest one; without any it is honest. */
export interface Faults {
  readonly metadata?: (metadata: Record<string, unknown>) => Record<string, unknown>;
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  readonly idToken?: (token: string) => string | undefined;
  readonly userInfo?: (claims: Record<string, unknown>) => Record<string, unknown>;
  /** Changes the parameters of the redirect back. */
  readonly response?: (parameters: URLSearchParams) => void;
}

export interface HostileProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Takes effect from the next request on. */
  faults: Faults;
  /** The path of every request so far, for counting. */
  readonly requests: readonly string[];
}

/** A small OpenID provider that signs everybody in at once as `sub-alice`, and breaks what it is told to break. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'honest', use: 'sig', alg: 'RS256' };
  const requests: string[] = [];
  const nonces = new Map<string, string | null>();
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider: HostileProvider = {
    issuer,
    faults: {},
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', issuer);
    requests.push(url.pathname);
    const { faults } = provider;
    if (url.pathname === '/.well-known/openid-configuration') return json(res, faults.metadata?.(metadata()) ?? metadata());
    if (url.pathname === '/jwks') return json(res, { keys: [jwk] });
    if (url.pathname === '/authorize') return authorize(url, res);
    if (url.pathname === '/token') return token(await readBody(req), res);
    if (url.pathname === '/userinfo') {
      const claims = { sub: 'sub-alice', email: 'alice@example.com', email_verified: true, name: 'Alice Archer' };
      return json(res, faults.userInfo?.(claims) ?? claims);
    }
    res.writeHead(404).end();
  }

  function metadata(): Record<string, unknown> {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  function authorize(url: URL, res: ServerResponse): void {
    const code = crypto.randomUUID();
    nonces.set(code, url.searchParams.get('nonce'));
    const back = new URL(url.searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code, iss: issuer, state: url.searchParams.get('state') ?? '' }).toString();
    provider.faults.response?.(back.searchParams);
    res.writeHead(303, { location: back.href }).end();
  }

  async function token(body: URLSearchParams, res: ServerResponse): Promise<void> {
    const now = Math.floor(Date.now() / 1_000);
    const nonce = nonces.get(body.get('code') ?? '') ?? undefined;
    const honest = {
      iss: issuer,
      aud: 'outlay',
      sub: 'sub-alice',
      iat: now,
      exp: now + 300,
      ...(nonce !== undefined && { nonce }),
    };
    const claims = provider.faults.claims?.(honest) ?? honest;
    const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'honest' }).sign(privateKey);
    const idToken = provider.faults.idToken === undefined ? signed : provider.faults.idToken(signed);
    json(res, { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }
  return provider;
}

function json(res: ServerResponse, body: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(req: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
