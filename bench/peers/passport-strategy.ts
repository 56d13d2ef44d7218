import session from 'express-session';
import * as client from 'openid-client';
import { Strategy } from 'openid-client/passport';
import passport from 'passport';
import { baseUrl, clientId, clientSecret, createPeer, issuer, listen, rowsInMemory, sendTeam, sessionSecret } from './page.ts';

/* openid-client's own strategy for Passport, with express-session in memory; the provider is discovered once, at start. */

interface User {
  readonly name: string | undefined;
}

const rows = rowsInMemory(25);
const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
  execute: [client.allowInsecureRequests],
});
const strategy = new Strategy(
  { name: 'provider', config, scope: 'openid profile email', callbackURL: `${baseUrl}/callback` },
  (tokens, done) => done(null, { name: tokens.claims()?.['name'] as string | undefined }),
);
passport.use(strategy);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser<User>((user, done) => done(null, user));

const app = createPeer();
app.use(session({ secret: sessionSecret, resave: false, saveUninitialized: false }));
app.use(passport.authenticate('session'));
app.get('/login', passport.authenticate('provider'));
app.get('/callback', passport.authenticate('provider', { successRedirect: '/team/large', failureRedirect: '/' }));
app.get('/team/large', (req, res) => {
  if (!req.isAuthenticated()) return res.redirect('/login');
  sendTeam(res, (req.user as User).name, rows);
});

listen(app);
