import express, { type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { may } from '../rights/policy.ts';
import { type Clock, formatDay, formatMonth } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { formatCount } from '../web/numbers.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from './limit-frame.ts';
import { formatMoney } from './money.ts';
import { type ClosedMonth, closeMonth, listClosedMonths, listMonthSums, type MonthSum, monthOf, openMonth } from './months.ts';

interface MonthsModel extends LimitFrame {
  readonly months: readonly {
    readonly label: string;
    /** Empty while it is open. */
    readonly closed: string;
    readonly about: string;
    readonly amount: string;
    /** Each empty where it cannot be done, or not by this viewer. */
    readonly closingHref: string;
    readonly openingHref: string;
  }[];
}

const monthsPage = compilePage<MonthsModel>(new URL('months.ejs', import.meta.url));

/** How many months are listed, the running one included. */
const MONTHS = 24;

/** Months, for finance to close and open, and for auditors and admins to read. */
export function monthPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.months)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-months');
      const months = lastMonths(now());
      const [closed, sums] = await Promise.all([listClosedMonths(db, months), listMonthSums(db, months.at(-1) ?? '')]);
      const mayClose = may(viewer, 'close-month').allowed;
      sendPage(res, monthsPage, 'Months', {
        ...frameAt(paths.months, req),
        months: months.map((month) =>
          monthModel(
            month,
            closed.get(month),
            sums.filter((sum) => sum.month === month),
            mayClose,
          ),
        ),
      });
    })
    .all(onlyMethods('GET'));

  for (const [path, move, notice] of [
    [paths.monthClosing, closeMonth, 'month-closed'],
    [paths.monthOpening, openMonth, 'month-opened'],
  ] as const) {
    router
      .route(path)
      .post(async (req, res) => {
        const doing = doingWho(req, res, 'close-month', now);
        const { data: month } = known.safeParse(req.params.id);
        if (month === undefined || month > monthOf(doing.at.toISOString())) throw noSuchPage();
        await db.transaction().execute(async (transaction) => move(transaction, month, doing));
        res.redirect(303, withNotice(paths.months, notice));
      })
      .all(onlyMethods('POST'));
  }

  return router;
}

/** From the first month of which an expense can be. */
const known = z.string().regex(/^2\d{3}-(?:0[1-9]|1[0-2])$/);

/** The running month and those before it, the latest first. */
function lastMonths(at: Date): string[] {
  return Array.from({ length: MONTHS }, (_, back) =>
    monthOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back)).toISOString()),
  );
}

function monthModel(
  month: string,
  closed: ClosedMonth | undefined,
  sums: readonly MonthSum[],
  mayClose: boolean,
): MonthsModel['months'][number] {
  const count = sums.reduce((sum, row) => sum + row.count, 0);
  const undecided = sums.reduce((sum, row) => sum + row.undecided, 0);
  const id = { id: month };
  return {
    label: formatMonth(month),
    closed: closed === undefined ? '' : `Closed by ${closed.closed_by_name} on ${formatDay(closed.closed_at)}`,
    about: [
      count === 0 ? 'Nothing spent' : count === 1 ? '1 expense' : `${formatCount(count)} expenses`,
      ...(undecided === 0 ? [] : [`${formatCount(undecided)} not decided on yet`]),
    ].join(' · '),
    amount: sums.map(({ amountMinor, currency }) => formatMoney(amountMinor, currency)).join(' · '),
    closingHref: mayClose && closed === undefined ? fillPath(paths.monthClosing, id) : '',
    openingHref: mayClose && closed !== undefined ? fillPath(paths.monthOpening, id) : '',
  };
}
