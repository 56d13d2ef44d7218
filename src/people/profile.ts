import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { type ClaimInWords, explainClaims, explainRights, type RightInWords } from '../rights/explain.ts';
import { describeGroups } from '../rights/words.ts';
import { type Clock, formatInstant } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths, sessionEndingPath } from '../web/paths.ts';
import type { SessionLimits } from './session-limits.ts';
import { listSessions } from './sessions.ts';
import { displayNameOf, viewerOf } from './viewer.ts';

interface ProfileModel {
  readonly name: string;
  readonly email: string;
  readonly emailNote: string;
  readonly rights: readonly RightInWords[];
  readonly claims: readonly ClaimInWords[];
  readonly groups: string;
  readonly sessions: readonly {
    readonly device: string;
    readonly address: string;
    readonly endHref: string;
    readonly began: string;
    readonly beganAt: string;
    readonly seen: string;
    readonly seenAt: string;
    readonly isThis: boolean;
  }[];
  /** Empty where there is no other session to end. */
  readonly endOthersHref: string;
  readonly limits: string;
  readonly myDataHref: string;
}

const profilePage = compilePage<ProfileModel>(new URL('profile.ejs', import.meta.url));

export interface ProfileParts {
  readonly db: Database;
  readonly limits: SessionLimits;
  readonly now: Clock;
}

export function profileRoutes({ db, limits, now }: ProfileParts): Router {
  const router = express.Router();
  router
    .route(paths.profile)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const sessions = await listSessions(db, viewer, limits, now);
      sendPage(res, profilePage, 'Profile', {
        name: displayNameOf(viewer),
        email: viewer.email ?? 'Your company’s sign-in did not send an e-mail address.',
        emailNote: viewer.email !== undefined && viewer.verifiedEmail === undefined ? unverifiedNote : '',
        rights: await explainRights(db, viewer.rights),
        claims: explainClaims(viewer),
        groups: describeGroups(viewer.claims),
        endOthersHref: sessions.length > 1 ? paths.sessionsEnding : '',
        myDataHref: paths.myData,
        limits: `A session ends after ${inWords(limits.idle)} without use, and after ${inWords(limits.absolute)} in any case.`,
        sessions: sessions.map((session) => ({
          device: session.device,
          address: session.address,
          endHref: sessionEndingPath(session.id_hash),
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

function inWords(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return count === 1 ? `one ${unit}` : `${count} ${unit}s`;
}
