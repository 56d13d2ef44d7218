import type { Request, Response } from 'express';

/**
 * Does something for whoever has just signed in. Anybody else signs in again first, and then comes back to the page from which they
 * asked, to ask once more.
 * @param from that page, as path and query.
 */
export type FreshSignInFirst = (req: Request, res: Response, from: string, work: () => Promise<void>) => Promise<void>;

/** Where it needs no fresh sign-in. */
export const withoutFreshSignIn: FreshSignInFirst = (_req, _res, _from, work) => work();
