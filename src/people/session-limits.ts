import type { ExpressionBuilder } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';

/** How long a session may last and how many somebody may have: settings. */
export interface SessionLimits {
  /** Without a request, in milliseconds. */
  readonly idle: number;
  /** From sign-in on, whatever happens, in milliseconds. */
  readonly absolute: number;
  /** Per person; the one that was not used for longest gives way. */
  readonly perPerson: number;
}

/** `seen_at` is written at most this often, in milliseconds, so that reading a page is not a write. */
export const TOUCH_INTERVAL = 60_000;

/** The one condition for a session that has not ended by either limit. */
export function counts(limits: SessionLimits, now: Clock) {
  return ({ and, eb }: ExpressionBuilder<Schema, 'session'>) =>
    and([eb('session.seen_at', '>', before(now, limits.idle)), eb('session.ends_at', '>', now().toISOString())]);
}

/** So long ago, as the columns have it. */
export function before(now: Clock, milliseconds: number): string {
  return new Date(now().getTime() - milliseconds).toISOString();
}
