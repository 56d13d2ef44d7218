import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { type Clock, formatInstant } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths } from '../web/paths.ts';
import { listSessions } from './sessions.ts';
import { displayNameOf, type Viewer, viewerOf } from './viewer.ts';

/** One thing the viewer may do, and why: a sentence of `teams/rules.ts`, which this room does not know. */
export interface RightInWords {
  readonly what: string;
  readonly why: string;
}

interface ProfileModel {
  readonly name: string;
  readonly email: string;
  readonly emailNote: string;
  readonly rights: readonly RightInWords[];
  readonly sessions: readonly {
    readonly began: string;
    readonly beganAt: string;
    readonly seen: string;
    readonly seenAt: string;
    readonly isThis: boolean;
  }[];
}

const profilePage = compilePage<ProfileModel>(new URL('profile.ejs', import.meta.url));

export interface ProfileParts {
  readonly db: Database;
  readonly now: Clock;
  readonly listRights: (viewer: Viewer) => Promise<readonly RightInWords[]>;
}

export function profileRoutes({ db, now, listRights }: ProfileParts): Router {
  const router = express.Router();
  router
    .route(paths.profile)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const sessions = await listSessions(db, viewer, now);
      sendPage(res, profilePage, 'Profile', {
        name: displayNameOf(viewer),
        email: viewer.email ?? 'Your company’s sign-in did not send an e-mail address.',
        emailNote: viewer.email !== undefined && viewer.verifiedEmail === undefined ? unverifiedNote : '',
        rights: await listRights(viewer),
        sessions: sessions.map((session) => ({
          began: formatInstant(session.started_at),
          beganAt: session.started_at,
          seen: formatInstant(session.seen_at),
          seenAt: session.seen_at,
          isThis: session.id_hash === viewer.sessionIdHash,
        })),
      });
    })
    .all(onlyMethods('GET'));
  return router;
}

const unverifiedNote =
  'Your company’s sign-in has not confirmed this address, so it opens no team. Ask whoever runs it to mark it as verified.';
