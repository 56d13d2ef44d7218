import { ExpressAuth, type ExpressAuthConfig, getSession } from '@auth/express';
import { clientId, clientSecret, createPeer, issuer, listen, rowsInMemory, sendTeam, sessionSecret } from './page.ts';

/* Auth.js for Express, with its sessions in an encrypted cookie, as it comes. */

const rows = rowsInMemory(25);
const config: ExpressAuthConfig = {
  basePath: '/auth',
  secret: sessionSecret,
  trustHost: true,
  providers: [{ id: 'bench', name: 'Bench', type: 'oidc', issuer, clientId, clientSecret }],
};

const app = createPeer();
// As a pattern, because the package reads what is behind /auth/ from its first group.
app.use(/^\/auth\/(.*)/, ExpressAuth(config));
app.get('/team/large', async (req, res) => {
  const found = await getSession(req, config);
  if (found === null) return res.redirect('/auth/signin');
  sendTeam(res, found.user?.name ?? undefined, rows);
});

listen(app);
