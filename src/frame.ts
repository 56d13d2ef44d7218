import type { RequestHandler } from 'express';
import type { Database } from './database/schema.ts';
import { countWaiting, decidesOnSomething, MOST_COUNTED } from './expenses/waiting.ts';
import { displayNameOf } from './people/viewer.ts';
import { may } from './rights/policy.ts';
import { frameOf, setFrame } from './web/page.ts';

/** What the layout says to whoever asks. */
export function frameFor(db: Database, demonstration: boolean): RequestHandler {
  return async ({ user }, res, next) => {
    const waiting = user !== undefined && decidesOnSomething(user) ? await countWaiting(db, user) : undefined;
    setFrame(res, {
      ...frameOf(res),
      personName: user && displayNameOf(user),
      mayAdminister: user !== undefined && may(user, 'see-organisation').allowed,
      seesLimits: user !== undefined && may(user, 'see-limits').allowed,
      waiting: waiting === undefined ? undefined : inShort(waiting),
      demonstration,
    });
    next();
  };
}

function inShort(count: number): string {
  return count === MOST_COUNTED ? `${MOST_COUNTED - 1}+` : String(count);
}
