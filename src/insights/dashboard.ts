/* The room insights: where the money goes. */
import express, { type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { formatMoney } from '../expenses/money.ts';
import { displayNameOf, type Viewer, viewerOf } from '../people/viewer.ts';
import { may } from '../rights/policy.ts';
import { listVisibleTeams, type VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import type { KeptBodies } from '../web/kept-bodies.ts';
import { currentLanguage } from '../web/language.ts';
import { compilePage, frameOf, sendBody } from '../web/page.ts';
import { addressOf, paths, teamPath } from '../web/paths.ts';
import { readPeriod } from './period.ts';
import { type PeriodPicker, periodPicker } from './period-picker.ts';
import { type FiguresModel, findTeamFigures } from './team-figures.ts';
import { BARS_HEIGHT, listTeamMonths, type TeamMonth } from './team-months.ts';
import { listToHandIn, type ToHandIn } from './to-hand-in.ts';

interface Nothing {
  readonly heading: string;
  readonly sentence: string;
  readonly label: string;
  readonly href: string;
}

interface DashboardModel {
  readonly name: string;
  /** For somebody without a team: why that is, and the way on. */
  readonly nothing: Nothing | undefined;
  /** What is for the viewer to do, a line each. */
  readonly tasks: readonly { readonly label: string; readonly about: string; readonly href: string }[];
  readonly thisMonth: string;
  readonly lastMonth: string;
  readonly barsHeight: number;
  /** The viewer's own teams. */
  readonly cards: readonly TeamMonth[];
  /** The whole organisation's, for those who see it; by pages. */
  readonly rows: readonly TeamMonth[];
  readonly firstHref: string;
  readonly nextHref: string;
  /** Of whoever sees one team alone. */
  readonly only: { readonly picker: PeriodPicker; readonly figures: FiguresModel } | undefined;
}

const dashboardPage = compilePage<DashboardModel>(new URL('dashboard.ejs', import.meta.url));

/** So many teams are cards; more of them are a table. */
const MOST_CARDS = 12;
/** How many rows a table has. */
const ROWS = 50;

const pages = z.object({ page: z.coerce.number().int().min(1).max(1_000).catch(1) });

/** What somebody wants to know first: what is for them to do, and how their teams stand this month. */
export function dashboardRoutes(db: Database, kept: KeptBodies, now: Clock): Router {
  const router = express.Router();
  router
    .route(paths.dashboard)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const at = now();
      const [teams, toHandIn] = await Promise.all([listVisibleTeams(db, viewer), listToHandIn(db, viewer)]);
      const waiting = frameOf(res).waiting;
      const own = new Set(viewer.rights.flatMap(({ given }) => given.teamId ?? []));
      const asked = { viewer, teams, own, tasks: tasksOf(viewer, teams, toHandIn, waiting), at, query: req.query };
      const body = await kept.find(followsFrom(asked, req.originalUrl), async () => dashboardPage(await modelOf(db, asked)));
      sendBody(res, 'Dashboard', body);
    })
    .all(onlyMethods('GET'));
  return router;
}

interface AskedDashboard {
  readonly viewer: Viewer;
  readonly teams: readonly VisibleTeam[];
  /** The ids of the teams in which the viewer has a role. */
  readonly own: ReadonlySet<string>;
  readonly tasks: DashboardModel['tasks'];
  readonly at: Date;
  readonly query: unknown;
}

/** Everything that the page follows from. */
function followsFrom({ viewer, teams, own, tasks, at }: AskedDashboard, address: string): (string | boolean)[] {
  return [
    'dashboard',
    JSON.stringify([displayNameOf(viewer), viewer.email, viewer.verifiedEmail, tasks]),
    may(viewer, 'see-team').allowed,
    ...own,
    ...teams.map(({ id, version }) => `${id} ${version}`),
    at.toISOString().slice(0, 10),
    currentLanguage().key,
    address,
  ];
}

