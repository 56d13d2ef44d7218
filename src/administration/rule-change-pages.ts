import express, { type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import { recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { endAccess } from '../people/access.ts';
import { auditedViewer } from '../people/audited.ts';
import type { FreshSignIn } from '../people/fresh-sign-in.ts';
import type { Viewer } from '../people/viewer.ts';
import type { Effect } from '../rights/effects.ts';
import { findTeamLabels } from '../rights/explain.ts';
import type { Given } from '../rights/rights.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import {
  makeChange,
  type MadeChange,
  normalizeContent,
  previewChange,
  type RuleContent,
  type RuleChange,
} from '../rights/rule-changes.ts';
import { describeCondition, describeGiven, roleMeanings } from '../rights/words.ts';
import { listTeamEntries } from '../teams/team-changes.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { formatCount } from '../web/numbers.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Tab, tabsAt, viewerWho, withNotice } from './frame.ts';
import { type AskedChange, readRuleChange } from './rule-form.ts';
import { sendRuleForm } from './rule-pages.ts';

interface PreviewModel {
  readonly tabs: readonly Tab[];
  /** Empty unless the rules have changed since they were looked at. */
  readonly warning: string;
  readonly sentence: string;
  /** What a role in the whole organisation means, where the rule gives one; empty where it does not. */
  readonly caution: string;
  /** Empty unless a rule is changed. */
  readonly was: string;
  readonly gaining: Side;
  readonly losing: Side;
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
  readonly changeAction: string;
  readonly saveAction: string;
  readonly submit: string;
  readonly removes: boolean;
  readonly affectsNobody: boolean;
}

interface Side {
  readonly heading: string;
  readonly people: readonly { readonly name: string; readonly href: string; readonly what: string; readonly note: string }[];
  readonly more: string;
}

const previewPage = compilePage<PreviewModel>(new URL('rule-preview.ejs', import.meta.url));

/** How many people are named on either side; the number counts them all. */
const NAMED = 50;

type ReadChange = Extract<AskedChange, { change: unknown }>;

export interface RuleChangeParts {
  readonly db: Database;
  readonly ruleBook: RuleBook;
  readonly fresh: FreshSignIn;
  readonly now: Clock;
  readonly log: Logger;
}

