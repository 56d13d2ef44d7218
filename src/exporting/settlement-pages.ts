import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from '../expenses/limit-frame.ts';
import { giveReference, listSettlements, sumSettlements } from '../expenses/settlements.ts';
import { viewerOf } from '../people/viewer.ts';
import type { Clock } from '../web/clock.ts';
import { oneLine, readForm } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { listAccountRules } from './account-rules.ts';
import { listMissingAccounts } from './missing-accounts.ts';
import { type Mistaken, type SettlementModel, settlementModel } from './settlement-model.ts';
import { formatPlace, readPlace } from './settlement-place.ts';

interface SettlementsModel extends LimitFrame {
  readonly settlements: readonly SettlementModel[];
  readonly pager: { readonly firstHref: string; readonly first: string; readonly nextHref: string; readonly next: string };
}

const settlementsPage = compilePage<SettlementsModel>(new URL('settlements.ejs', import.meta.url));

/** How many settlements one page shows. */
const ROWS = 25;

const form = z.object({ reference: oneLine(100).refine((text) => text !== '', 'Give the reference of the payment.') });

/** What was reimbursed together, for finance, and for auditors and admins to read. */
export function settlementPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.settlements)
    .get(async (req, res) => {
      viewerWho(req, 'see-settlements');
      await send(req, res);
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.settlementReference)
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-settlements', now);
      const { id } = req.params;
      if (!madeId.test(id)) throw noSuchPage();
      const read = readForm(form, req.body);
      if ('mistakes' in read)
        return send(req, res.status(422), { id, typed: read.typed.reference, mistake: read.mistakes.reference ?? '' });
      const { reference } = read.values;
      const given = await db.transaction().execute(async (transaction) => giveReference(transaction, id, reference, doing));
      if (!given) throw noSuchPage();
      return res.redirect(
        303,
        withNotice(paths.settlements, 'reference-given', { after: formatPlace(readPlace(req.query['after'])) }),
      );
    })
    .all(onlyMethods('POST'));

  async function send(req: Request, res: Response, mistaken?: Mistaken): Promise<void> {
    const viewer = viewerOf(req);
    const after = readPlace(req.query['after']);
    const { settlements, more } = await listSettlements(db, ROWS, after);
    const ids = settlements.map(({ id }) => id);
    const unsaved = settlements.filter(({ saved_at: savedAt }) => savedAt === null).map(({ id }) => id);
    const [sums, missing] = await Promise.all([
      sumSettlements(db, ids),
      listMissingAccounts(db, unsaved, await listAccountRules(db)),
    ]);
    const sumsOf = Map.groupBy(sums, (sum) => sum.settlement_id);
    const missingOf = Map.groupBy(missing, (pair) => pair.settlement_id);
    sendPage(res, settlementsPage, 'Settlements', {
      ...frameAt(paths.settlements, req),
      settlements: settlements.map((one) =>
        settlementModel(viewer, one, sumsOf.get(one.id) ?? [], missingOf.get(one.id) ?? [], formatPlace(after), mistaken),
      ),
      pager: {
        first: 'Newest',
        firstHref: after === undefined ? '' : paths.settlements,
        next: 'Older ones',
        nextHref: more ? addressOf(paths.settlements, { after: formatPlace(settlements.at(-1)) }) : '',
      },
    });
  }

  return router;
}
