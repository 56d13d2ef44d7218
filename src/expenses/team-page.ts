import express, { type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import type { Expense } from './life.ts';
import { type Cursor, listExpenses } from './list.ts';
import { findTotal, type Total } from './totals.ts';
import { formatMoney } from './money.ts';

interface TeamModel {
  readonly label: string;
  readonly count: string;
  readonly total: string;
  readonly expenses: readonly { readonly spender: string; readonly item: string; readonly amount: string }[];
  readonly firstHref: string;
  readonly nextHref: string;
  readonly isFirst: boolean;
  readonly dashboardHref: string;
}

const teamPage = compilePage<TeamModel>(new URL('team.ejs', import.meta.url));

export function teamRoutes(db: Database): Router {
  const router = express.Router();
  router
    .route(paths.team)
    .get(async (req, res) => {
      const viewer = viewerOf(req);
      const team = await findVisibleTeam(db, viewer, req.params.id);
      if (team === undefined) throw noSuchPage();
      const after = parseCursor(req.query['after']);
      const [{ expenses, next: cursor }, total] = await Promise.all([
        listExpenses(db, team, viewer, { after }),
        findTotal(db, team),
      ]);
      sendPage(res, teamPage, team.label, teamModel(team, expenses, total, after, cursor));
    })
    .all(onlyMethods('GET'));
  return router;
}

function teamModel(team: VisibleTeam, expenses: readonly Expense[], total: Total, after?: Cursor, next?: Cursor): TeamModel {
  return {
    label: team.label,
    count: total.count === 1 ? '1 expense' : `${total.count.toLocaleString('en')} expenses`,
    total: formatMoney(total.amountMinor, team.currency),
    expenses: expenses.map((expense) => ({
      spender: expense.spender_name,
      item: expense.item,
      amount: formatMoney(expense.amount_minor, expense.currency),
    })),
    isFirst: after === undefined,
    firstHref: teamPath(team.id),
    nextHref: next === undefined ? '' : teamPath(team.id, formatCursor(next)),
    dashboardHref: paths.dashboard,
  };
}

const cursorText = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[\da-f-]{36}$/);

function formatCursor({ value, id }: Cursor): string {
  return `${value}_${id}`;
}

/** A place that nobody gave out is the beginning: an old or mangled link still shows the list. */
function parseCursor(given: unknown): Cursor | undefined {
  const parsed = cursorText.safeParse(given);
  if (!parsed.success) return undefined;
  const [value = '', id = ''] = parsed.data.split('_');
  return { value, id };
}
