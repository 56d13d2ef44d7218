import express, { type Response, type Router } from 'express';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import type { Doing } from '../expenses/doing.ts';
import { doingWho } from '../expenses/limit-frame.ts';
import type { FreshSignInFirst } from '../people/fresh-sign-in.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { addressOf, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { formatPlace, readPlace } from './settlement-place.ts';
import { saveForAccountant } from './accountant-file.ts';

export interface AccountantRoutesParts {
  readonly db: Database;
  /** Before anything is saved as a file. */
  readonly freshFirst: FreshSignInFirst;
  readonly now: Clock;
}

/** /settlements/:id/file: what the accountant gets. */
export function accountantRoutes({ db, freshFirst, now }: AccountantRoutesParts): Router {
  const router = express.Router();
  // A POST, because the first time writes, and each is an entry; no link of another site may cause one.
  router
    .route(paths.settlementFile)
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'export-settlement', now);
      const page = addressOf(paths.settlements, { after: formatPlace(readPlace(req.query['after'])) });
      await freshFirst(req, res, page, () => send(res, req.params.id, doing));
    })
    .all(onlyMethods('POST'));

  async function send(res: Response, id: string, doing: Doing): Promise<void> {
    const file = madeId.test(id)
      ? await db.transaction().execute(async (transaction) => saveForAccountant(transaction, id, doing))
      : undefined;
    if (file === undefined) throw noSuchPage();
    res.set({
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': `attachment; filename="${file.name}"`,
    });
    res.end(file.bytes);
  }

  return router;
}
