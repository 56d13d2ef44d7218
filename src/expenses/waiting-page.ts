import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { findTeamLabels } from '../rights/explain.ts';
import type { Clock } from '../web/clock.ts';
import { formatDay } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Actor, judge } from './life.ts';
import { checkBudgets } from './budget-warnings.ts';
import { checkLimitsOfAll } from './limits.ts';
import { formatMoney } from './money.ts';
import { listClosedMonths, monthOf } from './months.ts';
import { nothingSaid, readSaid, type SaidInForm, saidFields } from './said.ts';
import { TYPED } from './rates.ts';
import { moveAll, type Outcome } from './steps-of-many.ts';
import { decidesOnSomething, listWaiting, type WaitingExpense } from './waiting.ts';

interface WaitingModel {
  readonly expenses: readonly {
    readonly value: string;
    /** Where the form comes back. */
    readonly chosen: boolean;
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
  readonly outcomes: readonly Outcome[];
  /** How many of the chosen ones were done; empty where it was one alone. */
  readonly summary: string;
  readonly mistake: string;
  readonly fields: ReturnType<typeof saidFields>;
}

const waitingPage = compilePage<WaitingModel>(new URL('waiting.ejs', import.meta.url));

/** How many expenses one page shows, and one action takes. */
const ROWS = 50;

/** An expense and the version of it that somebody looked at. */
const choice = z.string().regex(/^[\da-f-]{36}_\d{1,9}$/);
const chosen = z
  .object({ expense: z.union([z.string(), z.array(z.string())]).transform((value) => [...new Set([value].flat())]) })
  .transform(({ expense }) => expense.filter((value) => choice.safeParse(value).success))
  .catch([]);

interface Sent extends SaidInForm {
  readonly chosen: readonly string[];
}

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
        const said = readSaid(req.body, transition);
        const sent = { ...said, chosen: chosen.parse(req.body ?? {}) };
        if (sent.chosen.length === 0) return refuse(req, res, sent, 'Choose at least one expense.');
        if (sent.chosen.length > ROWS) return refuse(req, res, sent, `Choose ${ROWS} expenses at most.`);
        if ('mistakes' in said) return refuse(req, res, sent, 'Nothing was done yet. See below what to change.');
        const doing = { viewer: viewerOf(req), at: now(), reference: referenceOf(res) };
        await send(req, res, await moveAll(db, transition, sent.chosen, said.values, doing));
      })
      .all(onlyMethods('POST'));
  }

  async function refuse(req: Request, res: Response, sent: Sent, mistake: string): Promise<void> {
    res.status(422);
    await send(req, res, [], sent, mistake);
  }

  async function send(
    req: Request,
    res: Response,
    outcomes: readonly Outcome[],
    sent: Sent = { ...nothingSaid, chosen: [] },
    mistake = '',
  ): Promise<void> {
    const viewer = viewerOf(req);
    const after = cursorOf(req.query['after']);
    const { expenses, more } = await listWaiting(db, viewer, ROWS, after);
    const labelOf = await findTeamLabels(
      db,
      expenses.map(({ team_id: teamId }) => ({ role: 'member', teamId })),
    );
    const undecided = expenses.filter(({ state }) => state === 'submitted');
    const [found, budgets, closed] = await Promise.all([
      checkLimitsOfAll(db, undecided, now()),
      checkBudgets(db, undecided),
      listClosedMonths(
        db,
        undecided.map(({ spent_on: day }) => day),
      ),
    ]);
    const wanted = expenses.map((expense) => wantedOf(viewer, expense));
    const last = expenses.at(-1);
    sendPage(res, waitingPage, 'Waiting for me', {
      outcomes,
      summary: outcomes.length > 1 ? `${outcomes.filter(({ done }) => done).length} of ${outcomes.length} done.` : '',
      mistake,
      fields: waitingFields(sent),
      canDecide: wanted.includes('approval'),
      canSettle: wanted.includes('settlement'),
      approvalsHref: paths.waitingApprovals,
      rejectionsHref: paths.waitingRejections,
      settlementsHref: paths.waitingSettlements,
      nextHref: more && last !== undefined ? addressOf(paths.waiting, { after: `${last.logged_at}_${last.id}` }) : '',
      expenses: expenses.map((expense, index) => ({
        value: `${expense.id}_${expense.version}`,
        chosen: sent.chosen.includes(`${expense.id}_${expense.version}`),
        href: fillPath(paths.expense, { id: expense.id }),
        item: expense.item,
        about: [
          expense.spender_name,
          labelOf(expense.team_id) ?? expense.team_id,
          formatDay(expense.spent_on),
          ...(expense.rate === null ? [] : [`paid ${formatMoney(expense.amount_minor, expense.currency)}`]),
        ].join(' · '),
        amount: formatMoney(expense.team_amount_minor, expense.team_currency),
        wants:
          wanted[index] === 'settlement' ? 'To reimburse' : expense.first_approved_by === null ? 'To approve' : 'Second approval',
        marks: [
          ...(expense.rate_source === TYPED ? ['Rate typed'] : []),
          ...(closed.has(monthOf(expense.spent_on)) && expense.state === 'submitted' ? ['Month closed'] : []),
          ...new Set([found, budgets].flatMap((all) => all.get(expense.id) ?? []).map(({ mark }) => mark)),
        ],
      })),
    });
  }

  return router;
}

function waitingFields(sent: Sent): ReturnType<typeof saidFields> {
  const { comment, reference } = saidFields(sent);
  return {
    comment,
    reference: { ...reference, hint: 'One for all that are reimbursed together. May stay empty.' },
  };
}

function wantedOf(viewer: Actor, expense: WaitingExpense): 'approval' | 'settlement' {
  return judge(viewer, expense, null, 'settlement').allowed ? 'settlement' : 'approval';
}

function cursorOf(after: unknown): { loggedAt: string; id: string } | undefined {
  const [, loggedAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\da-f-]{36})$/.exec(String(after)) ?? [];
  return loggedAt === undefined || id === undefined ? undefined : { loggedAt, id };
}
