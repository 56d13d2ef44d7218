import { randomUUIDv7 } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';

import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Category, listCategories } from './categories.ts';
import { addDraft, assertCanChange, assertMayLog, changeExpense, deleteDraft, type Doing, submitUnlessFound } from './changes.ts';
import {
  type ExpenseFields,
  type ExpenseMistakes,
  type ExpenseTyped,
  expenseFields,
  latestDay,
  type ReadExpense,
  readExpense,
  typedOf,
} from './expense-form.ts';
import { findVisibleExpense, type VisibleExpense } from './expenses.ts';
import { isOwn } from './life.ts';
import { findClosedMonth, whyClosed } from './months.ts';

interface ExpenseFormModel {
  readonly heading: string;
  readonly team: string;
  readonly backHref: string;
  readonly action: string;
  /** What the form sends along: an id of its own while there is no expense yet, then the version that it shows. */
  readonly hidden: { readonly name: 'id' | 'version'; readonly value: string };
  readonly fields: ExpenseFields;
}

const formPage = compilePage<ExpenseFormModel>(new URL('expense-form.ejs', import.meta.url));

/** Which button was pressed, on which form, and which version somebody looked at. */
const pressed = z.object({
  id: z
    .uuid({ version: 'v7' })
    .toLowerCase()
    .catch(() => randomUUIDv7()),
  next: z.enum(['draft', 'submit']).catch('draft'),
  version: z.coerce.number().int().positive().catch(0),
});

/** Logging an expense, correcting it, and letting go of a draft. */
export function editPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.newExpense)
    .get(async (req, res) => {
      const team = await teamWhereOneLogs(req);
      const today = now().toISOString().slice(0, 10);
      const model =
        typeof req.query['repeat'] === 'string' ? await findVisibleExpense(db, viewerOf(req), req.query['repeat']) : undefined;
      const blank: ExpenseTyped = { item: '', amount: '', spentOn: today, category: '', merchant: '', note: '' };
      const typed = model?.team_id === team.id ? { ...typedOf(model), spentOn: today } : blank;
      sendForm(res, { team, newId: randomUUIDv7() }, typed, {}, await listCategories(db));
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.teamExpenses)
    .post(async (req, res) => {
      const team = await teamWhereOneLogs(req);
      const categories = await listCategories(db);
      const { next, id } = pressed.parse(req.body ?? {});
      const read = await readOpen(readExpense(req.body, team.currency, categories, latestDay(now())));
      if ('mistakes' in read) return refuse(res, { team, newId: id }, read, categories);
      const doing = doingOf(req, res);
      const before = await findVisibleExpense(db, doing.viewer, id);
      if (before === undefined || !isOwn(doing.viewer, before)) {
        await db.transaction().execute(async (transaction) => {
          const draft = await addDraft(transaction, team, read.content, doing, id);
          if (next === 'submit') await submitUnlessFound(transaction, { ...draft, team } as VisibleExpense, doing);
        });
      }
      return res.redirect(303, fillPath(paths.expense, { id }));
    })
    .all(onlyMethods('POST'));

  router
    .route(paths.expenseEdit)
    .get(async (req, res) => {
      const expense = await expenseOf(db, req);
      assertCanChange(viewerOf(req), expense);
      sendForm(res, expense, typedOf(expense), {}, await listCategories(db));
    })
    .post(async (req, res) => {
      const expense = await expenseOf(db, req);
      assertCanChange(viewerOf(req), expense);
      const categories = await listCategories(db);
      const read = await readOpen(
        readExpense(req.body, expense.team.currency, categories, latestDay(now()), expense.category_id),
      );
      if ('mistakes' in read) return refuse(res, expense, read, categories);
      const { next, version } = pressed.parse(req.body);
      const doing = doingOf(req, res);
      await db.transaction().execute(async (transaction) => {
        const changed = await changeExpense(transaction, expense, version, read.content, doing);
        if (next === 'submit') await submitUnlessFound(transaction, { ...changed, team: expense.team } as VisibleExpense, doing);
      });
      return res.redirect(303, fillPath(paths.expense, { id: expense.id }));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.expenseDeletion)
    .post(async (req, res) => {
      const expense = await expenseOf(db, req);
      const { version } = pressed.parse(req.body ?? {});
      await db.transaction().execute(async (transaction) => deleteDraft(transaction, expense, version, doingOf(req, res)));
      res.redirect(303, teamPath(expense.team_id));
    })
    .all(onlyMethods('POST'));

  async function teamWhereOneLogs(req: Request): Promise<VisibleTeam> {
    const viewer = viewerOf(req);
    const team = await findVisibleTeam(db, viewer, String(req.params['id']));
    if (team === undefined) throw noSuchPage();
    assertMayLog(viewer, team);
    return team;
  }

  /** A day in a closed month is a mistake in the form, so that nothing that was typed is lost. */
  async function readOpen(read: ReadExpense): Promise<ReadExpense> {
    if ('mistakes' in read) return read;
    const closed = await findClosedMonth(db, read.content.spentOn);
    return closed === undefined ? read : { typed: read.typed, mistakes: { spentOn: whyClosed(closed) } };
  }

  function doingOf(req: Request, res: Response): Doing {
    return { viewer: viewerOf(req), at: now(), reference: referenceOf(res) };
  }

  return router;
}

/** @throws Problem `not-found` for any that the viewer may not see. */
export async function expenseOf(db: Database, req: Request): Promise<VisibleExpense> {
  const expense = await findVisibleExpense(db, viewerOf(req), String(req.params['id']));
  if (expense === undefined) throw noSuchPage();
  return expense;
}

/** What a form is about: an expense, or one that is yet to be, under the id that it will have. */
type About = VisibleExpense | { readonly team: VisibleTeam; readonly newId: string };

function refuse(
  res: Response,
  about: About,
  { typed, mistakes }: { readonly typed: ExpenseTyped; readonly mistakes: ExpenseMistakes },
  categories: readonly Category[],
): void {
  res.status(422);
  sendForm(res, about, typed, mistakes, categories);
}

function sendForm(
  res: Response,
  about: About,
  typed: ExpenseTyped,
  mistakes: ExpenseMistakes,
  categories: readonly Category[],
): void {
  const { team } = about;
  const fields = expenseFields(typed, mistakes, team.currency, categories);
  const model: ExpenseFormModel =
    'newId' in about
      ? {
          heading: 'Log an expense',
          team: team.label,
          backHref: teamPath(team.id),
          action: fillPath(paths.teamExpenses, { id: team.id }),
          hidden: { name: 'id', value: about.newId },
          fields,
        }
      : {
          heading: 'Correct the expense',
          team: team.label,
          backHref: fillPath(paths.expense, { id: about.id }),
          action: fillPath(paths.expenseEdit, { id: about.id }),
          hidden: { name: 'version', value: String(about.version) },
          fields,
        };
  sendPage(res, formPage, model.heading, model);
}
