import express, { type Request, type Response, type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { viewerOf } from '../people/viewer.ts';
import { may } from '../rights/policy.ts';
import { listVisibleTeams } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { listCategories } from './categories.ts';
import { type LimitFields, limitFields, type LimitMistakes, type LimitTyped, readLimit, typedOf } from './limit-form.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from './limit-frame.ts';
import type { Limit } from './limit-judges.ts';
import { addLimit, changeLimit, effectWords, findLimit, listLimits, removeLimit, saysOf, scopeOf } from './limit-rules.ts';

interface LimitsModel extends LimitFrame {
  readonly limits: readonly { readonly href: string; readonly says: string; readonly scope: string; readonly effect: string }[];
  /** Empty for whoever may only read. */
  readonly newHref: string;
}

interface LimitFormModel extends LimitFrame {
  readonly heading: string;
  /** What it says now; empty where there is none yet. */
  readonly lead: string;
  readonly backHref: string;
  readonly action: string;
  readonly fields: LimitFields;
  readonly mayChange: boolean;
  /** Empty where there is nothing to remove, or nobody who may. */
  readonly removalHref: string;
}

const limitsPage = compilePage<LimitsModel>(new URL('limits.ejs', import.meta.url));
const limitFormPage = compilePage<LimitFormModel>(new URL('limit-form.ejs', import.meta.url));

/** The limits that spending is held against, for finance and admins to set and auditors to read. */
export function limitPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.limits)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-limits');
      const limits = await listLimits(db);
      sendPage(res, limitsPage, 'Limits', {
        ...frameAt(paths.limits, req),
        limits: limits.map((limit) => ({
          href: fillPath(paths.limit, { id: limit.id }),
          says: saysOf(limit),
          scope: sentenceCase(scopeOf(limit)),
          effect: sentenceCase(effectWords[limit.effect]),
        })),
        newHref: may(viewer, 'change-limits').allowed ? paths.newLimit : '',
      });
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-limits', now);
      const read = await readBody(req);
      if ('mistakes' in read) return refuse(req, res, undefined, read.typed, read.mistakes);
      await db.transaction().execute(async (transaction) => addLimit(transaction, read.content, doing));
      return res.redirect(303, withNotice(paths.limits, 'limit-added'));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.newLimit)
    .get(async (req, res) => {
      viewerWho(req, 'change-limits');
      await sendForm(req, res, undefined);
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.limit)
    .get(async (req, res) => {
      viewerWho(req, 'see-limits');
      await sendForm(req, res, await limitOf(req));
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-limits', now);
      const limit = await limitOf(req);
      const read = await readBody(req);
      if ('mistakes' in read) return refuse(req, res, limit, read.typed, read.mistakes);
      const changed = await db.transaction().execute(async (transaction) => changeLimit(transaction, limit, read.content, doing));
      if (!changed) throw noSuchPage();
      return res.redirect(303, withNotice(paths.limits, 'limit-changed'));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.limitRemoval)
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-limits', now);
      const limit = await limitOf(req);
      await db.transaction().execute(async (transaction) => removeLimit(transaction, limit, doing));
      res.redirect(303, withNotice(paths.limits, 'limit-removed'));
    })
    .all(onlyMethods('POST'));

  async function limitOf(req: Request): Promise<Limit> {
    const limit = await findLimit(db, String(req.params['id']));
    if (limit === undefined) throw noSuchPage();
    return limit;
  }

  async function readBody(req: Request) {
    const [teams, categories] = await Promise.all([listVisibleTeams(db, viewerOf(req)), listCategories(db)]);
    return readLimit(req.body, teams, categories);
  }

  async function refuse(req: Request, res: Response, limit: Limit | undefined, typed: LimitTyped, mistakes: LimitMistakes) {
    res.status(422);
    await sendForm(req, res, limit, typed, mistakes);
  }

  async function sendForm(
    req: Request,
    res: Response,
    limit: Limit | undefined,
    typed: LimitTyped = typedOf(limit),
    mistakes: LimitMistakes = {},
  ): Promise<void> {
    const viewer = viewerOf(req);
    const [teams, categories] = await Promise.all([listVisibleTeams(db, viewer), listCategories(db)]);
    const mayChange = may(viewer, 'change-limits').allowed;
    const heading = limit === undefined ? 'New limit' : 'Limit';
    sendPage(res, limitFormPage, heading, {
      ...frameAt(paths.limits, req),
      heading,
      lead:
        limit === undefined
          ? ''
          : `${saysOf(limit)}. ${sentenceCase(scopeOf(limit))}. ${sentenceCase(effectWords[limit.effect])}.`,
      backHref: paths.limits,
      action: limit === undefined ? paths.limits : fillPath(paths.limit, { id: limit.id }),
      fields: limitFields(typed, mistakes, teams, categories),
      mayChange,
      removalHref: mayChange && limit !== undefined ? fillPath(paths.limitRemoval, { id: limit.id }) : '',
    });
  }

  return router;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
