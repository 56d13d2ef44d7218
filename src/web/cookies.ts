import type { CookieOptions, Request, Response } from 'express';

/** The request's cookies by name (RFC 6265 §4.2.1), values as they stand; of two with one name the first counts. */
export function parseCookies(req: Request): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (req.get('Cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && name !== '' && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
}

/** With Max-Age as well as Expires: not every client takes a date at the epoch for one in the past (RFC 6265 §5.2.2). */
export function clearCookie(res: Response, name: string, attributes: CookieOptions): void {
  res.cookie(name, '', { ...attributes, maxAge: 0 });
}
