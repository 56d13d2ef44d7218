import { randomUUIDv7 } from 'node:crypto';
import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { Problem, statusOf } from '../problems.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { onlyMethods } from '../web/methods.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { endUnreadBody } from '../web/unread-body.ts';
import { dropFiles, readArrivingForm } from '../web/upload.ts';
import { addDraft, assertMayLog, takeBackDraft, takeOverDraft } from './drafts.ts';
import { submitUnlessFound } from './steps.ts';
import { nothingTyped, typedOf } from './expense-form.ts';
import { readSentExpense, sendExpenseForm } from './expense-form-page.ts';
import { findVisibleExpense } from './expenses.ts';
import { isOwn } from './life.ts';
import { addReceipts, type ReceiptParts } from './receipt-changes.ts';
import { receiptLimits } from './receipt-routes.ts';
import { findSpender, namesToLogFor } from './spenders.ts';

const sent = z.object({
  id: z
    .uuid({ version: 'v7' })
    .toLowerCase()
    .catch(() => randomUUIDv7()),
  next: z.enum(['draft', 'submit']).catch('draft'),
});

interface LogParts extends ReceiptParts {
  readonly ruleBook: RuleBook;
}

/** Logging an expense, with its receipts in the same form. */
export function logPages(parts: LogParts): Router {
  const { db, ruleBook, viewerNow, now } = parts;
  const router = express.Router();
  /** Forms that are being taken, by whose they are and the id that their expense will have. */
  const arriving = new Map<string, Promise<void>>();

  router
    .route(paths.newExpense)
    .get(async (req, res) => {
      const { viewer, team } = await whereOneLogs(viewerOf(req), req);
      const today = now().toISOString().slice(0, 10);
      const { repeat } = req.query;
      const found = typeof repeat === 'string' ? await findVisibleExpense(db, viewer, repeat) : undefined;
      const model = found?.team_id === team.id ? found : undefined;
      const typed = model === undefined ? nothingTyped : { ...typedOf(model), rate: '' };
      const others = await namesToLogFor(db, ruleBook, viewer, team);
      const spender = others === undefined || model?.spender_id === viewer.personId ? '' : (model?.spender_name ?? '');
      await sendExpenseForm(res, db, { team, newId: randomUUIDv7(), others }, { ...typed, spender, spentOn: today });
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.teamExpenses)
    .post(async (req, res) => {
      // Before anything of it is read.
      await whereOneLogs(viewerOf(req), req);
      const form = await readArrivingForm(req, receiptLimits);
      const early = form.fields;
      const { id } = sent.parse(early);
      return inTurn(`${viewerOf(req).personId}/${id}`, async () => {
        // The form may have taken its time, and waited for another.
        const { viewer, team } = await whereOneLogs(await viewerNow(viewerOf(req)), req);
        const about = { team, newId: id, others: undefined };
        const read = await readSentExpense(db, early, about, now());
        const sendAgain = async (mistakes: Parameters<typeof sendExpenseForm>[4]) => {
          const others = await namesToLogFor(db, ruleBook, viewer, team);
          return sendExpenseForm(res, db, { ...about, others }, read.typed, mistakes);
        };
        const spender = await findSpender(db, ruleBook, team, viewer, read.typed.spender);
        if ('mistakes' in read || typeof spender === 'string') {
          const chosen = await dropFiles(form.files);
          const mistakes = {
            ...(typeof spender === 'string' && { spender }),
            ...('mistakes' in read && read.mistakes),
            ...(chosen > 0 && { receipts: 'Choose the receipts once more.' }),
          };
          res.status(422);
          return sendAgain(mistakes);
        }
        const before = await findVisibleExpense(db, viewer, id);
        const own = before !== undefined && isOwn(viewer, before) ? before : undefined;
        if (own !== undefined && own.state !== 'draft') {
          await dropFiles(form.files);
          return res.redirect(303, fillPath(paths.expense, { id }));
        }
        if (own !== undefined && own.spender_id !== spender.id) throw sentForAnother();
        const doing = { viewer, at: now(), reference: referenceOf(res) };
        // What was sent before and got no answer may have come no further than the draft: whatever is missing of it is done now.
        const begun = own && (await takeOverDraft(db, own));
        const draft =
          begun ??
          (await db
            .transaction()
            .execute(async (transaction) => addDraft(transaction, team, read.content, doing, { id, spender })));
        try {
          await addReceipts(parts, draft, viewer, form.files);
          assertNothingCameLate(early, form.fields);
        } catch (error) {
          // All or nothing: whoever reads that a file was not taken has logged nothing yet.
          if (begun === undefined) await db.transaction().execute(async (transaction) => takeBackDraft(transaction, draft));
          if (!(error instanceof Problem && (error.kind === 'invalid' || error.kind === 'too-large'))) throw error;
          endUnreadBody(req, res);
          res.status(statusOf[error.kind]);
          return sendAgain({ receipts: error.message });
        }
        // The button stands behind the files in the form, and so arrives after them.
        if (sent.parse(form.fields).next === 'submit')
          await db.transaction().execute(async (transaction) => submitUnlessFound(transaction, draft, doing));
        return res.redirect(303, fillPath(paths.expense, { id }));
      });
    })
    .all(onlyMethods('POST'));

  /** One after the other: what is sent once more while the first is arriving is the same, or takes its place where that breaks off. */
  async function inTurn(key: string, take: () => Promise<void>): Promise<void> {
    while (arriving.has(key)) await arriving.get(key);
    const over = Promise.withResolvers<void>();
    arriving.set(key, over.promise);
    try {
      await take();
    } finally {
      arriving.delete(key);
      over.resolve();
    }
  }

  async function whereOneLogs(viewer: Viewer, req: Request): Promise<{ viewer: Viewer; team: VisibleTeam }> {
    const team = await findVisibleTeam(db, viewer, String(req.params['id']));
    if (team === undefined) throw noSuchPage();
    assertMayLog(viewer, team);
    return { viewer, team };
  }

  return router;
}

/** The form of a page that was gone back to. */
function sentForAnother(): Problem {
  return new Problem('conflict', 'This form was sent before, for somebody else. Nothing was changed; begin a new one.', {
    heading: 'This has been logged already',
    reason: 'form-sent-twice',
  });
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What somebody typed stands before the files in the form; where it did not, it was not there yet when it was read. Only the button
 * comes later.
 * @throws Problem `invalid`.
 */
function assertNothingCameLate(early: Fields, whole: Fields): void {
  const button = { next: undefined };
  if (JSON.stringify({ ...early, ...button }) === JSON.stringify({ ...whole, ...button })) return;
  throw new Problem('invalid', 'The form came in another order than Outlay’s own. Nothing was logged.', { reason: 'form-order' });
}
