import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Doing } from './doing.ts';
import { assertCanChange, changeExpense, deleteDraft } from './drafts.ts';
import { submitUnlessFound } from './steps.ts';
import { typedOf } from './expense-form.ts';
import { readSentExpense, sendExpenseForm } from './expense-form-page.ts';
import { findVisibleExpense, type VisibleExpense } from './expenses.ts';

/** Which button was pressed, and which version somebody looked at. */
const pressed = z.object({
  next: z.enum(['draft', 'submit']).catch('draft'),
  version: z.coerce.number().int().positive().catch(0),
});

/** Correcting an expense, and letting go of a draft. */
export function editPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.expenseEdit)
    .get(async (req, res) => {
      const expense = await expenseOf(db, req);
      assertCanChange(viewerOf(req), expense);
      await sendExpenseForm(res, db, expense, typedOf(expense));
    })
    .post(async (req, res) => {
      const expense = await expenseOf(db, req);
      assertCanChange(viewerOf(req), expense);
      const read = await readSentExpense(db, req.body, expense, now());
      if ('mistakes' in read) return sendExpenseForm(res.status(422), db, expense, read.typed, read.mistakes);
      const { next, version } = pressed.parse(req.body);
      const doing = doingOf(req, res);
      await db.transaction().execute(async (transaction) => {
        const changed = await changeExpense(transaction, expense, version, read.content, doing);
        if (next === 'submit') await submitUnlessFound(transaction, changed, doing);
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
