import express, { type Router } from 'express';
import type { Logger } from 'pino';
import type { SignedInSessions } from '../people/signed-in.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, frameOf, sendPage, setFrame } from '../web/page.ts';
import { loginPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import type { IdentityProvider } from './identity-provider.ts';

interface ConfirmModel {
  readonly logoutHref: string;
  readonly homeHref: string;
}

interface SignedOutModel {
  readonly loginHref: string;
}

const confirmPage = compilePage<ConfirmModel>(new URL('confirm-sign-out.ejs', import.meta.url));
const signedOutPage = compilePage<SignedOutModel>(new URL('signed-out.ejs', import.meta.url));

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
      const idToken = await sessions.signOut(req, res);
      setFrame(res, { ...frameOf(res), personName: undefined });
      res.set('Clear-Site-Data', '"cache"');
      log.info({ event: 'signed-out', reference: referenceOf(res) }, 'signed out');
      const url = idToken === undefined ? undefined : await provider.end(idToken);
      if (url !== undefined) return res.redirect(303, url.href);
      return sendPage(res, signedOutPage, 'Logged out', { loginHref: loginPath() });
    })
    .all(onlyMethods('GET', 'POST'));
  return router;
}
