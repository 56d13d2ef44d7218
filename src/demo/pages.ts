import express, { type ErrorRequestHandler, type Router } from 'express';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { assetPath, assets } from '../web/assets.ts';
import { compilePage } from '../web/page.ts';
import { securityHeaders } from '../web/security-headers.ts';
import type { DemoPerson } from './organisation.ts';

interface DemoFrame {
  readonly title: string;
  readonly body: string;
  readonly asset: typeof assetPath;
}

interface ChoosePersonModel {
  readonly action: string;
  readonly cancelAction: string;
  readonly people: readonly { readonly subject: string; readonly name: string; readonly email: string; readonly sees: string }[];
}

interface EndSessionModel {
  /** The provider's own form, which the two buttons send. */
  readonly form: string;
}

const frame = compilePage<DemoFrame>(new URL('frame.ejs', import.meta.url));
const choosePersonPage = compilePage<ChoosePersonModel>(new URL('choose-person.ejs', import.meta.url));
const expiredPage = compilePage<{ readonly appBaseUrl: string }>(new URL('expired.ejs', import.meta.url));
const endSessionPage = compilePage<EndSessionModel>(new URL('end-session.ejs', import.meta.url));

/** The page on which you pick who to be, instead of a company's password and second factor. */
export function signInPages(provider: Provider, people: readonly DemoPerson[], appBaseUrl: string): Router {
  const router = express.Router();
  router.use(assets());
  router.use(
    '/interaction',
    securityHeaders(false, () => appBaseUrl),
  );

  router.get('/interaction/:uid', async (req, res) => {
    const { uid } = await provider.interactionDetails(req, res);
    const action = `/interaction/${uid}`;
    const body = choosePersonPage({ action, cancelAction: `${action}/cancel`, people: people.map(toChoice) });
    res.set('Cache-Control', 'no-store').send(framed(body));
  });

  router.post('/interaction/:uid', express.urlencoded({ extended: false, limit: '1kb' }), async (req, res) => {
    const subject = (req.body as { person?: unknown } | undefined)?.person;
    const person = people.find((candidate) => candidate.subject === subject);
    if (person === undefined) return res.redirect(303, `/interaction/${req.params['uid']}`);
    return provider.interactionFinished(req, res, { login: { accountId: person.subject } });
  });

  router.post('/interaction/:uid/cancel', async (req, res) => {
    await provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'Cancelled by the person' });
  });

  router.use('/interaction', ((error: unknown, _req, res, next) => {
    if (!(error instanceof errors.SessionNotFound)) return next(error);
    return res.status(400).send(expired(appBaseUrl));
  }) satisfies ErrorRequestHandler);
  return router;
}

/** For whatever the provider cannot make sense of: in a demonstration, mostly a page that was left open. */
export function expired(appBaseUrl: string): string {
  return framed(expiredPage({ appBaseUrl }));
}

/** What the provider shows when Outlay sends somebody to log out here, too (RP-Initiated Logout §2: it has to ask). */
export function askToEndSession(ctx: KoaContextWithOIDC, form: string): void {
  ctx.type = 'html';
  ctx.body = framed(endSessionPage({ form }));
}

function framed(body: string): string {
  return frame({ title: 'Demonstration sign-in', body, asset: assetPath });
}

function toChoice({ subject, sees, claims: { name, email } }: DemoPerson) {
  return { subject, name: name ?? 'Somebody without a name', email: email ?? 'without an e-mail address', sees };
}
