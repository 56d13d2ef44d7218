import express, { type Request, type Response, type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { listCategories } from '../expenses/categories.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from '../expenses/limit-frame.ts';
import { viewerOf } from '../people/viewer.ts';
import { may } from '../rights/policy.ts';
import { listVisibleTeams } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import {
  type AccountChoices,
  type AccountFields,
  accountFields,
  type AccountMistakes,
  type AccountTyped,
  readAccountForm,
  readScope,
  typedFor,
} from './account-form.ts';
import {
  type AccountRule,
  describeBooking,
  keepAccountRule,
  listAccountRules,
  removeAccountRule,
  scopeWords,
} from './account-rules.ts';

interface AccountsModel extends LimitFrame {
  readonly rules: readonly {
    readonly scope: string;
    readonly says: string;
    /** Where its form stands filled in. */
    readonly changeHref: string;
    readonly team: string;
    readonly category: string;
  }[];
  readonly mayChange: boolean;
  readonly action: string;
  readonly removal: string;
  readonly fields: AccountFields;
}

const accountsPage = compilePage<AccountsModel>(new URL('accounts.ejs', import.meta.url));

/** By which accounts expenses are booked, for finance to set, and for auditors and admins to read. */
export function accountPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.accounts)
    .get(async (req, res) => {
      viewerWho(req, 'see-accounts');
      const rules = await listAccountRules(db);
      send(req, res, rules, await choicesOf(req), typedFor(req.query, rules));
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-accounts', now);
      const choices = await choicesOf(req);
      const read = readAccountForm(req.body, choices);
      if ('mistakes' in read) return send(req, res.status(422), await listAccountRules(db), choices, read.typed, read.mistakes);
      await db.transaction().execute(async (transaction) => keepAccountRule(transaction, read.scope, read.booking, doing));
      return res.redirect(303, withNotice(paths.accounts, 'accounts-kept'));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.accountRemoval)
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-accounts', now);
      const scope = readScope(typedFor(req.body ?? {}, []), await choicesOf(req));
      if ('mistakes' in scope) throw noSuchPage();
      await db.transaction().execute(async (transaction) => removeAccountRule(transaction, scope, doing));
      res.redirect(303, withNotice(paths.accounts, 'accounts-removed'));
    })
    .all(onlyMethods('POST'));

  async function choicesOf(req: Request): Promise<AccountChoices> {
    const [teams, categories] = await Promise.all([listVisibleTeams(db, viewerOf(req)), listCategories(db)]);
    return { teams, categories };
  }

  return router;
}

function send(
  req: Request,
  res: Response,
  rules: readonly AccountRule[],
  choices: AccountChoices,
  typed: AccountTyped,
  mistakes: AccountMistakes = {},
): void {
  sendPage(res, accountsPage, 'Accounts', {
    ...frameAt(paths.accounts, req),
    rules: rules.map((rule) => {
      const [team, category] = [rule.team_id ?? '', rule.category_id ?? ''];
      const changeHref = `${addressOf(paths.accounts, { team, category })}#rule`;
      return { scope: scopeWords(rule), says: describeBooking(rule), changeHref, team, category };
    }),
    mayChange: may(viewerOf(req), 'change-accounts').allowed,
    action: paths.accounts,
    removal: paths.accountRemoval,
    fields: accountFields(typed, mistakes, choices),
  });
}
