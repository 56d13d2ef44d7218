import { randomUUIDv7 } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { listCategories } from './categories.ts';
import { moveExpense } from './steps.ts';
import { expenseOf } from './edit-pages.ts';
import { type ExpenseModel, expenseModel } from './expense-model.ts';
import type { VisibleExpense } from './expenses.ts';
import { listSteps } from './history.ts';
import { findOrigin } from './incoming.ts';
import { judge, type Transition } from './life.ts';
import { findAll } from './findings.ts';
import { findClosedMonth } from './months.ts';
import { listReceipts } from './receipts.ts';
import { nothingSaid, readSaid, type SaidInForm } from './said.ts';
import { addSettlement, findSettlement } from './settlements.ts';

const expensePage = compilePage<ExpenseModel>(new URL('expense.ejs', import.meta.url));

/** Which version somebody looked at; what is none is an old one. */
const looked = z.object({ version: z.coerce.number().int().positive().optional().catch(0) });

const transitions: Readonly<Record<Transition, string>> = {
  submission: paths.expenseSubmission,
  withdrawal: paths.expenseWithdrawal,
  approval: paths.expenseApproval,
  rejection: paths.expenseRejection,
  settlement: paths.expenseSettlement,
};

/** One expense: what it was, what happened to it, and what the viewer may do next, each step at an address of its own. */
export function expensePages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.expense)
    .get(async (req, res) => send(req, res, await expenseOf(db, req)))
    .all(onlyMethods('GET'));

  for (const [transition, path] of Object.entries(transitions) as [Transition, string][]) {
    router
      .route(path)
      .post(async (req, res) => {
        const expense = await expenseOf(db, req);
        const said = readSaid(req.body, transition);
        // Whoever may not do it at all is told that, and not what is wrong with their words.
        if ('mistakes' in said && judge(viewerOf(req), expense, expense.team.second_approval_above, transition).allowed) {
          res.status(422);
          return send(req, res, expense, said);
        }
        const { version } = looked.parse(req.body ?? {});
        const { comment, reference } = 'values' in said ? said.values : { comment: '', reference: '' };
        const doing = { viewer: viewerOf(req), at: now(), reference: referenceOf(res) };
        await db.transaction().execute(async (transaction) => {
          const settlementId = randomUUIDv7();
          const { done } = await moveExpense(transaction, expense, transition, doing, { version, comment, settlementId });
          if (transition === 'settlement' && done === 'now') await addSettlement(transaction, settlementId, reference, doing);
        });
        return res.redirect(303, fillPath(paths.expense, { id: expense.id }));
      })
      .all(onlyMethods('POST'));
  }

  async function send(req: Request, res: Response, expense: VisibleExpense, said: SaidInForm = nothingSaid): Promise<void> {
    const isUnderWay = ['draft', 'rejected', 'submitted'].includes(expense.state);
    const [steps, categories, settlement, receipts, closed, origin, findings] = await Promise.all([
      listSteps(db, expense),
      listCategories(db),
      findSettlement(db, expense),
      listReceipts(db, expense),
      findClosedMonth(db, expense.spent_on),
      findOrigin(db, expense),
      isUnderWay ? findAll(db, expense, now()) : [],
    ]);
    const around = { steps, categories, settlement, receipts, findings, closed, origin };
    sendPage(res, expensePage, expense.item, expenseModel(viewerOf(req), expense, around, said));
  }

  return router;
}
