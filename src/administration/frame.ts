/* The room administration: the pages for admins and auditors. */
import type { Request, RequestHandler } from 'express';
import type { Viewer } from '../people/viewer.ts';
import { viewerOf } from '../people/viewer.ts';
import { type Action, assertMay } from '../rights/policy.ts';
import { paths } from '../web/paths.ts';

export interface Tab {
  readonly label: string;
  readonly href: string;
  readonly here: boolean;
}

const tabs = [
  { label: 'Teams', href: paths.adminTeams },
  { label: 'People', href: paths.adminPeople },
  { label: 'Rules', href: paths.adminRules },
  { label: 'Audit record', href: paths.audit },
  { label: 'Doctor', href: paths.adminDoctor },
] as const;

/** The way between the pages for admins and auditors. */
export function tabsAt(here: (typeof tabs)[number]['href']): Tab[] {
  return tabs.map((tab) => ({ ...tab, here: tab.href === here }));
}

/** The viewer, who is allowed to do this. @throws Problem as `assertMay` does. */
export function viewerWho(req: Request, action: Action): Viewer {
  const viewer = viewerOf(req);
  assertMay(viewer, action);
  return viewer;
}

/**
 * Above every page of the administration: for whoever may not even read there, no address below it exists, with whatever
 * method and body. What each page asks for beyond that, it asks for itself.
 */
export const administrationLine: RequestHandler = (req, _res, next) => {
  viewerWho(req, 'see-organisation');
  next();
};

/** What the page says after something was done; the address carries the word, never a sentence. */
const notices = {
  'team-added': 'The team is there. Give people a way into it by a rule, or person by person.',
  'team-changed': 'The team is changed.',
  'team-archived': 'The team is archived. Who could see it still can; it can be restored at any time.',
  'team-restored': 'The team is back.',
  'rule-added': 'The rule counts from now on.',
  'rule-changed': 'The rule is changed, and counts from now on.',
  'rule-removed': 'The rule is removed.',
  'grant-added': 'The role is given, and counts from now on.',
  'grant-known': 'They had been given this role already, so nothing was changed.',
  'grant-removed': 'The role is taken back.',
  'person-disabled': 'Their access has ended, everywhere and at once.',
  'person-enabled': 'They can sign in again.',
  'sessions-ended': 'They are signed out everywhere. They can come back for as long as your company’s sign-in knows them.',
} as const;

export type Notice = keyof typeof notices;

/** The address of a page that then says so. */
export function withNotice(path: string, notice: Notice): string {
  return `${path}?done=${notice}`;
}

/** Empty where the address has no word that we know. */
export function noticeOf(req: Request): string {
  const { done } = req.query;
  return typeof done === 'string' && Object.hasOwn(notices, done) ? notices[done as Notice] : '';
}

/** What somebody searches for, as the address has it, without what nobody types: NUL is an error to PostgreSQL. */
export function searchOf(req: Request): string {
  const { q } = req.query;
  return typeof q === 'string'
    ? q
        .replace(/\p{Cc}/gu, '')
        .slice(0, 200)
        .trim()
    : '';
}
