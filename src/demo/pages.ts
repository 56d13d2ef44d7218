import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { assetPath } from '../web/assets.ts';
import { compilePage } from '../web/page.ts';
import type { Directory, Listed } from './directory.ts';
import type { DemoClaims } from './organisation.ts';

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

interface NoticeModel {
  readonly heading: string;
  readonly sentence: string;
  readonly way: { readonly href: string; readonly label: string };
}

interface EndSessionModel {
  /** The provider's own form, which the two buttons send. */
  readonly form: string;
}

const frame = compilePage<DemoFrame>(new URL('frame.ejs', import.meta.url));
const choosePersonPage = compilePage<ChoosePersonModel>(new URL('choose-person.ejs', import.meta.url));
const noticePage = compilePage<NoticeModel>(new URL('notice.ejs', import.meta.url));
const endSessionPage = compilePage<EndSessionModel>(new URL('end-session.ejs', import.meta.url));

/** The page on which you pick who to be, instead of a company's password and second factor. */
export function signInPages(provider: Provider, directory: Directory, appBaseUrl: string): Router {
  const router = express.Router();
  const refuse = (req: Request, res: Response, why: string) =>
    provider.interactionFinished(req, res, { error: 'access_denied', error_description: why });

  router.get('/interaction/:uid', async (req, res) => {
    const { uid } = await provider.interactionDetails(req, res);
    const action = `/interaction/${uid}`;
    const body = choosePersonPage({ action, cancelAction: `${action}/cancel`, people: directory.list().map(toChoice) });
    res.send(framed(body));
  });

  router.post('/interaction/:uid', express.urlencoded({ extended: false, limit: '1kb' }), async (req, res) => {
    const subject = (req.body as { person?: unknown } | undefined)?.person;
    const person = directory.find(subject);
    if (person === undefined) return res.redirect(303, `/interaction/${req.params['uid']}`);
    if (person.hasLeft) return refuse(req, res, 'This person has left');
    return provider.interactionFinished(req, res, { login: { accountId: person.subject } });
  });

  router.post('/interaction/:uid/cancel', async (req, res) => {
    await refuse(req, res, 'Cancelled by the person');
  });

  router.use('/interaction', ((error: unknown, _req, res, next) => {
    if (!(error instanceof errors.SessionNotFound)) return next(error);
    return res.status(400).send(expired(appBaseUrl));
  }) satisfies ErrorRequestHandler);
  return router;
}

/** For whatever the provider cannot make sense of: in a demonstration, mostly a page that was left open. */
export function expired(appBaseUrl: string): string {
  return notice({
    heading: 'This page is no longer valid',
    sentence: 'It was left open for too long, or opened with the Back button. Nothing is lost: begin again at Outlay.',
    way: { href: appBaseUrl, label: 'Back to Outlay' },
  });
}

/** A page that says one thing and leads on. */
export function notice(model: NoticeModel): string {
  return framed(noticePage(model));
}

/** What the provider shows when Outlay sends somebody to log out here, too (RP-Initiated Logout §2: it has to ask). */
export function askToEndSession(ctx: KoaContextWithOIDC, form: string): void {
  ctx.type = 'html';
  ctx.body = framed(endSessionPage({ form }));
}

/** A page of the provider's, around what is special about it. */
export function framed(body: string, title = 'Demonstration sign-in'): string {
  return frame({ title, body, asset: assetPath });
}

/** How somebody is called, with or without a name. */
export function nameOf({ name }: DemoClaims): string {
  return name ?? 'Somebody without a name';
}

function toChoice({ subject, sees, claims, hasLeft }: Listed) {
  const email = claims.email ?? 'without an e-mail address';
  return { subject, name: nameOf(claims), email, sees: hasLeft ? 'Has left' : sees };
}
