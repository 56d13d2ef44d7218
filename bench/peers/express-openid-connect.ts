import eoc from 'express-openid-connect';
import session from 'express-session';
import { baseUrl, clientId, clientSecret, createPeer, issuer, listen, rowsInMemory, sendTeam, sessionSecret } from './page.ts';

/* Auth0's middleware for any provider, with its sessions on the server: in express-session's store in memory. */

const rows = rowsInMemory(25);
const app = createPeer();
app.use(
  eoc.auth({
    issuerBaseURL: issuer,
    baseURL: baseUrl,
    clientID: clientId,
    clientSecret,
    secret: sessionSecret,
    authRequired: false,
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    session: { store: new session.MemoryStore() as never },
  }),
);
app.get('/team/large', eoc.requiresAuth(), (req, res) => sendTeam(res, req.oidc.user?.['name'] as string | undefined, rows));

listen(app);
