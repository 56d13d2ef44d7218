import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** One year, in seconds. */
const HSTS_MAX_AGE = 31_536_000;

/** What of a device no page of ours asks for, and none that got in may (W3C Permissions Policy). */
const permissionsPolicy = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * The walls that the browser keeps for us. No inline script or style is allowed; `data:` images only because Bootstrap's
 * style sheet draws its arrows and ticks that way.
 * @param https whether people reach Outlay over https; a browser told to insist on it for localhost would break every
 * other program there.
 * @param formTarget a further origin that a form may lead to. A browser holds the redirect after a form against the same
 * list, and signing out leads on to the provider.
 */
export function securityHeaders(https: boolean, formTarget: () => string): RequestHandler {
  let origin = formTarget();
  let walls = wallsOf(https, origin);
  return (_req, res, next) => {
    const target = formTarget();
    if (target !== origin) [origin, walls] = [target, wallsOf(https, target)];
    res.setHeaders(walls);
    next();
  };
}

/** What helmet says is the same for every answer, so it is asked once. */
function wallsOf(https: boolean, formTarget: string): Map<string, string> {
  const walls = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'", formTarget],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: HSTS_MAX_AGE, includeSubDomains: true } : false,
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms (Fetch §3.2), and the same-origin check needs the real one.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  answer.setHeader('Permissions-Policy', permissionsPolicy);
  walls(request, answer, (error) => {
    if (error !== undefined) throw error;
  });
  return new Map(answer.getHeaderNames().map((name) => [name, String(answer.getHeader(name))]));
}

/** For the page of a form that leads to where the policy, made before the provider's metadata was read, could not know of yet. */
export function allowFormTo(res: Response, origin: string): void {
  const policy = String(res.getHeader('Content-Security-Policy'));
  if (policy.includes(`${origin};`) || policy.includes(`${origin} `)) return;
  res.set('Content-Security-Policy', policy.replace('form-action ', `form-action ${origin} `));
}

/** Every answer below the assets may hold somebody's data: nothing keeps a copy, also not the browser's Back button. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'private, no-store');
  next();
};

/** For pages whose address carries something secret. */
export const noReferrer: RequestHandler = (_req, res, next) => {
  res.set('Referrer-Policy', 'no-referrer');
  next();
};
