import express, { type Response, type Router } from 'express';
import type { Database } from '../database/schema.ts';
import type { FreshSignIn } from '../people/fresh-sign-in.ts';
import { searchable } from '../people/people.ts';
import { findTeamLabels } from '../rights/explain.ts';
import { may } from '../rights/policy.ts';
import type { Rule } from '../rights/rights.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import { describeCondition, describeGiven } from '../rights/words.ts';
import { listTeamEntries } from '../teams/team-changes.ts';
import type { Field, SelectField } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { formatCount } from '../web/numbers.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noticeOf, searchOf, type Tab, tabsAt, viewerWho } from './frame.ts';
import { type PagedModel, pageOf } from './paging.ts';
import { findRule, newRule, type RuleMistakes, type RuleTyped, ruleFields, typedOf } from './rule-form.ts';

interface RulesModel extends PagedModel {
  readonly tabs: readonly Tab[];
  readonly notice: string;
  readonly count: string;
  readonly rules: readonly { readonly condition: string; readonly gives: string; readonly href: string }[];
  /** Empty for whoever may only read. */
  readonly newHref: string;
}

interface RuleFormModel {
  readonly tabs: readonly Tab[];
  readonly heading: string;
  readonly backHref: string;
  readonly action: string;
  /** Empty where the rule is not there yet. */
  readonly id: string;
  readonly fields: Readonly<Record<'claim' | 'operator' | 'value' | 'role' | 'team', Field | SelectField>>;
  readonly mayChange: boolean;
  /** Whether the viewer is asked to sign in again before they see what a change would do. */
  readonly asksFirst: boolean;
  readonly sentence: string;
}

const rulesPage = compilePage<RulesModel>(new URL('rules.ejs', import.meta.url));
const ruleFormPage = compilePage<RuleFormModel>(new URL('rule-form.ejs', import.meta.url));

/** Rules as lists and forms, for admins and auditors; what a form asks for is previewed and made in `rule-change-pages.ts`. */
export function rulePages(db: Database, ruleBook: RuleBook, fresh: FreshSignIn): Router {
  const router = express.Router();

  router
    .route(paths.adminRules)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-organisation');
      const { rules } = await ruleBook.now();
      const labelOf = await findTeamLabels(
        db,
        rules.all.map(({ gives }) => gives),
      );
      const wanted = searchable(searchOf(req));
      const rows = rules.all
        .map((rule) => ({
          condition: `Everybody whose ${describeCondition(rule)}`,
          gives: describeGiven(rule.gives, labelOf),
          href: fillPath(paths.adminRule, { id: rule.id }),
        }))
        .filter(({ condition, gives }) => searchable(`${condition} ${gives}`).includes(wanted))
        .toSorted((a, b) => inOrder(a.gives, b.gives) || inOrder(a.condition, b.condition));
      const { shown, ...paged } = pageOf(rows, req, paths.adminRules, 'Any word of a rule');
      sendPage(res, rulesPage, 'Rules', {
        ...paged,
        tabs: tabsAt(paths.adminRules),
        notice: noticeOf(req),
        count: rows.length === 1 ? '1 rule' : `${formatCount(rows.length)} rules`,
        rules: shown,
        newHref: may(viewer, 'change-rules').allowed ? paths.adminNewRule : '',
      });
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.adminNewRule)
    .get(async (req, res) => {
      viewerWho(req, 'change-rules');
      // Before it is filled in, so that nothing is typed in vain.
      await fresh.first(req, res, paths.adminNewRule, () =>
        sendRuleForm(res, db, undefined, newRule(ruleBook.admin.groupsClaim)),
      );
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.adminRule)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-organisation');
      const rule = findRule((await ruleBook.now()).rules, req.params['id']);
      const reader = { mayChange: may(viewer, 'change-rules').allowed, asksFirst: fresh.asks(viewer) };
      await sendRuleForm(res, db, rule, typedOf(rule), {}, reader);
    })
    .all(onlyMethods('GET'));

  return router;
}

/** The form of a rule, new or known, with what was typed and what is wrong. */
export async function sendRuleForm(
  res: Response,
  db: Database,
  rule: Rule | undefined,
  typed: RuleTyped,
  mistakes: RuleMistakes = {},
  reader = { mayChange: true, asksFirst: false },
): Promise<void> {
  const teams = await listTeamEntries(db);
  const labelOf = new Map(teams.map(({ id, label }) => [id, label]));
  const heading = rule === undefined ? 'New rule' : 'Rule';
  sendPage(res, ruleFormPage, heading, {
    tabs: tabsAt(paths.adminRules),
    heading,
    backHref: paths.adminRules,
    action: paths.adminRulePreview,
    id: rule?.id ?? '',
    fields: ruleFields(typed, mistakes, teams),
    ...reader,
    sentence:
      rule === undefined
        ? ''
        : `Everybody whose ${describeCondition(rule)}: ${describeGiven(rule.gives, (id) => labelOf.get(id))}.`,
  });
}

function inOrder(a: string, b: string): number {
  return byWords.compare(a, b);
}

const byWords = new Intl.Collator('en', { numeric: true });