async function modelOf(db: Database, { viewer, teams, own, tasks, at, query }: AskedDashboard): Promise<DashboardModel> {
  const { page } = pages.parse({ ...(query as object) });
  const { ranked, monthOf, thisMonth, lastMonth } = await listTeamMonths(db, teams, at);
  const mine = ranked.filter(({ id }) => own.has(id));
  const asCards = mine.length <= MOST_CARDS;
  const rows = !asCards || may(viewer, 'see-team').allowed ? ranked : [];
  const only = teams.length === 1 && rows.length === 0 ? teams[0] : undefined;
  const period = readPeriod(query, at);
  return {
    name: displayNameOf(viewer),
    nothing: teams.length > 0 ? undefined : whyNothing(viewer),
    tasks,
    thisMonth,
    lastMonth,
    barsHeight: BARS_HEIGHT,
    cards: asCards ? mine.map(monthOf) : [],
    rows: rows.slice((page - 1) * ROWS, page * ROWS).map(monthOf),
    firstHref: page > 1 ? paths.dashboard : '',
    nextHref: rows.length > page * ROWS ? addressOf(paths.dashboard, { page: String(page + 1) }) : '',
    only:
      only === undefined
        ? undefined
        : {
            picker: periodPicker(paths.dashboard, period, at, query),
            figures: await findTeamFigures(db, only, period, at),
          },
  };
}

function tasksOf(
  viewer: Viewer,
  teams: readonly VisibleTeam[],
  toHandIn: readonly ToHandIn[],
  waiting: string | undefined,
): DashboardModel['tasks'] {
  return [...waitingTask(waiting), ...toHandIn.flatMap((one) => handInTask(one, teams, viewer))];
}

/** @param waiting how many expenses wait, in short; undefined for whoever decides on nothing. */
function waitingTask(waiting: string | undefined): DashboardModel['tasks'] {
  if (waiting === undefined || waiting === '0') return [];
  return [
    { label: waiting === '1' ? '1 expense waits for you' : `${waiting} expenses wait for you`, about: '', href: paths.waiting },
  ];
}

function handInTask(
  { teamId, state, count, amountMinor }: ToHandIn,
  teams: readonly VisibleTeam[],
  { personId }: Viewer,
): DashboardModel['tasks'] {
  const team = teams.find(({ id }) => id === teamId);
  if (team === undefined) return [];
  const what = state === 'draft' ? (count === 1 ? '1 draft' : `${count} drafts`) : `${count} rejected`;
  return [
    {
      label: `${what} to ${state === 'draft' ? 'hand in' : 'correct'}`,
      about: `${formatMoney(amountMinor, team.currency)} in ${team.label}`,
      href: addressOf(teamPath(team.id), { state, person: personId }),
    },
  ];
}

/** Said only to somebody without a team: what is missing, and who can help. */
function whyNothing(viewer: Viewer): Nothing {
  if (may(viewer, 'change-teams').allowed) {
    return {
      heading: 'There is no team yet',
      sentence: 'Make one, and then a rule that says who belongs to it. Both are under Administration.',
      label: 'Make a team',
      href: paths.adminNewTeam,
    };
  }
  return {
    heading: 'You are not part of any team yet',
    sentence: whatIsMissing(viewer),
    label: 'What Outlay knows about me',
    href: paths.profile,
  };
}

function whatIsMissing(viewer: Pick<Viewer, 'email' | 'verifiedEmail'>): string {
  if (viewer.email === undefined) {
    return 'Your company’s sign-in did not send an e-mail address, and no rule fits what else it said. Ask whoever runs Outlay to have it sent.';
  }
  if (viewer.verifiedEmail === undefined) {
    return `Your company’s sign-in has not confirmed ${viewer.email}, so it opens no team, and no rule fits what else it said. Ask whoever runs it to mark the address as verified.`;
  }
  return `You are known as ${viewer.email}, but no rule fits you yet and nobody has given you a team. Ask whoever runs Outlay in your company; it holds as soon as it is there.`;
}
