import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { ownPath, paths } from '../web/paths.ts';
import type { Seal } from '../web/seal.ts';
import type { IdentityProvider } from './provider-contract.ts';

/** How long the page that asks may be left open, in seconds. */
const TICKET_LIFETIME = 600;

interface InitiateModel {
  readonly continueHref: string;
  readonly homeHref: string;
}

const initiatePage = compilePage<InitiateModel>(new URL('initiate.ejs', import.meta.url));

/** What the provider's tile sends (Core §4). */
const initiation = z.object({
  iss: z.string(),
  client_id: z.string().optional(),
  login_hint: z
    .string()
    .regex(/^[^\p{Cc}]{1,254}$/u)
    .optional()
    .catch(undefined),
  target_link_uri: z.unknown().optional(),
});

const ticketContent = z.object({ return_to: z.string().optional(), login_hint: z.string().optional() });

export interface InitiationParts {
  readonly baseUrl: string;
  readonly provider: IdentityProvider;
  /** Carries what the tile sent over the page that asks. */
  readonly tickets: Seal;
  readonly begin: (req: Request, res: Response, returnTo: string | undefined, loginHint: string | undefined) => Promise<void>;
}

/**
 * Where the provider's own tile leads (Core §4, third-party-initiated login). Any website can send a browser here, so a
 * sign-in begins only after a click on a page of ours, or at once where the operator trusts the tile; and whoever is signed
 * in stays who they are.
 */
export function initiationRoutes({ baseUrl, provider, tickets, begin }: InitiationParts): Router {
  const router = express.Router();
  router
    .route(paths.initiateLogin)
    .get(async (req, res) => {
      if (typeof req.query['ticket'] === 'string') {
        const { data = {} } = ticketContent.safeParse(await tickets.open(req.query['ticket']));
        return begin(req, res, ownPath(data.return_to, baseUrl), data.login_hint);
      }
      const asked = checkInitiation(req.query, provider);
      const returnTo = targetPath(asked.target_link_uri, baseUrl);
      const { login_hint: loginHint } = asked;
      if (req.user !== undefined) return res.redirect(303, returnTo ?? paths.dashboard);
      if (provider.trustedTile) return begin(req, res, returnTo, loginHint);
      const ticket = await tickets.seal(
        { ...(returnTo !== undefined && { return_to: returnTo }), ...(loginHint !== undefined && { login_hint: loginHint }) },
        TICKET_LIFETIME,
      );
      return sendPage(res, initiatePage, 'Log in', {
        continueHref: `${paths.initiateLogin}?ticket=${ticket}`,
        homeHref: paths.home,
      });
    })
    .post(express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 }), turnIntoGet)
    .all(onlyMethods('GET', 'POST'));
  return router;
}

/** A browser keeps our `Lax` cookie back when another site posts, and sends it with the GET that follows. */
const turnIntoGet: RequestHandler = (req, res) => {
  const { data = {} } = z.record(z.string(), z.string()).safeParse(req.body);
  const query = new URLSearchParams(
    ['iss', 'client_id', 'login_hint', 'target_link_uri'].flatMap((name): [string, string][] => {
      const value = data[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  res.redirect(303, `${paths.initiateLogin}?${query.toString()}`);
};

/** @throws Problem `sign-in-failed` where another provider, or another of its applications, is meant. */
function checkInitiation(query: unknown, provider: IdentityProvider): z.infer<typeof initiation> {
  const parsed = initiation.safeParse(query);
  const { iss, client_id: clientId = provider.clientId } = parsed.data ?? {};
  if (parsed.success && iss === provider.issuer && clientId === provider.clientId) return parsed.data;
  throw new Problem(
    'sign-in-failed',
    'This link belongs to another sign-in than your company’s, so it was not followed. You can log in from here.',
    { reason: 'initiation-not-trusted' },
  );
}

/** Core §4: never a way to another site. A path is kept where the whole address is on our own origin. */
function targetPath(target: unknown, baseUrl: string): string | undefined {
  if (typeof target !== 'string' || !target.startsWith(`${baseUrl}/`)) return undefined;
  return ownPath(target.slice(baseUrl.length), baseUrl);
}
