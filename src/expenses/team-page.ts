import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { type Action, may } from '../rights/policy.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { formatDay } from '../web/clock.ts';
import type { KeptBodies } from '../web/kept-bodies.ts';
import { currentLanguage } from '../web/language.ts';
import { onlyMethods } from '../web/methods.ts';
import { formatCount } from '../web/numbers.ts';
import { compilePage, sendBody } from '../web/page.ts';
import { addressOf, fillPath, paths, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { listCategories } from './categories.ts';
import {
  type Asked,
  type FilterFields,
  filterFields,
  formatCursor,
  parseCursor,
  readAsked,
  toFilter,
  withoutPlace,
} from './filter-form.ts';
import { type Expense, spent, stateWords } from './life.ts';
import { countDrafts, type Cursor, listExpenses, listSpenders, sumUp } from './list.ts';
import { formatMoney } from './money.ts';
import type { Total } from './totals.ts';

interface TeamModel {
  readonly label: string;
  readonly archived: string;
  readonly count: string;
  readonly total: string;
  readonly expenses: readonly {
    readonly href: string;
    readonly spender: string;
    readonly item: string;
    readonly day: string;
    readonly state: string;
    readonly stateName: string;
    readonly amount: string;
    /** Empty unless it was paid in another currency. */
    readonly paid: string;
    /** Whether it is part of the sum. */
    readonly counts: boolean;
  }[];
  readonly uncounted: boolean;
  readonly action: string;
  readonly fields: FilterFields;
  readonly isFiltered: boolean;
  readonly allHref: string;
  readonly firstHref: string;
  readonly nextHref: string;
  readonly isFirst: boolean;
  readonly dashboardHref: string;
  /** Empty for whoever does not log expenses here. */
  readonly newHref: string;
  readonly figuresHref: string;
  readonly budgetsHref: string;
  /** Empty for whoever brings no file in here. */
  readonly importHref: string;
  /** The whole list as it is found and sorted here; none where there is nothing in it. */
  readonly exports: readonly Link[];
}

const teamPage = compilePage<TeamModel>(new URL('team.ejs', import.meta.url));

export interface Link {
  readonly label: string;
  readonly href: string;
}

/** Where the list that is asked for is to be had as a file. */
type ExportLinks = (team: VisibleTeam, asked: Asked) => readonly Link[];

/** What a team spends: all of it, or what the address narrows it to. */
export function teamRoutes(db: Database, kept: KeptBodies, exportsOf: ExportLinks): Router {
  const router = express.Router();
  router
    .route(paths.team)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const team = await findVisibleTeam(db, viewer, req.params.id);
      if (team === undefined) throw noSuchPage();
      const ways = waysOf(viewer, team);
      const about = [team.id, team.version, await ownerOfDrafts(db, kept, team, viewer)];
      const from = ['team', ...about, currentLanguage().key, req.originalUrl, ...Object.values(ways)];
      const body = await kept.find(from, async () => teamPage(await modelOf({ db, team, viewer, ways, exportsOf }, req.query)));
      sendBody(res, team.label, body);
    })
    .all(onlyMethods('GET'));
  return router;
}

/** Where the viewer may go on from the list. */
function waysOf(viewer: Viewer, team: VisibleTeam) {
  const mayHere = (action: Action) => may(viewer, action, { teamId: team.id }).allowed;
  const isOpen = team.archived_at === null;
  return {
    logs: isOpen && mayHere('log-expense'),
    imports: isOpen && mayHere('import-expenses'),
    exports: mayHere('export-expenses'),
  };
}

/** @returns the viewer's id where they have drafts in the team, which they alone see; otherwise what all see. */
async function ownerOfDrafts(db: Database, kept: KeptBodies, team: VisibleTeam, viewer: Viewer): Promise<string> {
  const from = ['drafts', team.id, team.version, viewer.personId];
  const whose = await kept.find(from, async () => ((await countDrafts(db, team, viewer)) > 0 ? viewer.personId : ''));
  return whose.toString();
}

interface Listed {
  readonly db: Database;
  readonly team: VisibleTeam;
  readonly viewer: Viewer;
  readonly ways: ReturnType<typeof waysOf>;
  readonly exportsOf: ExportLinks;
}

async function modelOf({ db, team, viewer, ways, exportsOf }: Listed, query: unknown): Promise<TeamModel> {
  const asked = readAsked(query);
  const { filter, unread } = toFilter(asked, team.currency);
  const after = parseCursor(asked);
  const [{ expenses, next }, total, categories, people] = await Promise.all([
    listExpenses(db, team, viewer, { filter, sort: asked.sort, after }),
    sumUp(db, team, viewer, filter),
    listCategories(db),
    listSpenders(db, team),
  ]);
  return {
    ...listModel(team, expenses, total, asked, after, next),
    isFiltered: Object.values(filter).some((value) => value !== undefined),
    fields: filterFields(asked, unread, categories, people),
    exports: total.count > 0 && ways.exports ? exportsOf(team, asked) : [],
    newHref: ways.logs ? fillPath(paths.newExpense, { id: team.id }) : '',
    importHref: ways.logs || ways.imports ? fillPath(paths.teamImport, { id: team.id }) : '',
  };
}

function listModel(
  team: VisibleTeam,
  expenses: readonly Expense[],
  total: Total,
  asked: Asked,
  after: Cursor | undefined,
  next: Cursor | undefined,
): Omit<TeamModel, 'isFiltered' | 'fields' | 'newHref' | 'importHref' | 'exports'> {
  const path = teamPath(team.id);
  const filter = withoutPlace(asked);
  return {
    label: team.label,
    archived: team.archived_at === null ? '' : `Archived since ${formatDay(team.archived_at)}: nothing is logged here any more.`,
    count: total.count === 1 ? '1 expense' : `${formatCount(total.count)} expenses`,
    total: formatMoney(total.amountMinor, team.currency),
    expenses: expenses.map((expense) => ({
      href: fillPath(paths.expense, { id: expense.id }),
      spender: expense.spender_name,
      item: expense.item,
      day: formatDay(expense.spent_on),
      state: stateWords[expense.state],
      stateName: expense.state,
      amount: formatMoney(expense.team_amount_minor, team.currency),
      paid: expense.rate === null ? '' : formatMoney(expense.amount_minor, expense.currency),
      counts: spent.includes(expense.state),
    })),
    uncounted: expenses.some(({ state }) => !spent.includes(state)),
    action: path,
    allHref: path,
    isFirst: after === undefined,
    firstHref: addressOf(path, filter),
    nextHref: next === undefined ? '' : addressOf(path, { ...filter, after: formatCursor(next) }),
    dashboardHref: paths.dashboard,
    figuresHref: fillPath(paths.teamFigures, { id: team.id }),
    budgetsHref: fillPath(paths.teamBudgets, { id: team.id }),
  };
}
