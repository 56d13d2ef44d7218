import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Clock } from '../web/clock.ts';
import { clearCookie, parseCookies } from '../web/cookies.ts';
import { createSeal, type Seal } from '../web/seal.ts';
import type { AttemptSecrets } from './provider-contract.ts';

/** How long somebody may take at the provider, in seconds. */
const LIFETIME = 600;
/** How many attempts that were taken are remembered; a sign-in that is a hundred thousand sign-ins old is over. */
const MAX_TAKEN = 100_000;
/** How many attempts one browser may have open (tabs); the oldest gives way. With the longest return paths they take 6 kB, and proxies commonly accept 8. */
const MAX_ATTEMPTS = 5;

const attemptContent = z.object({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string().optional(),
  parked: z.object({ action: z.string(), to: z.string().optional(), issuer: z.string(), subject: z.string() }).optional(),
  begun: z.number(),
});

export interface Attempt {
  readonly secrets: AttemptSecrets;
  readonly returnTo: string | undefined;
  /** What is to be done once the person has signed in again; only they themselves can resume it. */
  readonly parked: ParkedAction | undefined;
  readonly begunAt: Date;
}

/** A sensitive action that waits until its person has proved again who they are (RFC 9470). */
export interface ParkedAction {
  readonly action: string;
  /** Where they come back to, where that is all that waits. */
  readonly to?: string | undefined;
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The attempts to sign in that a browser has open: one sealed cookie each, so that nothing is written for a stranger,
 * two tabs do not disturb each other, and any process can finish what another began (RFC 9700 §4.7).
 */
export class Attempts {
  readonly #seal: Seal;
  readonly #https: boolean;
  readonly #now: Clock;
  /** The states that were taken in this process within an attempt's lifetime, and when. */
  readonly #taken = new Map<string, number>();

  /** @param https whether the cookies may carry the `__Host-` prefix, which only https allows. */
  constructor(sessionSecrets: readonly string[], https: boolean, now: Clock) {
    this.#seal = createSeal(sessionSecrets, 'sign-in-attempt', now);
    this.#https = https;
    this.#now = now;
  }

  async add(
    req: Request,
    res: Response,
    secrets: AttemptSecrets,
    { returnTo, parked }: { readonly returnTo?: string | undefined; readonly parked?: ParkedAction | undefined },
  ): Promise<void> {
    const open = await this.#listOpen(req);
    for (const { name } of open.slice(0, Math.max(0, open.length - MAX_ATTEMPTS + 1))) this.#clear(res, name);
    const sealed = await this.#seal.seal(
      {
        ...secrets,
        ...(returnTo !== undefined && { returnTo }),
        ...(parked !== undefined && { parked }),
        begun: this.#now().getTime(),
      },
      LIFETIME,
    );
    res.cookie(this.#nameFor(secrets.state), sealed, { ...this.#attributes(), maxAge: LIFETIME * 1_000 });
  }

  /**
   * Finds the attempt that a `state` belongs to and takes it away: it counts once, whatever comes of it.
   * @returns `used` for one that was taken before, in whatever browser: its code is not sent to the provider again.
   */
  async take(req: Request, res: Response, state: unknown): Promise<Attempt | 'used' | undefined> {
    if (typeof state !== 'string') return undefined;
    const name = this.#nameFor(state);
    const sealed = parseCookies(req).get(name);
    if (sealed === undefined) return undefined;
    this.#clear(res, name);
    const content = attemptContent.safeParse(await this.#seal.open(sealed));
    if (!content.success || content.data.state !== state) return undefined;
    if (!this.#markTaken(state)) return 'used';
    const { issuer, nonce, codeVerifier, returnTo, parked, begun } = content.data;
    return { secrets: { issuer, state, nonce, codeVerifier }, returnTo, parked, begunAt: new Date(begun) };
  }

  /** Only for attempts of ours that are still open, so that nobody can fill it with states that they made up. */
  #markTaken(state: string): boolean {
    const now = this.#now().getTime();
    for (const [taken, at] of this.#taken) {
      if (now - at <= LIFETIME * 1_000 && this.#taken.size < MAX_TAKEN) break;
      this.#taken.delete(taken);
    }
    if (this.#taken.has(state)) return false;
    this.#taken.set(state, now);
    return true;
  }

  /** The oldest first; what cannot be opened any more counts as oldest. */
  async #listOpen(req: Request): Promise<{ name: string; begun: number }[]> {
    const cookies = [...parseCookies(req)].filter(([name]) => this.#isOurs(name));
    const attempts = cookies.map(async ([name, sealed]) => {
      const content = attemptContent.safeParse(await this.#seal.open(sealed));
      return { name, begun: content.success ? content.data.begun : 0 };
    });
    return (await Promise.all(attempts)).toSorted((a, b) => a.begun - b.begun);
  }

  /** Anybody can send a cookie by any name; one that we could not set we could not clear either. */
  #isOurs(name: string): boolean {
    return name.startsWith(this.#prefix()) && /^[\w-]{16}$/.test(name.slice(this.#prefix().length));
  }

  #clear(res: Response, name: string): void {
    clearCookie(res, name, this.#attributes());
  }

  #prefix(): string {
    return this.#https ? '__Host-outlay-attempt-' : 'outlay-attempt-';
  }

  /** By a hash, so that the cookie's name gives nothing away and is safe whatever `state` holds. */
  #nameFor(state: string): string {
    return this.#prefix() + createHash('sha256').update(state).digest('base64url').slice(0, 16);
  }

  /** Lax, because the way back from the provider is a navigation from another site. */
  #attributes() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#https } as const;
  }
}
