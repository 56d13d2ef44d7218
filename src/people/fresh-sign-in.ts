import type { Request, Response } from 'express';
import type { Viewer } from './viewer.ts';

/**
 * Does something for whoever has just signed in. Anybody else signs in again first, and then comes back to the page from which they
 * asked, to ask once more.
 * @param from that page, as path and query.
 */
export type FreshSignInFirst = (req: Request, res: Response, from: string, work: () => Promise<void>) => Promise<void>;

/** What waits for a fresh sign-in where an operator wants that: how it waits, and how a page knows that it will. */
export interface FreshSignIn {
  readonly first: FreshSignInFirst;
  /** Whether somebody would be asked now, for the page that leads there to say so before anything is filled in. */
  readonly asks: (viewer: Viewer) => boolean;
}

/** What needs a fresh sign-in only where an operator wants that: a provider has to say when somebody signed in. */
export interface SensitiveToo {
  /** Saving files. */
  readonly exports: boolean;
  /** Giving and taking back roles, and letting somebody in again. */
  readonly rights: boolean;
}

/** Where it needs no fresh sign-in. */
export const withoutFreshSignIn: FreshSignIn = {
  first: (_req, _res, _from, work) => work(),
  asks: () => false,
};
