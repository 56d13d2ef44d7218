/* The room sign-in: to the provider and back. */
import express, { type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import type { RefusalRecord } from '../audit/refusals.ts';
import type { Database } from '../database/schema.ts';
import { tell } from '../measured.ts';
import { findAudited } from '../people/audited.ts';
import type { Identity } from '../people/people.ts';
import { alreadyUsed } from '../people/sessions.ts';
import type { SignedInSessions } from '../people/signed-in.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { getOnly, onlyMethods } from '../web/methods.ts';
import { ownPath, paths } from '../web/paths.ts';
import { onFailureLog, referenceOf } from '../web/request-log.ts';
import { noReferrer } from '../web/security-headers.ts';
import type { Attempts } from './attempts.ts';
import { initiationRoutes } from './initiation.ts';
import type { IdentityProvider } from './provider-contract.ts';
import { signInRateLimit } from './rate-limit.ts';
import { failedCheck } from './refusals.ts';
import type { StepUp } from './step-up.ts';

export interface SignInParts {
  readonly baseUrl: string;
  readonly provider: IdentityProvider;
  readonly attempts: Attempts;
  readonly stepUp: StepUp;
  /** Requests per minute and client address; 0 is no limit. */
  readonly rateLimit: number;
  readonly sessions: SignedInSessions;
  readonly refusals: RefusalRecord;
  readonly log: Logger;
}

/** Walk one of docs/architecture.md: to the provider and back. */
export function signInRoutes(parts: SignInParts): Router {
  const { baseUrl, provider, attempts, stepUp, rateLimit, sessions, refusals, log } = parts;
  const router = express.Router();
  // RFC 9700 §4.2: an address that carries a code is not told to the next page.
  router.use([paths.login, paths.initiateLogin, paths.callback], noReferrer, (_req, res, next) => {
    onFailureLog(res, (error) => {
      const refused = error instanceof Problem && error.kind !== 'wrong-method';
      if (!refused) return {};
      const { clockOffset, issuer } = provider;
      return { event: 'sign-in-refused', issuer, check: failedCheck(error), clockOffset: clockOffset() };
    });
    next();
  });
  router.use([paths.login, paths.initiateLogin, paths.callback], signInRateLimit(rateLimit));

  async function begin(req: Request, res: Response, returnTo: string | undefined, loginHint?: string): Promise<void> {
    const { url, secrets } = await provider.begin({ loginHint });
    await attempts.add(req, res, secrets, { returnTo });
    res.redirect(303, url.href);
  }

  /** Only where there was an attempt of this browser's: nothing is written for a stranger. */
  async function recordRefusal(error: unknown, identity: Identity | undefined, res: Response): Promise<void> {
    if (!(error instanceof Problem)) return;
    const detail = { reason: error.reason, check: failedCheck(error), issuer: provider.issuer, subject: identity?.subject };
    const find = identity && ((db: Database) => findAudited(db, identity.issuer, identity.subject));
    await refusals.add({ action: 'sign-in-refused', detail, reference: referenceOf(res) }, find);
  }

  router
    .route(paths.login)
    .get((req, res) => begin(req, res, ownPath(req.query['return_to'], baseUrl)))
    .all(onlyMethods('GET'));

  router.use(initiationRoutes({ baseUrl, provider, begin }));

  router
    .route(paths.callback)
    // A HEAD would redeem the code, and whoever sends one throws the answer away.
    .all(getOnly)
    .get(async (req, res) => {
      const attempt = await attempts.take(req, res, req.query['state']);
      if (attempt === undefined || attempt === 'used') throw noAttempt(attempt, baseUrl, req.user);
      const { parked, secrets, begunAt } = attempt;
      const demand = parked === undefined ? undefined : stepUp.demand;
      let told: Identity | undefined;
      const finish = async () => {
        told = await provider.finish(callbackUrl(req, baseUrl), secrets, demand);
        if (parked !== undefined) stepUp.assertSame(parked, told);
        return [told, await sessions.signIn(req, told, { nonce: secrets.nonce, begunAt })] as const;
      };
      const [identity, viewer] = await finish().catch(async (error: unknown) => {
        tell('sign-in', () => ({ result: 'refused', reason: reasonOf(error) }));
        await recordRefusal(error, told, res);
        throw error;
      });
      tell('sign-in', () => ({ result: 'signed-in', reason: 'none' }));
      log.info(
        {
          event: 'signed-in',
          reference: referenceOf(res),
          issuer: identity.issuer,
          subject: identity.subject,
          acr: identity.acr,
          amr: identity.amr,
          authTime: identity.authTime?.toISOString(),
          clockOffset: provider.clockOffset(),
        },
        'signed in',
      );
      const goesOn = parked === undefined ? (attempt.returnTo ?? paths.dashboard) : await stepUp.resume(parked, viewer);
      res.redirect(303, goesOn);
    });

  return router;
}

/** One of our own words. */
function reasonOf(error: unknown): string {
  return failedCheck(error) ?? (error instanceof Problem ? (error.reason ?? error.kind) : 'failure');
}

/** Our configured address and what was asked of it; never a header's word for where we are (RFC 9700 §4.1). */
function callbackUrl(req: Request, baseUrl: string): URL {
  const url = new URL(paths.callback, baseUrl);
  url.search = new URL(req.originalUrl, baseUrl).search;
  return url;
}

/** With our address: whoever began at another name of this machine comes back without their cookies. */
function noAttempt(attempt: 'used' | undefined, baseUrl: string, viewer: Viewer | undefined): Problem {
  const reason = attempt === 'used' ? 'attempt-used' : 'attempt-missing';
  if (viewer !== undefined) {
    return new Problem(
      'sign-in-failed',
      `This page belongs to a sign-in that is over, so nothing was done. You are signed in as ${displayNameOf(viewer)}.`,
      { heading: 'You are signed in already', reason },
    );
  }
  if (attempt === 'used') return alreadyUsed();
  return new Problem(
    'sign-in-failed',
    `This sign-in was not begun in this browser at ${baseUrl}, took longer than ten minutes, or has been used already. ` +
      'Try again; it takes only a moment.',
    { reason },
  );
}
