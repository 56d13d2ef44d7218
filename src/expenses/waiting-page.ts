import { randomUUIDv7 } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { findTeamLabels } from '../rights/explain.ts';
import type { Clock } from '../web/clock.ts';
import { formatDay } from '../web/clock.ts';
import { severalLines } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { moveExpense } from './changes.ts';
import { findVisibleExpense } from './expenses.ts';
import { type Actor, judge, type Transition } from './life.ts';
import { checkLimitsOfAll } from './limits.ts';
import { formatMoney } from './money.ts';
import { listClosedMonths, monthOf } from './months.ts';
import { addSettlement } from './settlements.ts';
import { decidesOnSomething, listWaiting, type WaitingExpense } from './waiting.ts';

interface WaitingModel {
  readonly expenses: readonly {
    readonly value: string;
    readonly href: string;
    readonly item: string;
    readonly about: string;
    readonly amount: string;
    readonly wants: string;
    /** What to look at before deciding, in a few words each. */
    readonly marks: readonly string[];
  }[];
  readonly canDecide: boolean;
  readonly canSettle: boolean;
  readonly approvalsHref: string;
  readonly rejectionsHref: string;
  readonly settlementsHref: string;
  readonly nextHref: string;
  /** What came of the last bulk action, an item each; empty where there was none. */
  readonly outcomes: readonly {
    readonly item: string;
    readonly href: string;
    readonly sentence: string;
    readonly done: boolean;
  }[];
  readonly mistake: string;
}

type Outcome = WaitingModel['outcomes'][number];

const waitingPage = compilePage<WaitingModel>(new URL('waiting.ejs', import.meta.url));

/** How many expenses one page shows, and one action takes. */
const ROWS = 50;

const chosen = z.object({
  expense: z
    .union([z.string(), z.array(z.string()).max(ROWS)])
    .optional()
    .transform((value) => (value === undefined ? [] : [value].flat()))
    .pipe(z.array(z.string().regex(/^[\da-f-]{36}_\d{1,9}$/))),
  comment: severalLines(1_000).catch(''),
  reference: severalLines(100).catch(''),
});

/** What waits for the viewer, to be decided on one by one or many at once; each answers for itself. */
export function waitingPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.waiting)
    .get(async (req, res) => {
      if (!decidesOnSomething(viewerOf(req))) throw noSuchPage();
      await send(req, res, []);
    })
    .all(onlyMethods('GET'));

  for (const [path, transition] of [
    [paths.waitingApprovals, 'approval'],
    [paths.waitingRejections, 'rejection'],
    [paths.waitingSettlements, 'settlement'],
  ] as const) {
    router
      .route(path)
      .post(async (req, res) => {
        if (!decidesOnSomething(viewerOf(req))) throw noSuchPage();
        const { data } = chosen.safeParse(req.body ?? {});
        if (data === undefined || data.expense.length === 0) return refuse(req, res, 'Choose at least one expense.');
        if (transition === 'rejection' && data.comment === '')
          return refuse(req, res, 'Say why you reject them; whoever logged them reads it.');
        await send(req, res, await moveAll(req, res, transition, data));
      })
      .all(onlyMethods('POST'));
  }

  async function refuse(req: Request, res: Response, mistake: string): Promise<void> {
    res.status(422);
    await send(req, res, [], mistake);
  }

  /** Each in a transaction of its own: one that cannot be done keeps nothing else from being done. */
  async function moveAll(
    req: Request,
    res: Response,
    transition: Transition,
    { expense: values, comment, reference }: z.output<typeof chosen>,
  ) {
    const doing = { viewer: viewerOf(req), at: now(), reference: referenceOf(res) };
    const settlementId = randomUUIDv7();
    const outcomes: Outcome[] = [];
    for (const value of new Set(values)) {
      const [id = '', version = ''] = value.split('_');
      const expense = await findVisibleExpense(db, doing.viewer, id);
      if (expense === undefined) {
        outcomes.push({ item: 'An expense', href: '', sentence: 'It is not there any more, or not yours to see.', done: false });
        continue;
      }
      const outcome = { item: expense.item, href: fillPath(paths.expense, { id }) };
      try {
        const { done } = await db
          .transaction()
          .execute(async (transaction) =>
            moveExpense(transaction, expense, transition, doing, { version: Number(version), comment, settlementId }),
          );
        outcomes.push({ ...outcome, sentence: done === 'now' ? words[transition] : 'You had done this already.', done: true });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.push({ ...outcome, sentence: error.message, done: false });
      }
    }
    if (transition === 'settlement' && outcomes.some(({ sentence }) => sentence === words.settlement)) {
      await db.transaction().execute(async (transaction) => addSettlement(transaction, settlementId, reference, doing));
    }
    return outcomes;
  }

  async function send(req: Request, res: Response, outcomes: readonly Outcome[], mistake = ''): Promise<void> {
    const viewer = viewerOf(req);
    const after = cursorOf(req.query['after']);
    const { expenses, more } = await listWaiting(db, viewer, ROWS, after);
    const labelOf = await findTeamLabels(
      db,
      expenses.map(({ team_id: teamId }) => ({ role: 'member', teamId })),
    );
    const undecided = expenses.filter(({ state }) => state === 'submitted');
    const [found, closed] = await Promise.all([
      checkLimitsOfAll(db, undecided, now()),
      listClosedMonths(
        db,
        undecided.map(({ spent_on: day }) => day),
      ),
    ]);
    const wanted = expenses.map((expense) => wantedOf(viewer, expense));
    const last = expenses.at(-1);
    sendPage(res, waitingPage, 'Waiting for me', {
      outcomes,
      mistake,
      canDecide: wanted.includes('approval'),
      canSettle: wanted.includes('settlement'),
      approvalsHref: paths.waitingApprovals,
      rejectionsHref: paths.waitingRejections,
      settlementsHref: paths.waitingSettlements,
      nextHref: more && last !== undefined ? addressOf(paths.waiting, { after: `${last.logged_at}_${last.id}` }) : '',
      expenses: expenses.map((expense, index) => ({
        value: `${expense.id}_${expense.version}`,
        href: fillPath(paths.expense, { id: expense.id }),
        item: expense.item,
        about: [expense.spender_name, labelOf(expense.team_id) ?? expense.team_id, formatDay(expense.spent_on)].join(' · '),
        amount: formatMoney(expense.team_amount_minor, expense.team_currency),
        wants:
          wanted[index] === 'settlement' ? 'To reimburse' : expense.first_approved_by === null ? 'To approve' : 'Second approval',
        marks: [
          ...(closed.has(monthOf(expense.spent_on)) && expense.state === 'submitted' ? ['Month closed'] : []),
          ...new Set(found.get(expense.id)?.map(({ mark }) => mark)),
        ],
      })),
    });
  }

  return router;
}

const words: Readonly<Record<Transition, string>> = {
  submission: 'Submitted.',
  withdrawal: 'Withdrawn.',
  approval: 'Approved.',
  rejection: 'Rejected.',
  settlement: 'Reimbursed.',
};

function wantedOf(viewer: Actor, expense: WaitingExpense): 'approval' | 'settlement' {
  return judge(viewer, expense, null, 'settlement').allowed ? 'settlement' : 'approval';
}

function cursorOf(after: unknown): { loggedAt: string; id: string } | undefined {
  const [, loggedAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\da-f-]{36})$/.exec(String(after)) ?? [];
  return loggedAt === undefined || id === undefined ? undefined : { loggedAt, id };
}
