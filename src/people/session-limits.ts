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
  return countsAfter(countingAt(limits, now));
}

/** For a prepared query: what the condition is about, both of them excluded. */
export interface Counting {
  readonly seenAfter: string;
  readonly endsAfter: string;
}

export function countingAt(limits: SessionLimits, now: Clock): Counting {
  return { seenAfter: before(now, limits.idle), endsAfter: now().toISOString() };
}

export function countsAfter({ seenAfter, endsAfter }: Counting) {
  return ({ and, eb }: ExpressionBuilder<Schema, 'session'>) =>
    and([eb('session.seen_at', '>', seenAfter), eb('session.ends_at', '>', endsAfter)]);
}

/** So long ago, as the columns have it. */
export function before(now: Clock, milliseconds: number): string {
  return new Date(now().getTime() - milliseconds).toISOString();
}
