import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import type { FreshSignIn } from '../people/fresh-sign-in.ts';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { ownPath, paths } from '../web/paths.ts';
import type { Seal } from '../web/seal.ts';
import { noReferrer } from '../web/security-headers.ts';
import type { Attempts, ParkedAction } from './attempts.ts';
import type { IdentityProvider } from './provider-contract.ts';

/** How long the page that asks may be left open, in seconds. */
const TICKET_LIFETIME = 600;
/** The action of whoever does nothing yet, and comes back to a page. */
const COME_BACK = 'come-back';

interface StepUpModel {
  /** What happens once they have signed in again. */
  readonly afterwards: string;
  readonly continueHref: string;
  readonly cancelHref: string;
}

const stepUpPage = compilePage<StepUpModel>(new URL('step-up.ejs', import.meta.url));

/** With the session that wanted it: a new sign-in opens another one, so the page leads nowhere once its action is done. */
const ticketContent = z.object({
  action: z.string(),
  to: z.string().optional(),
  issuer: z.string(),
  subject: z.string(),
  session: z.string(),
});

/** Something that only a person does who has just proved who they are. @returns where to go on to. */
export type SensitiveAction = (viewer: Viewer) => Promise<string>;

export interface StepUpParts {
  /** How recently, in seconds, and how strongly: the settings. */
  readonly demand: { readonly maxAge: number; readonly acrValues: readonly string[] };
  readonly provider: IdentityProvider;
  readonly attempts: Attempts;
  readonly tickets: Seal;
  readonly actions: Readonly<Record<string, SensitiveAction>>;
  readonly baseUrl: string;
  readonly now: Clock;
}

/**
 * Sensitive actions (RFC 9470): whoever signed in long ago, or too weakly, signs in again as the same person, and then what
 * they wanted is done, once. In between stands a page with a link, because a form may not lead to another site.
 */
export class StepUp implements FreshSignIn {
  readonly #parts: StepUpParts;

  constructor(parts: StepUpParts) {
    this.#parts = parts;
  }

  /** What the provider is asked for, and its answer is held against. */
  get demand(): StepUpParts['demand'] {
    return this.#parts.demand;
  }

  /** The handler of a POST: does what was asked, or asks to sign in again first. */
  handler(action: string): RequestHandler {
    return async (req, res) => {
      const viewer = viewerOf(req);
      if (this.#isFresh(viewer)) return res.redirect(303, await this.#perform(action, viewer));
      return this.#ask(req, res, { action }, paths.profile, 'Then it is done at once.');
    };
  }

  /**
   * For what cannot be done by a name alone, such as saving a file: whoever has signed in again comes back to the page from which
   * they asked. That is a path of ours, or the dashboard; a query that is too long to be carried is left behind.
   */
  readonly first: FreshSignIn['first'] = async (req, res, from, work) => {
    if (this.#isFresh(viewerOf(req))) return work();
    const [path = ''] = from.split('?');
    const to = this.#own(from) ?? this.#own(path) ?? paths.dashboard;
    return this.#ask(
      req,
      res,
      { action: COME_BACK, to },
      to,
      'Then you are back on the page that you came from: do it there once more, for nothing has been done yet.',
    );
  };

  readonly asks: FreshSignIn['asks'] = (viewer) => !this.#isFresh(viewer);

  async #ask(
    req: Request,
    res: Response,
    wanted: Pick<ParkedAction, 'action' | 'to'>,
    cancelHref: string,
    afterwards: string,
  ): Promise<void> {
    if (!req.accepts('html')) throw this.#challenge();
    const { issuer, subject, sessionIdHash: session } = viewerOf(req);
    const ticket = await this.#parts.tickets.seal({ ...wanted, issuer, subject, session }, TICKET_LIFETIME);
    res.status(401);
    sendPage(res, stepUpPage, 'Sign in again', { afterwards, continueHref: `${paths.stepUp}?ticket=${ticket}`, cancelHref });
  }

  #own(path: unknown): string | undefined {
    return ownPath(path, this.#parts.baseUrl);
  }

  /** Where the page that asks leads on to. */
  routes(): Router {
    const router = express.Router();
    router
      .route(paths.stepUp)
      .get(noReferrer, async (req, res) => {
        const viewer = viewerOf(req);
        const { ticket } = req.query;
        const opened = typeof ticket === 'string' ? await this.#parts.tickets.open(ticket) : undefined;
        const { data } = ticketContent.safeParse(opened);
        if (data === undefined || !isOwn(data, viewer) || data.session !== viewer.sessionIdHash)
          throw droppedAction('This page was open for too long, or has been used already, so nothing was done.');
        const { session: _, ...parked } = data;
        const { url, secrets } = await this.#parts.provider.begin({ demand: this.demand });
        await this.#parts.attempts.add(req, res, secrets, { parked });
        res.redirect(303, url.href);
      })
      .all(onlyMethods('GET'));
    return router;
  }

  /** @throws Problem `sign-in-failed` where somebody else has signed in than the one who wanted this. */
  assertSame(parked: ParkedAction, identity: { readonly issuer: string; readonly subject: string }): void {
    if (!isOwn(parked, identity))
      throw droppedAction('Somebody else signed in than the person who began this, so nothing was done.');
  }

  /** Does what was parked, and says where to go on to; the attempt that carried it counts once. */
  async resume({ action, to }: ParkedAction, viewer: Viewer): Promise<string> {
    return action === COME_BACK ? (this.#own(to) ?? paths.dashboard) : this.#perform(action, viewer);
  }

  #perform(action: string, viewer: Viewer): Promise<string> {
    const perform = Object.hasOwn(this.#parts.actions, action) ? this.#parts.actions[action] : undefined;
    if (perform === undefined) throw new TypeError('There is no such action');
    return perform(viewer);
  }

  #isFresh({ acr, authTime }: Viewer): boolean {
    const { acrValues, maxAge } = this.demand;
    const age = authTime === undefined ? Infinity : this.#parts.now().getTime() - authTime.getTime();
    return age <= maxAge * 1_000 && (acrValues.length === 0 || (acr !== undefined && acrValues.includes(acr)));
  }

  /** RFC 9470 §3, for a program instead of a person. */
  #challenge(): Problem {
    const { acrValues, maxAge } = this.demand;
    const asked = [...(acrValues.length > 0 ? [`acr_values="${acrValues.join(' ')}"`] : []), `max_age="${maxAge}"`];
    return new Problem('sign-in-needed', 'This needs a fresh sign-in first.', {
      headers: { 'WWW-Authenticate': `Bearer error="insufficient_user_authentication", ${asked.join(', ')}` },
    });
  }
}

function isOwn(
  parked: { readonly issuer: string; readonly subject: string },
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
) {
  return parked.issuer === issuer && parked.subject === subject;
}

function droppedAction(sentence: string): Problem {
  return new Problem('sign-in-failed', `${sentence} Start again from the page where you began.`, {
    heading: 'Nothing was done',
    reason: 'step-up-dropped',
  });
}
