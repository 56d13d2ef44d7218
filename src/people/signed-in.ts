import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import passport from 'passport';
import { recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import type { Clock } from '../web/clock.ts';
import { clearCookie } from '../web/cookies.ts';
import { randomBytes } from '../web/random.ts';
import { clientAddress, referenceOf } from '../web/request-log.ts';
import { deriveKey, type Seal } from '../web/seal.ts';
import { audited, auditedViewer } from './audited.ts';
import { describeDevice } from './device.ts';
import { admit, type Identity } from './people.ts';
import { SessionStore, type SignedIn } from './session-store.ts';
import type { SessionLimits } from './session-limits.ts';
import { endSession, hashOnce, hashSessionId } from './sessions.ts';
import { openTokens, tokenSeal } from './tokens.ts';
import { findViewer, type Viewer } from './viewer.ts';

export interface SignedInParts {
  readonly db: Database;
  readonly ruleBook: RuleBook;
  /** The first seals; each opens what it sealed. */
  readonly sessionSecrets: readonly string[];
  readonly https: boolean;
  readonly limits: SessionLimits;
  /** How often the provider is asked again, in milliseconds; 0 is never. */
  readonly revalidation: number;
  /** Whether somebody whom we do not know yet becomes a person here. */
  readonly admitNewPeople: boolean;
  readonly now: Clock;
}

/** What is left to do at the provider for a session that has ended. */
export interface EndedSession {
  readonly idToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** The signed-in session: Passport and express-session over our own store, and the two ways in and out of it. */
export interface SignedInSessions {
  /** Makes `req.user` the viewer, where there is a session that has not ended. Writes nothing for anybody else. */
  readonly middleware: readonly RequestHandler[];
  /**
   * Admits the person and begins a session under a new id, stored before the promise is kept. A session this browser
   * had before is over: it may have been somebody else's.
   * @param attempt its nonce counts once; whatever ended this person's access since it began ends this as well.
   * @throws Problem `sign-in-failed` when the nonce was used before or access has ended meanwhile, `not-allowed` for
   * somebody who is not to be admitted.
   */
  signIn(req: Request, identity: Identity, attempt: { readonly nonce: string; readonly begunAt: Date }): Promise<Viewer>;
  /** Ends the session of this request, whatever else fails. @returns undefined where there was none. */
  signOut(req: Request, res: Response): Promise<EndedSession | undefined>;
  /** Takes away the session's cookie, where the session itself has ended already; the request may still sign somebody in or out. */
  forget(res: Response): void;
}

export function signedInSessions(parts: SignedInParts): SignedInSessions {
  const { db, ruleBook, sessionSecrets, https, limits, admitNewPeople, now } = parts;
  const tokens = tokenSeal(sessionSecrets, now);
  const authenticator = new passport.Passport();
  authenticator.serializeUser<SignedIn>((user, done) => done(null, user as unknown as SignedIn));
  authenticator.deserializeUser<SignedIn>((stored, done) => done(null, 'viewer' in stored ? stored.viewer : false));
  const cookie = sessionCookie(https);

  return {
    middleware: [
      session({
        name: cookie.name,
        secret: sessionSecrets.map((secret) => Buffer.from(deriveKey(secret, 'session-cookie')).toString('base64url')),
        store: new SessionStore(db, ruleBook, limits, now),
        genid: () => randomBytes(32).toString('base64url'),
        cookie: cookie.attributes,
        resave: false,
        saveUninitialized: false,
      }),
      authenticator.session(),
    ],
    async signIn(req, identity, { nonce, begunAt }) {
      const endsAt = endOf(identity, limits, now);
      const device = describeDevice(req.get('User-Agent'));
      const begins = {
        person_id: async (transaction: Transaction) => {
          const person = await admit(transaction, identity, admitNewPeople, now);
          const { acr, amr, issuer } = identity;
          const detail = { issuer, acr, amr, device, address: clientAddress(req) };
          await recordAudit(transaction, { action: 'signed-in', by: audited(person), detail, reference: reference(req) }, now);
          return person.id;
        },
        nonce_hash: hashOnce(nonce),
        device,
        address: clientAddress(req) ?? '',
        ends_at: endsAt.toISOString(),
        ...(await describeSession(identity, parts, tokens)),
      };
      await new Promise<void>((resolve, reject) => {
        req.login({ begins, begunAt } as unknown as Express.User, (error: unknown) =>
          error == null ? resolve() : reject(error),
        );
      }).catch(async (error: unknown) => {
        // Nobody was signed in, so nobody gets a cookie.
        await destroy(req);
        throw error;
      });
      const viewer = await findViewer(db, hashSessionId(req.sessionID), ruleBook, limits, now);
      if (viewer === undefined)
        throw new Problem('sign-in-failed', 'Your session ended as it began. Try again.', { reason: 'access-ended' });
      return viewer;
    },
    async signOut(req, res) {
      const ended = req.user === undefined ? undefined : await endRecorded(db, req.user, reference(req), now);
      await destroy(req);
      clearCookie(res, cookie.name, cookie.attributes);
      return ended === undefined ? undefined : openTokens(tokens, ended);
    },
    forget: (res) => clearCookie(res, cookie.name, cookie.attributes),
  };
}

async function endRecorded(db: Database, viewer: Viewer, reference: string | undefined, now: Clock) {
  return db.transaction().execute(async (transaction) => {
    const ended = await endSession(transaction, viewer.sessionIdHash);
    if (ended !== undefined) await recordAudit(transaction, { action: 'signed-out', by: auditedViewer(viewer), reference }, now);
    return ended;
  });
}

function reference({ res }: Request): string | undefined {
  return res && referenceOf(res);
}

/** Not Passport's logout: it begins a new, empty session and would send its cookie. */
async function destroy(req: Request): Promise<void> {
  const { session } = req as { session?: Request['session'] };
  await new Promise<void>((resolve, reject) => {
    if (session === undefined) return resolve();
    session.destroy((error: unknown) => (error == null ? resolve() : reject(error)));
  });
}

/** With `__Host-` no other host can set it and it goes back to ours alone (RFC 6265bis §4.1.3.2); that needs https. */
function sessionCookie(https: boolean) {
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: https } as const;
  return { name: https ? '__Host-outlay' : 'outlay', attributes };
}

/**
 * The absolute limit, or earlier where the provider says so (IPSIE SL1).
 * @throws Problem `sign-in-failed` when that is over already.
 */
function endOf({ sessionExpiry }: Identity, limits: SessionLimits, now: Clock): Date {
  const at = now().getTime();
  const end = Math.min(at + limits.absolute, sessionExpiry?.getTime() ?? Infinity);
  if (end > at) return new Date(end);
  throw new Problem('sign-in-failed', 'Your company’s sign-in says that your session is over. Sign in there again.', {
    reason: 'session-expired',
  });
}

async function describeSession(identity: Identity, { revalidation, now }: SignedInParts, tokens: Seal) {
  const at = now();
  const refreshes = identity.refreshToken !== undefined && revalidation > 0;
  return {
    issuer: identity.issuer,
    subject: identity.subject,
    sid: identity.sid ?? null,
    auth_time: identity.authTime?.toISOString() ?? null,
    acr: identity.acr ?? null,
    amr: identity.amr.join(' '),
    sealed_id_token: await tokens.seal({ id_token: identity.idToken }),
    sealed_refresh_token: refreshes ? await tokens.seal({ refresh_token: identity.refreshToken }) : null,
    started_at: at.toISOString(),
    seen_at: at.toISOString(),
    revalidate_at: refreshes ? new Date(at.getTime() + revalidation).toISOString() : null,
  };
}
