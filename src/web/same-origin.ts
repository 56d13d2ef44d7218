import type { RequestHandler } from 'express';
import { Problem } from '../problems.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a request that changes something unless the browser vouches that one of our own pages sent it: by
 * Sec-Fetch-Site (W3C Fetch Metadata) where it is sent, by Origin (RFC 6454 §7) otherwise. No hidden form fields needed.
 * The rule is the one of Go's http.CrossOriginProtection, but a request with neither header is refused, too.
 * @param exempt paths that are there for other sites to send to, and change nothing of ours by that alone.
 */
export function sameOriginOnly(baseUrl: string, exempt: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    if (safeMethods.has(req.method) || exempt.includes(req.path)) return next();
    const site = req.get('Sec-Fetch-Site');
    const ours = site === undefined ? req.get('Origin') === baseUrl : site === 'same-origin';
    if (ours) return next();
    throw new Problem(
      'not-allowed',
      'This request came from another website, so it was not carried out. Go back to Outlay and try there.',
      {
        reason: 'cross-site-request',
      },
    );
  };
}
