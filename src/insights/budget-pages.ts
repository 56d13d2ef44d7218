import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { listBudgets, setBudgets } from '../expenses/budgets.ts';
import { type Category, listCategories } from '../expenses/categories.ts';
import { viewerOf } from '../people/viewer.ts';
import { assertMay, may } from '../rights/policy.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { type Clock, formatMonth } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { type BudgetFields, budgetFields, readBudgets, readMonth, type TypedBudgets, typedOf } from './budget-form.ts';
import { type BudgetYear, budgetYear } from './budget-year.ts';

interface BudgetsModel extends BudgetYear {
  readonly team: string;
  readonly figuresHref: string;
  readonly notice: string;
  readonly earlier: { readonly label: string; readonly href: string };
  readonly later: { readonly label: string; readonly href: string };
}

interface BudgetModel {
  readonly team: string;
  readonly month: string;
  readonly backHref: string;
  readonly action: string;
  readonly fields: BudgetFields;
}

const budgetsPage = compilePage<BudgetsModel>(new URL('budgets.ejs', import.meta.url));
const budgetPage = compilePage<BudgetModel>(new URL('budget.ejs', import.meta.url));

const years = z.object({
  year: z
    .string()
    .regex(/^2[01]\d\d$/)
    .catch(''),
});

/** A team's budgets: read by whoever may see the team, set by finance and admins. */
export function budgetPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.teamBudgets)
    .get(async (req, res) => {
      const team = await teamOf(req, req.params.id);
      const year = years.parse({ ...req.query }).year || String(now().getUTCFullYear());
      const path = fillPath(paths.teamBudgets, { id: team.id });
      const at = (by: number) => {
        const label = String(Number(year) + by);
        return /^2[01]/.test(label) ? { label, href: addressOf(path, { year: label }) } : { label: '', href: '' };
      };
      sendPage(res, budgetsPage, `Budgets of ${team.label}`, {
        team: team.label,
        figuresHref: addressOf(fillPath(paths.teamFigures, { id: team.id }), { period: year }),
        notice: req.query['done'] === 'budgets-set' ? 'The budgets count from now on.' : '',
        earlier: at(-1),
        later: at(1),
        ...(await budgetYear(db, team, year, mayChange(req, team))),
      });
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.teamBudget)
    .get(async (req, res) => {
      const { team, month, categories } = await formOf(req, req.params.id, req.params.month);
      const budgets = await listBudgets(db, team, month, month);
      sendForm(res, team, month, categories, typedOf(budgets, month, team.currency), new Map());
    })
    .post(async (req, res) => {
      const { team, month, categories } = await formOf(req, req.params.id, req.params.month);
      const read = readBudgets(req.body, month, categories, team.currency);
      if ('mistakes' in read) return sendForm(res.status(422), team, month, categories, read.typed, read.mistakes);
      const doing = { viewer: viewerOf(req), at: now(), reference: referenceOf(res) };
      await db.transaction().execute(async (transaction) => setBudgets(transaction, team, read.months, read.wanted, doing));
      res.redirect(
        303,
        addressOf(fillPath(paths.teamBudgets, { id: team.id }), { year: month.slice(0, 4), done: 'budgets-set' }),
      );
    })
    .all(onlyMethods('GET', 'POST'));

  async function teamOf(req: Request, id: string): Promise<VisibleTeam> {
    const team = await findVisibleTeam(db, viewerOf(req), id);
    if (team === undefined) throw noSuchPage();
    return team;
  }

  async function formOf(req: Request, id: string, asked: string) {
    const team = await teamOf(req, id);
    assertMay(viewerOf(req), 'change-budgets', { teamId: team.id });
    const month = readMonth(asked);
    if (month === undefined) throw noSuchPage();
    const budgets = await listBudgets(db, team, month, month);
    // One that is no longer offered has its field while it has a budget.
    const categories = (await listCategories(db)).filter(
      ({ id: category, retired_at: retired }) => retired === null || budgets.some((budget) => budget.categoryId === category),
    );
    return { team, month, categories };
  }

  return router;
}

function mayChange(req: Request, team: VisibleTeam): boolean {
  return team.archived_at === null && may(viewerOf(req), 'change-budgets', { teamId: team.id }).allowed;
}

function sendForm(
  res: Response,
  team: VisibleTeam,
  month: string,
  categories: readonly Category[],
  typed: TypedBudgets,
  mistakes: ReadonlyMap<string, string>,
): void {
  const ids = { id: team.id };
  sendPage(res, budgetPage, `Budget of ${formatMonth(month)}`, {
    team: team.label,
    month: formatMonth(month),
    backHref: addressOf(fillPath(paths.teamBudgets, ids), { year: month.slice(0, 4) }),
    action: fillPath(paths.teamBudget, { ...ids, month }),
    fields: budgetFields(typed, mistakes, month, categories, team.currency),
  });
}
