import { DatabaseSync } from 'node:sqlite';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { genericOAuth } from 'better-auth/plugins';
import {
  baseUrl,
  clientId,
  clientSecret,
  createPeer,
  issuer,
  listen,
  rowsInMemory,
  sendTeam,
  sessionSecret,
  setting,
} from './page.ts';

/* better-auth with people and sessions in SQLite, as it sets that up itself. */

const rows = rowsInMemory(25);
const auth = betterAuth({
  baseURL: baseUrl,
  secret: sessionSecret,
  database: new DatabaseSync(setting('BENCH_DATABASE')),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: 'bench',
          clientId,
          clientSecret,
          discoveryUrl: `${issuer}/.well-known/openid-configuration`,
          scopes: ['openid', 'profile', 'email'],
        },
      ],
    }),
  ],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const app = createPeer();
app.get('/login', async (_req, res) => {
  const answer = await auth.api.signInSocial({ body: { provider: 'bench', callbackURL: '/team/large' }, asResponse: true });
  const { url } = (await answer.json()) as { url: string };
  for (const cookie of answer.headers.getSetCookie()) res.append('set-cookie', cookie);
  res.redirect(url);
});
app.all('/api/auth/*any', toNodeHandler(auth));
app.get('/team/large', async (req, res) => {
  const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
  if (found === null) return res.redirect('/login');
  sendTeam(res, found.user.name, rows);
});

listen(app);
