import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response, type Router } from 'express';
import { recordAudit } from '../audit/record.ts';
import { auditedViewer } from '../people/audited.ts';
import type { FreshSignInFirst } from '../people/fresh-sign-in.ts';
import { viewerOf } from '../people/viewer.ts';
import { onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { type MyDataParts, streamMyData } from './my-data.ts';

/** /profile/data: everybody takes home what is kept about them. */
export function myDataRoutes(parts: MyDataParts, freshFirst: FreshSignInFirst): Router {
  const router = express.Router();
  // A POST, because taking it is itself an entry, and no link of another site may cause one.
  router
    .route(paths.myData)
    .post(async (req, res) => freshFirst(req, res, paths.profile, () => send(req, res)))
    .all(onlyMethods('POST'));

  async function send(req: Request, res: Response): Promise<void> {
    const viewer = viewerOf(req);
    const by = auditedViewer(viewer);
    const about = { kind: 'person', id: viewer.personId, name: by.name };
    await recordAudit(parts.db, { action: 'own-data-exported', by, about, reference: referenceOf(res) }, parts.now);
    res.attachment('outlay-my-data.zip').type('application/zip');
    await pipeline(streamMyData(parts, viewer), res);
  }

  return router;
}
