import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from '../expenses/limit-frame.ts';
import { formatMoney } from '../expenses/money.ts';
import {
  giveReference,
  listSettlements,
  type Settlement,
  type SettlementKey,
  type SettlementSum,
  sumSettlements,
} from '../expenses/settlements.ts';
import { viewerOf } from '../people/viewer.ts';
import { may } from '../rights/policy.ts';
import { type Clock, formatDay } from '../web/clock.ts';
import { oneLine, readForm } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';

interface SettlementsModel extends LimitFrame {
  readonly settlements: readonly {
    readonly id: string;
    /** Empty where none was given. */
    readonly reference: string;
    readonly about: string;
    readonly amount: string;
    /** When and by whom it was first saved for the accountant; empty where it was not. */
    readonly saved: string;
    /** Where the reference that it lacks is sent to; empty where it lacks none, or nobody here may give it. */
    readonly referenceHref: string;
    /** What was typed as its reference, and what is wrong with that. */
    readonly typed: string;
    readonly mistake: string;
  }[];
  readonly pager: { readonly firstHref: string; readonly first: string; readonly nextHref: string; readonly next: string };
}

const settlementsPage = compilePage<SettlementsModel>(new URL('settlements.ejs', import.meta.url));

/** How many settlements one page shows. */
const ROWS = 25;

const form = z.object({ reference: oneLine(100).refine((text) => text !== '', 'Give the reference of the payment.') });

/** What is wrong with the reference that was typed for one of them. */
interface Mistaken {
  readonly id: string;
  readonly typed: string;
  readonly mistake: string;
}

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
      const id = idOf(req);
      const read = readForm(form, req.body);
      if ('mistakes' in read)
        return send(req, res.status(422), { id, typed: read.typed.reference, mistake: read.mistakes.reference ?? '' });
      const { reference } = read.values;
      const given = await db.transaction().execute(async (transaction) => giveReference(transaction, id, reference, doing));
      if (!given) throw noSuchPage();
      return res.redirect(303, withNotice(paths.settlements, 'reference-given', { after: formatKey(keyOf(req.query['after'])) }));
    })
    .all(onlyMethods('POST'));

  async function send(req: Request, res: Response, mistaken?: Mistaken): Promise<void> {
    const after = keyOf(req.query['after']);
    const { settlements, more } = await listSettlements(db, ROWS, after);
    const sums = Map.groupBy(
      await sumSettlements(
        db,
        settlements.map(({ id }) => id),
      ),
      (sum) => sum.settlement_id,
    );
    const mayChange = may(viewerOf(req), 'change-settlements').allowed;
    const place = { after: formatKey(after) };
    sendPage(res, settlementsPage, 'Settlements', {
      ...frameAt(paths.settlements, req),
      settlements: settlements.map((settlement) => ({
        ...settlementModel(settlement, sums.get(settlement.id) ?? []),
        referenceHref:
          mayChange && settlement.reference === '' && settlement.saved_at === null
            ? addressOf(fillPath(paths.settlementReference, { id: settlement.id }), place)
            : '',
        typed: mistaken?.id === settlement.id ? mistaken.typed : '',
        mistake: mistaken?.id === settlement.id ? mistaken.mistake : '',
      })),
      pager: {
        first: 'Newest',
        firstHref: after === undefined ? '' : paths.settlements,
        next: 'Older ones',
        nextHref: more ? addressOf(paths.settlements, { after: formatKey(settlements.at(-1)) }) : '',
      },
    });
  }

  return router;
}

/** Of the settlement that an address is about. @throws Problem `not-found` for what is no id. */
function idOf(req: Request): string {
  const id = String(req.params['id']);
  if (!madeId.test(id)) throw noSuchPage();
  return id;
}

function keyOf(after: unknown): SettlementKey | undefined {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\da-f-]{36})$/.exec(String(after)) ?? [];
  return at === undefined || id === undefined ? undefined : { settled_at: at, id };
}

function formatKey(key: SettlementKey | undefined): string {
  return key === undefined ? '' : `${key.settled_at}_${key.id}`;
}

function settlementModel(
  { id, reference, settled_at: at, settled_by_name: by, saved_at: savedAt, saved_by_name: savedBy }: Settlement,
  sums: readonly SettlementSum[],
): Pick<SettlementsModel['settlements'][number], 'id' | 'reference' | 'about' | 'amount' | 'saved'> {
  const count = sums.reduce((sum, row) => sum + row.count, 0);
  const expenses = count === 1 ? '1 expense' : `${count.toLocaleString('en')} expenses`;
  return {
    id,
    reference,
    about: `${expenses} · reimbursed by ${by} on ${formatDay(at)}`,
    amount: sums.map(({ amountMinor, currency }) => formatMoney(amountMinor, currency)).join(' · '),
    saved: savedAt === null ? '' : `Saved for the accountant by ${savedBy ?? 'somebody'} on ${formatDay(savedAt)}`,
  };
}
