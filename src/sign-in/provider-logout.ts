import express, { type ErrorRequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { endAccess } from '../people/access.ts';
import { hashOnce, hasSessionOf } from '../people/sessions.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { describeFailure } from '../web/failure.ts';
import { getOnly, onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import type { IdentityProvider } from './provider-contract.ts';
import { failedCheck } from './refusals.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

export interface ProviderLogoutParts {
  readonly db: Database;
  readonly provider: IdentityProvider;
  readonly now: Clock;
  readonly log: Logger;
}

/** Back-Channel Logout §2.5: one token; whatever else is in the form is not looked at. */
const form = z.looseObject({ logout_token: z.string().min(1) });

/**
 * Where the provider says that somebody's session there is over: server to server (OpenID Connect Back-Channel Logout), and
 * in a frame of its own pages (Front-Channel Logout). Neither comes with our cookies; each says whom it means by itself.
 */
export function providerLogoutRoutes({ db, provider, now, log }: ProviderLogoutParts): Router {
  const router = express.Router();

  router
    .route(paths.backChannelLogout)
    .post(express.urlencoded({ extended: false, limit: '32kb', parameterLimit: 20 }), async (req, res) => {
      const { data } = form.safeParse(req.body);
      if (data === undefined) throw new UntrustedAnswer('logout-token-missing');
      const { access, jti } = await provider.readLogoutToken(data.logout_token);
      const ended = await endAccess(db, access, now, {
        jtiHash: hashOnce(`${access.issuer} ${jti}`),
        channel: 'back-channel',
        reference: referenceOf(res),
      });
      if (ended === 'used') throw new UntrustedAnswer('logout-token-used');
      const { issuer, sid, subject } = access;
      log.info(
        { event: 'access-ended', channel: 'back-channel', reference: referenceOf(res), issuer, sid, subject, ended },
        'access ended',
      );
      // §2.8: exactly 200, and only now that it is done.
      res.set('Cache-Control', 'no-store').status(200).end();
    })
    .all(onlyMethods('POST'));
  router.use(paths.backChannelLogout, refuseBackChannel(log));

  router
    .route(paths.frontChannelLogout)
    .all(getOnly)
    .get(async (req, res) => {
      const { iss, sid } = req.query;
      // Both, because one alone would let any website sign people out (Front-Channel Logout §2 and §5).
      if (iss === provider.issuer && typeof sid === 'string' && (await hasSessionOf(db, iss, sid))) {
        const ended = await endAccess(db, { issuer: iss, sid }, now, { channel: 'front-channel', reference: referenceOf(res) });
        log.info(
          { event: 'access-ended', channel: 'front-channel', reference: referenceOf(res), issuer: iss, sid, ended },
          'access ended',
        );
      }
      res.removeHeader('X-Frame-Options');
      res.set({
        'Content-Security-Policy': `default-src 'none'; frame-ancestors ${provider.origins().join(' ')}`,
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Cache-Control': 'no-store',
      });
      res.type('html').send('<!doctype html><html lang="en"><title>Outlay</title></html>\n');
    });
  return router;
}

/** §2.8: 400, in the words of OAuth, whatever went wrong; a program reads it, and the log has the rest. */
function refuseBackChannel(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (error instanceof Problem && error.kind === 'wrong-method') return next(error);
    log.warn(
      { event: 'logout-refused', reference: referenceOf(res), check: failedCheck(error), failure: describeFailure(error) },
      'a logout by the provider was refused',
    );
    res.set('Cache-Control', 'no-store').status(400).json({ error: 'invalid_request' });
  };
}
