import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { loginPath, ownPath, paths } from '../web/paths.ts';
import type { IdentityProvider } from './provider-contract.ts';

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

export interface InitiationParts {
  readonly baseUrl: string;
  readonly provider: IdentityProvider;
  readonly begin: (req: Request, res: Response, returnTo: string | undefined, loginHint: string | undefined) => Promise<void>;
}

/**
 * Where the provider's own tile leads (Core §4, third-party-initiated login). Any website can send a browser here, so a page
 * of ours asks first, unless the operator trusts the tile; and whoever is signed in stays who they are.
 */
export function initiationRoutes({ baseUrl, provider, begin }: InitiationParts): Router {
  const router = express.Router();
  router
    .route(paths.initiateLogin)
    .get(async (req, res) => {
      const asked = checkInitiation(req.query, provider);
      const returnTo = targetPath(asked.target_link_uri, baseUrl);
      if (req.user !== undefined) return res.redirect(303, returnTo ?? paths.dashboard);
      if (provider.trustedTile) return begin(req, res, returnTo, asked.login_hint);
      // Without the hint: whom it names is the word of whoever made the link.
      return sendPage(res, initiatePage, 'Log in', { continueHref: loginPath(returnTo), homeHref: paths.home });
    })
    .post(turnIntoGet)
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
