import type { Request, Response } from 'express';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { type Action, assertMay } from '../rights/policy.ts';
import type { Clock } from '../web/clock.ts';
import { addressOf, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Doing } from './doing.ts';

const tabs = [
  { label: 'Limits', href: paths.limits },
  { label: 'Categories', href: paths.categories },
  { label: 'Months', href: paths.months },
  { label: 'Rates', href: paths.rates },
  { label: 'Accounts', href: paths.accounts },
  { label: 'Settlements', href: paths.settlements },
] as const;

/** What stands around each of these pages. */
export interface LimitFrame {
  readonly tabs: readonly { readonly label: string; readonly href: string; readonly here: boolean }[];
  /** What came of the last thing that was done; empty where there was none. */
  readonly notice: string;
}

/** The way between the pages by which finance and admins steer spending. */
export function frameAt(here: (typeof tabs)[number]['href'], req: Request): LimitFrame {
  return { tabs: tabs.map((tab) => ({ ...tab, here: tab.href === here })), notice: noticeOf(req) };
}

/** The viewer, who is allowed to do this. @throws Problem as `assertMay` does. */
export function viewerWho(req: Request, action: Action): Viewer {
  const viewer = viewerOf(req);
  assertMay(viewer, action);
  return viewer;
}

/** The same for what changes something. */
export function doingWho(req: Request, res: Response, action: Action, now: Clock): Doing {
  return { viewer: viewerWho(req, action), at: now(), reference: referenceOf(res) };
}

/** The address carries the word, never a sentence. */
const notices = {
  'limit-added': 'The limit counts from now on, for everything that is submitted.',
  'limit-changed': 'The limit is changed, and counts from now on.',
  'limit-removed': 'The limit is removed.',
  'category-added': 'The category can be chosen from now on.',
  'category-renamed': 'The category has its new name, also on what was logged in it before.',
  'category-retired': 'The category is no longer offered. What was logged in it keeps it.',
  'category-restored': 'The category can be chosen again.',
  'rate-kept': 'The rate counts from now on. What has been logged keeps its own.',
  'rates-kept': 'The rates count from now on. What has been logged keeps its own.',
  'accounts-kept': 'The rule counts from now on. What has been saved for the accountant stays as it is.',
  'accounts-removed': 'The rule is removed. What has been saved for the accountant stays as it is.',
  'reference-given': 'The payment reference is kept, also on the pages of its expenses.',
  'month-closed': 'The month is closed. What was approved in it can still be reimbursed.',
  'month-opened': 'The month is open again.',
} as const;

/** The address of a page that then says so. @param query what else its address has. */
export function withNotice(path: string, notice: keyof typeof notices, query: Readonly<Record<string, string>> = {}): string {
  return addressOf(path, { ...query, done: notice });
}

function noticeOf({ query: { done } }: Request): string {
  return typeof done === 'string' && Object.hasOwn(notices, done) ? notices[done as keyof typeof notices] : '';
}