/** Nothing about rules is saved of which the effects were not shown: first the preview, then the change, of the same rules. */
export function ruleChangePages({ db, ruleBook, fresh, now, log }: RuleChangeParts): Router {
  const router = express.Router();

  router
    .route(paths.adminRulePreview)
    .post(async (req, res) => {
      viewerWho(req, 'change-rules');
      const asked = await readAsked(req);
      if ('mistakes' in asked) return refuse(res, asked);
      const wantsForm = (req.body as { edit?: unknown } | undefined)?.edit === '1';
      return fresh.first(req, res, formOf(asked), () =>
        wantsForm ? sendRuleForm(res, db, asked.rule, asked.typed) : showPreview(res, asked, ''),
      );
    })
    .all(onlyMethods('POST'));

  router
    .route(paths.adminRuleChanges)
    .post(async (req, res) => {
      const viewer = viewerWho(req, 'change-rules');
      const asked = await readAsked(req);
      if ('mistakes' in asked) return refuse(res, asked);
      return fresh.first(req, res, formOf(asked), () => save(req, res, viewer, asked));
    })
    .all(onlyMethods('POST'));

  async function save(req: Request, res: Response, viewer: Viewer, asked: ReadChange): Promise<void> {
    const { change, rule } = asked;
    const action = ({ add: 'rule-added', change: 'rule-changed', remove: 'rule-removed' } as const)[change.kind];
    const name = await sentenceOf('content' in change ? change.content : rule);
    const was = change.kind === 'change' ? await sentenceOf(rule) : undefined;
    const seen = String((req.body as { seen?: unknown }).seen);
    const changer = { personId: viewer.personId, action: 'change-rules' } as const;
    const record = async (transaction: Transaction, { id, effects }: MadeChange) => {
      const detail = { was, gaining: effects.filter(gainsSome).length, losing: effects.filter(losesSome).length };
      const about = { kind: 'rule', id, name };
      await recordAudit(transaction, { action, by: auditedViewer(viewer), about, detail, reference: referenceOf(res) }, now);
    };
    const made = await makeChange(db, ruleBook, changer, change, seen, record);
    if (made === undefined) {
      res.status(409);
      return showPreview(res, asked, 'The rules have changed since you looked. This is what your change would do now.');
    }
    // Whoever has nothing left is out, with whatever their sessions hold.
    for (const { person } of made.effects.filter(({ losesAll }) => losesAll)) {
      const { issuer, subject } = person;
      const reference = referenceOf(res);
      const ended = await endAccess(db, { issuer, subject }, now, { channel: 'rules', by: auditedViewer(viewer), reference });
      log.info({ event: 'access-ended', channel: 'rules', reference, issuer, subject, ended }, 'access ended');
    }
    res.redirect(303, withNotice(paths.adminRules, action));
  }

  /** The form again, with what was typed and what is wrong (RFC 9110 §15.5.21). */
  async function refuse(res: Response, { rule, typed, mistakes }: Extract<AskedChange, { mistakes: unknown }>): Promise<void> {
    res.status(422);
    return sendRuleForm(res, db, rule, typed, mistakes);
  }

  async function readAsked(req: Request): Promise<AskedChange> {
    const [{ rules }, teams] = await Promise.all([ruleBook.now(), listTeamEntries(db)]);
    return readRuleChange(req.body, rules, new Set(teams.map(({ id }) => id)));
  }

  async function sentenceOf(content: RuleContent | undefined): Promise<string> {
    if (content === undefined) return '';
    const labelOf = await findTeamLabels(db, [content.gives]);
    return `Everybody whose ${describeCondition(normalizeContent(content))}: ${describeGiven(content.gives, labelOf)}.`;
  }

  async function showPreview(res: Response, asked: ReadChange, warning: string): Promise<void> {
    const { change, rule, typed } = asked;
    const { effects, version } = await previewChange(db, ruleBook, change);
    const labelOf = await findTeamLabels(
      db,
      effects.flatMap(({ gains, loses }) => [...gains, ...loses]),
    );
    const sideOf = (heading: string, some: readonly Effect[], what: (effect: Effect) => readonly Given[]): Side => ({
      heading: `${heading}: ${countOf(some.length)}`,
      people: some.slice(0, NAMED).map((effect) => ({
        name: effect.person.name ?? effect.person.email ?? 'Somebody without a name',
        href: fillPath(paths.adminPerson, { id: effect.person.id }),
        what: what(effect)
          .map((given) => describeGiven(given, labelOf))
          .join('; '),
        note: what(effect) === effect.loses && effect.losesAll ? 'Nothing is left to them, so they are signed out.' : '',
      })),
      more: some.length > NAMED ? `And ${formatCount(some.length - NAMED)} more.` : '',
    });
    sendPage(res, previewPage, 'What this would do', {
      tabs: tabsAt(paths.adminRules),
      warning,
      sentence: await sentenceOf('content' in change ? change.content : rule),
      caution: cautionOf(change),
      was: change.kind === 'change' ? await sentenceOf(rule) : '',
      gaining: sideOf('Gaining', effects.filter(gainsSome), ({ gains }) => gains),
      losing: sideOf('Losing', effects.filter(losesSome), ({ loses }) => loses),
      hidden: Object.entries({ ...typed, kind: change.kind, id: rule?.id ?? '', seen: version }).map(([name, value]) => ({
        name,
        value,
      })),
      changeAction: paths.adminRulePreview,
      saveAction: paths.adminRuleChanges,
      submit: { add: 'Save the rule', change: 'Save the change', remove: 'Remove the rule' }[change.kind],
      removes: change.kind === 'remove',
      affectsNobody: effects.length === 0,
    });
  }

  return router;
}

/** Where the form of such a change begins. */
function formOf({ rule }: ReadChange): string {
  return rule === undefined ? paths.adminNewRule : fillPath(paths.adminRule, { id: rule.id });
}

function countOf(people: number): string {
  if (people === 0) return 'nobody';
  return people === 1 ? '1 person' : `${formatCount(people)} people`;
}

/** The widest roles look like any other in a list, and count for whoever fits later as well. */
function cautionOf(change: RuleChange): string {
  if (change.kind === 'remove' || change.content.gives.teamId !== null) return '';
  const { role } = change.content.gives;
  return `Careful: whoever fits, now or later, ${roleMeanings[role]}.`;
}

function gainsSome({ gains }: Effect): boolean {
  return gains.length > 0;
}

function losesSome({ loses }: Effect): boolean {
  return loses.length > 0;
}
