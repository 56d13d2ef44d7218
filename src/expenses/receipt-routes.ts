import express, { type Request, type Router } from 'express';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { onlyMethods } from '../web/methods.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { sendBytes } from '../web/send-bytes.ts';
import { noFile, readArrivingForm, type UploadLimits } from '../web/upload.ts';
import { findVisibleExpense, type VisibleExpense } from './expenses.ts';
import { dispositionOf } from './receipt-name.ts';
import {
  addReceipts,
  assertMayChangeReceipts,
  MAX_FILES,
  MAX_RECEIPT_SIZE,
  type ReceiptParts,
  removeReceipt,
} from './receipt-changes.ts';
import { readContent } from './receipt-places.ts';
import { findReceipt } from './receipts.ts';

/** What one form may bring, also over a slow line. */
export const receiptLimits: UploadLimits = { size: MAX_RECEIPT_SIZE, files: MAX_FILES, time: 300_000, silence: 20_000 };

/** Nothing in it runs or loads, and it has no origin, whatever a browser may take it for (CSP 3 §6.3.2). */
const SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'";

/** Adding, fetching and removing the receipts of an expense. */
export function receiptRoutes(parts: ReceiptParts): Router {
  const router = express.Router();
  router
    .route(paths.expenseReceipts)
    .post(async (req, res) => {
      const { viewer, expense } = await expenseOf(parts, req, req.params.id);
      // Before anything of the file is read.
      assertMayChangeReceipts(viewer, expense);
      const { files } = await readArrivingForm(req, receiptLimits);
      if ((await addReceipts(parts, expense, viewer, files)) === 0) throw noFile();
      res.redirect(303, fillPath(paths.expense, { id: expense.id }));
    })
    .all(onlyMethods('POST'));
  router
    .route(paths.expenseReceipt)
    .get(async (req, res) => {
      const { expense } = await expenseOf(parts, req, req.params.id);
      const receipt = await findReceipt(parts.db, expense, req.params.receipt);
      if (receipt === undefined) throw noSuchPage();
      const headers = {
        'Content-Type': receipt.type,
        'Content-Length': String(receipt.size),
        'Content-Disposition': dispositionOf(receipt.name, receipt.type),
        'Content-Security-Policy': SANDBOX,
      };
      if (req.method === 'HEAD') res.set(headers).end();
      else await sendBytes(res, readContent(parts.storages, receipt), headers);
    })
    .all(onlyMethods('GET'));
  router
    .route(paths.expenseReceiptRemoval)
    .post(async (req, res) => {
      const { viewer, expense } = await expenseOf(parts, req, req.params.id);
      await removeReceipt(parts, expense, viewer, req.params.receipt);
      res.redirect(303, fillPath(paths.expense, { id: expense.id }));
    })
    .all(onlyMethods('POST'));
  return router;
}

/** @throws Problem `not-found` where the viewer sees no such expense. */
async function expenseOf({ db }: ReceiptParts, req: Request, id: string): Promise<{ viewer: Viewer; expense: VisibleExpense }> {
  const viewer = viewerOf(req);
  const expense = await findVisibleExpense(db, viewer, id);
  if (expense === undefined) throw noSuchPage();
  return { viewer, expense };
}
