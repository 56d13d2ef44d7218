import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { displayNameOf, viewerOf } from '../people/viewer.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths, teamPath } from '../web/paths.ts';
import { listVisibleTeams } from './teams.ts';

interface DashboardModel {
  readonly name: string;
  readonly teams: readonly { readonly label: string; readonly archived: boolean; readonly href: string }[];
  readonly whyNothing: string;
  readonly profileHref: string;
}

const dashboardPage = compilePage<DashboardModel>(new URL('dashboard.ejs', import.meta.url));

export function dashboardRoutes(db: Database): Router {
  const router = express.Router();
  router
    .route(paths.dashboard)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const teams = await listVisibleTeams(db, viewer);
      sendPage(res, dashboardPage, 'Dashboard', {
        name: displayNameOf(viewer),
        teams: teams.map((team) => ({ label: team.label, archived: team.archived_at !== null, href: teamPath(team.id) })),
        whyNothing: whyNothing(viewer),
        profileHref: paths.profile,
      });
    })
    .all(onlyMethods('GET'));
  return router;
}

/** Said only to somebody without a team: what is missing, and who can help. */
function whyNothing(viewer: { email: string | undefined; verifiedEmail: string | undefined }): string {
  if (viewer.email === undefined) {
    return 'Your company’s sign-in did not send an e-mail address, and no rule fits what else it said. Ask whoever runs Outlay to have it sent.';
  }
  if (viewer.verifiedEmail === undefined) {
    return `Your company’s sign-in has not confirmed ${viewer.email}, so it opens no team, and no rule fits what else it said. Ask whoever runs it to mark the address as verified.`;
  }
  return `You are known as ${viewer.email}, but no rule fits you yet and nobody has given you a team. Ask whoever runs Outlay in your company; it holds as soon as it is there.`;
}
