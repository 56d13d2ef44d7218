import express, { type Response, type Router } from 'express';
import type { Logger } from 'pino';
import type { SignedInSessions } from '../people/signed-in.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, frameOf, sendPage, setFrame } from '../web/page.ts';
import { loginPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { allowFormTo } from '../web/security-headers.ts';
import type { EndRequest, IdentityProvider } from './provider-contract.ts';

interface ConfirmModel {
  readonly logoutHref: string;
  readonly homeHref: string;
}

interface EndThereModel {
  readonly endpoint: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly homeHref: string;
}

interface SignedOutModel {
  readonly loginHref: string;
}

const confirmPage = compilePage<ConfirmModel>(new URL('confirm-sign-out.ejs', import.meta.url));
const endTherePage = compilePage<EndThereModel>(new URL('end-there.ejs', import.meta.url));
const signedOutPage = compilePage<SignedOutModel>(new URL('signed-out.ejs', import.meta.url));

/** Longer addresses are too long for some server or proxy on the way, in characters. */
const MAX_ADDRESS = 2_000;

export interface SignOutParts {
  readonly provider: IdentityProvider;
  readonly sessions: SignedInSessions;
  readonly log: Logger;
}

/** Ends our session first and in any case, then the provider's (RP-Initiated Logout §2). A GET only asks: a link or an image must not sign anybody out. */
export function signOutRoutes({ provider, sessions, log }: SignOutParts): Router {
  const router = express.Router();
  router
    .route(paths.logout)
    .get((req, res) => {
      if (req.user === undefined) return sendPage(res, signedOutPage, 'Logged out', { loginHref: loginPath() });
      return sendPage(res, confirmPage, 'Log out', { logoutHref: paths.logout, homeHref: paths.home });
    })
    .post(async (req, res) => {
      const ended = await sessions.signOut(req, res);
      setFrame(res, { ...frameOf(res), personName: undefined });
      res.set('Clear-Site-Data', '"cache"');
      log.info({ event: 'signed-out', reference: referenceOf(res) }, 'signed out');
      // Nobody waits for it: whether the provider takes it back changes nothing here (RFC 7009).
      if (ended?.refreshToken !== undefined) void provider.revoke(ended.refreshToken);
      const request = ended?.idToken === undefined ? undefined : await provider.end(ended.idToken);
      if (request !== undefined) return leadTo(request, res);
      return sendPage(res, signedOutPage, 'Logged out', { loginHref: loginPath() });
    })
    .all(onlyMethods('GET', 'POST'));
  return router;
}

/** By a redirect, or, with an ID Token that makes the address too long, by a form (RP-Initiated Logout §2 has both). */
function leadTo({ endpoint, parameters }: EndRequest, res: Response): void {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  if (url.href.length <= MAX_ADDRESS) return res.redirect(303, url.href);
  allowFormTo(res, url.origin);
  return sendPage(res, endTherePage, 'Logged out', {
    endpoint,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
    homeHref: paths.home,
  });
}
