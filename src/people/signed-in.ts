import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import passport from 'passport';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { clearCookie } from '../web/cookies.ts';
import { createSeal, deriveKey, type Seal } from '../web/seal.ts';
import { admit, type Identity } from './people.ts';
import { SessionStore, type SignedIn } from './session-store.ts';
import { endSession } from './sessions.ts';

export interface SignedInParts {
  readonly db: Database;
  readonly sessionSecret: string;
  readonly https: boolean;
  /** Whether somebody whom we do not know yet becomes a person here. */
  readonly admitNewPeople: boolean;
  readonly now: Clock;
}

/** The signed-in session: Passport and express-session over our own store, and the two ways in and out of it. */
export interface SignedInSessions {
  /** Makes `req.user` the viewer, where there is a session that has not ended. Writes nothing for anybody else. */
  readonly middleware: readonly RequestHandler[];
  /**
   * Admits the person and begins a session under a new id, stored before the promise is kept. A session this browser
   * had before is over: it may have been somebody else's.
   * @param nonce the attempt's, which counts once.
   * @throws Problem `sign-in-failed` when the nonce was used before, `not-allowed` for somebody who is not to be admitted.
   */
  signIn(req: Request, identity: Identity, nonce: string): Promise<void>;
  /** Ends the session of this request, whatever else fails. @returns its ID Token, for the provider's logout. */
  signOut(req: Request, res: Response): Promise<string | undefined>;
}

export function signedInSessions({ db, sessionSecret, https, admitNewPeople, now }: SignedInParts): SignedInSessions {
  const idTokens = createSeal(sessionSecret, 'id-token', now);
  const authenticator = new passport.Passport();
  authenticator.serializeUser<SignedIn>((user, done) => done(null, user as unknown as SignedIn));
  authenticator.deserializeUser<SignedIn>((stored, done) => done(null, 'viewer' in stored ? stored.viewer : false));
  const cookie = sessionCookie(https);
  return {
    middleware: [
      session({
        name: cookie.name,
        secret: Buffer.from(deriveKey(sessionSecret, 'session-cookie')).toString('base64url'),
        store: new SessionStore(db, now),
        genid: () => randomBytes(32).toString('base64url'),
        cookie: cookie.attributes,
        resave: false,
        saveUninitialized: false,
      }),
      authenticator.session(),
    ],
    async signIn(req, identity, nonce) {
      const person = await admit(db, identity, admitNewPeople, now);
      const begins = await describeSession(identity, person.id, idTokens, now);
      await new Promise<void>((resolve, reject) => {
        req.login({ begins, nonce } as unknown as Express.User, (error: unknown) => (error == null ? resolve() : reject(error)));
      });
    },
    async signOut(req, res) {
      const ended = req.user === undefined ? undefined : await endSession(db, req.user.sessionIdHash);
      // Not Passport's logout: it begins a new, empty session and would send its cookie.
      await new Promise<void>((resolve, reject) => {
        req.session.destroy((error: unknown) => (error == null ? resolve() : reject(error)));
      });
      clearCookie(res, cookie.name, cookie.attributes);
      const opened = ended === undefined ? undefined : await idTokens.open(ended.sealed_id_token);
      return opened === undefined ? undefined : String(opened['id_token']);
    },
  };
}

/** With `__Host-` no other host can set it and it goes back to ours alone (RFC 6265bis §4.1.3.2); that needs https. */
function sessionCookie(https: boolean) {
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: https } as const;
  return { name: https ? '__Host-outlay' : 'outlay', attributes };
}

async function describeSession(identity: Identity, personId: string, idTokens: Seal, now: Clock) {
  const at = now().toISOString();
  return {
    person_id: personId,
    issuer: identity.issuer,
    subject: identity.subject,
    sid: identity.sid ?? null,
    auth_time: identity.authTime?.toISOString() ?? null,
    acr: identity.acr ?? null,
    sealed_id_token: await idTokens.seal({ id_token: identity.idToken }),
    started_at: at,
    seen_at: at,
  };
}
