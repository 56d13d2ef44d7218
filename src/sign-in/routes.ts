import express, { type Request, type Router } from 'express';
import type { Logger } from 'pino';
import type { SignedInSessions } from '../people/signed-in.ts';
import { Problem } from '../problems.ts';
import { onlyMethods } from '../web/methods.ts';
import { ownPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { noReferrer } from '../web/security-headers.ts';
import type { Attempts } from './attempts.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { signInRateLimit } from './rate-limit.ts';

export interface SignInParts {
  readonly baseUrl: string;
  readonly provider: IdentityProvider;
  readonly attempts: Attempts;
  /** Requests per minute and client address; 0 is no limit. */
  readonly rateLimit: number;
  readonly sessions: SignedInSessions;
  readonly log: Logger;
}

/** Walk one of docs/architecture.md: to the provider and back. */
export function signInRoutes({ baseUrl, provider, attempts, rateLimit, sessions, log }: SignInParts): Router {
  const router = express.Router();
  // RFC 9700 §4.2: an address that carries a code is not told to the next page.
  router.use([paths.login, paths.callback], noReferrer, signInRateLimit(rateLimit));

  router
    .route(paths.login)
    .get(async (req, res) => {
      const { url, secrets } = await provider.begin();
      await attempts.add(req, res, secrets, ownPath(req.query['return_to'], baseUrl));
      res.redirect(303, url.href);
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.callback)
    .get(async (req, res) => {
      const attempt = await attempts.take(req, res, req.query['state']);
      if (attempt === undefined) throw noAttempt(baseUrl);
      const identity = await provider.finish(callbackUrl(req, baseUrl), attempt.secrets);
      await sessions.signIn(req, identity);
      log.info(
        {
          event: 'signed-in',
          reference: referenceOf(res),
          issuer: identity.issuer,
          subject: identity.subject,
          acr: identity.acr,
        },
        'signed in',
      );
      res.redirect(303, attempt.returnTo ?? paths.dashboard);
    })
    .all(onlyMethods('GET'));

  return router;
}

/** Our configured address and what was asked of it; never a header's word for where we are (RFC 9700 §4.1). */
function callbackUrl(req: Request, baseUrl: string): URL {
  const url = new URL(paths.callback, baseUrl);
  url.search = new URL(req.originalUrl, baseUrl).search;
  return url;
}

/** With our address: whoever began at another name of this machine comes back without their cookies. */
function noAttempt(baseUrl: string): Problem {
  return new Problem(
    'sign-in-failed',
    `This sign-in was not begun in this browser at ${baseUrl}, took longer than ten minutes, or has been used already. ` +
      'Try again; it takes only a moment.',
    { reason: 'attempt-missing' },
  );
}
