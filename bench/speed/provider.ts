import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { PEOPLE, TEAM_GROUP } from './people.ts';

/*
 * The provider of the benchmark, in a process of its own: it asks nobody anything, signs the next of its people in, and counts the
 * requests by path. `GET /counts` says how many there were.
 */

/** Every client there is: its id and where it is called back; all have one secret. */
const clients = JSON.parse(process.env['CLIENTS'] ?? '[]') as { id: string; redirectUri: string }[];
const port = Number(process.env['PORT']);
const issuer = `http://localhost:${port}`;
const { privateKey } = await generateKeyPair('RS256', { extractable: true });

const provider = new Provider(issuer, {
  clients: clients.map(({ id, redirectUri }) => ({
    client_id: id,
    client_secret: process.env['CLIENT_SECRET'] ?? '',
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
  })),
  jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'bench' }] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  // Also in the ID Token, for clients that ask no further.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email', 'email_verified'] },
  findAccount: (_ctx, subject) => ({ accountId: subject, claims: () => claimsOf(subject) }),
  loadExistingGrant: async (ctx) => {
    const { session, client, provider: op } = ctx.oidc;
    if (session?.accountId === undefined || client === undefined) return undefined;
    const grant = new op.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
  issueRefreshToken: () => true,
  pkce: { required: () => false },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: { devInteractions: { enabled: false } },
});

function claimsOf(subject: string) {
  const name = subject.replace('person-', 'Person ');
  return { sub: subject, name, email: `${subject}@example.com`, email_verified: true, groups: [TEAM_GROUP, 'everybody'] };
}

const counts: Record<string, number> = {};
const answer = provider.callback();
let turn = 0;
const server = createServer((req, res) => {
  const { pathname } = new URL(req.url ?? '/', issuer);
  if (pathname === '/counts') {
    res.end(JSON.stringify(counts));
    return;
  }
  counts[pathname] = (counts[pathname] ?? 0) + 1;
  if (!pathname.startsWith('/interaction/')) {
    void answer(req, res);
    return;
  }
  turn = (turn + 1) % PEOPLE;
  void provider.interactionFinished(req, res, { login: { accountId: `person-${turn}` } });
});
server.listen(port, 'localhost', () => console.log(`Ready: ${port}`));
