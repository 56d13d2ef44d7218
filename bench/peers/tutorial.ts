import session from 'express-session';
import * as client from 'openid-client';
import passport from 'passport';
import { baseUrl, clientId, clientSecret, createPeer, issuer, listen, rowsInMemory, sendTeam, sessionSecret } from './page.ts';

/*
 * The baseline: what one has after following a tutorial. Sessions and four expenses are in memory, and the provider is discovered
 * twice for each sign-in.
 */

declare module 'express-session' {
  interface SessionData {
    pkce: { codeVerifier: string; state: string };
  }
}

interface User {
  readonly name: string | undefined;
  readonly email: string | undefined;
}

const rows = rowsInMemory(4);
const redirectUri = `${baseUrl}/authorization-code/callback`;

const discover = () =>
  client.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute: [client.allowInsecureRequests] });

const app = createPeer();
app.use(session({ secret: sessionSecret, resave: false, saveUninitialized: true }));
app.use(passport.initialize());
app.use(passport.session());
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser<User>((user, done) => done(null, user));

app.get('/login', async (req, res) => {
  const config = await discover();
  const codeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  req.session.pkce = { codeVerifier, state };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
  });
  res.redirect(url.href);
});

app.get('/authorization-code/callback', async (req, res, next) => {
  const { pkce } = req.session;
  if (pkce === undefined) return res.redirect('/login');
  const config = await discover();
  const tokens = await client.authorizationCodeGrant(config, new URL(req.originalUrl, baseUrl), {
    pkceCodeVerifier: pkce.codeVerifier,
    expectedState: pkce.state,
  });
  const claims = tokens.claims();
  const user = { name: claims?.['name'], email: claims?.['email'] };
  req.login(user, (error: unknown) => (error == null ? res.redirect('/team/large') : next(error)));
});

app.get('/team/large', (req, res) => {
  if (!req.isAuthenticated()) return res.redirect('/login');
  sendTeam(res, (req.user as User).name, rows);
});

listen(app);
