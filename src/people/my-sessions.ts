import express, { type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { endAccess } from './access.ts';
import { auditedViewer } from './audited.ts';
import { endOwnSession } from './sessions.ts';
import { type Viewer, viewerOf } from './viewer.ts';

/** SHA-256 in base64url. Checked before any query: text like "\\0" is an error to PostgreSQL, not merely unknown. */
const sessionId = /^[\w-]{43}$/;

export interface MySessionsParts {
  readonly db: Database;
  readonly now: Clock;
  readonly log: Logger;
  /** Ends all the others: sensitive, so it comes from whoever asks for a fresh sign-in. */
  readonly endOthers: RequestHandler;
}

/** Ending one's own sessions; they are listed on the profile. */
export function mySessionsRoutes({ db, now, log, endOthers }: MySessionsParts): Router {
  const router = express.Router();
  router
    .route(paths.sessionEnding)
    .post(async (req, res) => {
      const viewer = viewerOf(req);
      const { id } = req.params;
      const ended = sessionId.test(id) ? await endOwnSession(db, viewer, id, referenceOf(res), now) : undefined;
      if (ended === undefined) throw noSuchPage();
      const { issuer, subject } = viewer;
      log.info(
        { event: 'access-ended', channel: 'profile', reference: referenceOf(res), issuer, subject, ended: 1 },
        'access ended',
      );
      res.redirect(303, paths.profile);
    })
    .all(onlyMethods('POST'));
  router.route(paths.sessionsEnding).post(endOthers).all(onlyMethods('POST'));
  return router;
}

/** Every session of the viewer's but the one that asks. @returns where to go on to. */
export async function endOtherSessions(db: Database, viewer: Viewer, now: Clock, log: Logger): Promise<string> {
  const { issuer, subject, sessionIdHash } = viewer;
  const ended = await endAccess(db, { issuer, subject }, now, {
    except: sessionIdHash,
    channel: 'profile',
    by: auditedViewer(viewer),
  });
  log.info({ event: 'access-ended', channel: 'profile', issuer, subject, ended }, 'access ended');
  return paths.profile;
}
