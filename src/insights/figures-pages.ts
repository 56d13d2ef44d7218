import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { findVisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { readPeriod } from './period.ts';
import { type PeriodPicker, periodPicker } from './period-picker.ts';
import { type FiguresModel, findTeamFigures } from './team-figures.ts';

interface FiguresPageModel {
  readonly team: string;
  readonly teamHref: string;
  readonly picker: PeriodPicker;
  readonly figures: FiguresModel;
}

const figuresPage = compilePage<FiguresPageModel>(new URL('figures.ejs', import.meta.url));

/** Where a team's money goes, over a period: to whoever may see the team. */
export function figuresPages(db: Database, now: Clock): Router {
  const router = express.Router();
  router
    .route(paths.teamFigures)
    .get(async (req, res) => {
      const team = await findVisibleTeam(db, viewerOf(req), req.params.id);
      if (team === undefined) throw noSuchPage();
      const at = now();
      const period = readPeriod(req.query, at);
      sendPage(res, figuresPage, `Figures of ${team.label}`, {
        team: team.label,
        teamHref: teamPath(team.id),
        picker: periodPicker(fillPath(paths.teamFigures, { id: team.id }), period, at, req.query),
        figures: await findTeamFigures(db, team, period, at),
      });
    })
    .all(onlyMethods('GET'));
  return router;
}
