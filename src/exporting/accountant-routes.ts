import express, { type Router } from 'express';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import { doingWho } from '../expenses/limit-frame.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { saveForAccountant } from './accountant-file.ts';

/** /settlements/:id/file: what the accountant gets. */
export function accountantRoutes(db: Database, now: Clock): Router {
  const router = express.Router();
  // A POST, because the first time writes, and each is an entry; no link of another site may cause one.
  router
    .route(paths.settlementFile)
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'export-settlement', now);
      const { id } = req.params;
      const file = madeId.test(id)
        ? await db.transaction().execute(async (transaction) => saveForAccountant(transaction, id, doing))
        : undefined;
      if (file === undefined) throw noSuchPage();
      res.set({
        'Content-Type': 'text/csv; charset=utf-8; header=present',
        'Content-Disposition': `attachment; filename="${file.name}"`,
      });
      res.end(file.bytes);
    })
    .all(onlyMethods('POST'));
  return router;
}
