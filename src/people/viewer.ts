import type { Request } from 'express';
import { Problem } from '../problems.ts';

/** The signed-in person of one request, as the session's row and the person's row say right now. */
export interface Viewer {
  readonly personId: string;
  readonly sessionIdHash: string;
  readonly issuer: string;
  readonly subject: string;
  /** When the person last proved to the provider who they are; undefined where it did not say. */
  readonly authTime: Date | undefined;
  /** How strongly they did, in the provider's own words (Core §2). */
  readonly acr: string | undefined;
  /** When the session was last noted to be in use. */
  readonly seenAt: Date;
  /** When the provider is to be asked again whether this still holds; undefined where it cannot be asked. */
  readonly revalidateAt: Date | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** The address that rules may be held against; undefined unless the provider verified it. */
  readonly verifiedEmail: string | undefined;
}

declare global {
  namespace Express {
    interface User extends Viewer {}
  }
}

/**
 * For every handler below the guest line.
 * @throws Problem `sign-in-needed` where there is no viewer, so that a misplaced route is closed and not open.
 */
export function viewerOf(req: Request): Viewer {
  if (req.user === undefined) throw new Problem('sign-in-needed', 'You need to sign in to see this page.');
  return req.user;
}

/** What to call somebody: the name, else the address, else a word that is never wrong. */
export function displayNameOf(viewer: Viewer): string {
  return viewer.name ?? viewer.email ?? 'Signed-in person';
}
