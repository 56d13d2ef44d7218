import express, { type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { clearCookie, parseCookies } from './cookies.ts';
import { onlyMethods } from './methods.ts';
import { frameOf, setFrame } from './page.ts';
import { ownPath, paths } from './paths.ts';

/** How long a choice is kept, in milliseconds: a year. */
const KEPT = 31_536_000_000;

const theme = z.enum(['light', 'dark']);
const choice = z.object({ theme: z.enum([...theme.options, 'system']) });

/** Puts what this browser chose into the frame, before anything can fail: error pages are in it, too. */
export function chosenTheme(baseUrl: string): RequestHandler {
  const { name } = themeCookie(baseUrl);
  return (req, res, next) => {
    const said = parseCookies(req).get(name);
    if (said !== undefined) {
      const chosen = theme.safeParse(said);
      if (chosen.success) setFrame(res, { ...frameOf(res), theme: chosen.data });
    }
    next();
  };
}

/** Where the buttons at the end of each page lead, for guests as well; back to that page. */
export function themeRoutes(baseUrl: string): Router {
  const { name, attributes } = themeCookie(baseUrl);
  const router = express.Router();
  router
    .route(paths.theme)
    .post((req, res) => {
      const chosen = choice.safeParse(req.body);
      if (!chosen.success) throw new Problem('invalid', 'Outlay can be light, dark, or as the system is. Nothing was changed.');
      if (chosen.data.theme === 'system') clearCookie(res, name, attributes);
      else res.cookie(name, chosen.data.theme, { ...attributes, maxAge: KEPT });
      res.redirect(303, cameFrom(req.get('Referer'), baseUrl) ?? paths.home);
    })
    .all(onlyMethods('POST'));
  return router;
}

/** @returns the path of ours that the header names (RFC 9110 §10.1.3), or undefined. */
function cameFrom(referer: string | undefined, baseUrl: string): string | undefined {
  if (referer === undefined || !URL.canParse(referer)) return undefined;
  const { origin, pathname, search } = new URL(referer);
  return origin === baseUrl ? ownPath(pathname + search, baseUrl) : undefined;
}

/** Named as the session's is: with `__Host-` over https, which no other host can set. */
function themeCookie(baseUrl: string) {
  const https = baseUrl.startsWith('https:');
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: https } as const;
  return { name: https ? '__Host-outlay-theme' : 'outlay-theme', attributes };
}
