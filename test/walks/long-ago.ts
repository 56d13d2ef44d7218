import type { JsonObject } from '../hostile-provider/behaviour.ts';
import type { HostileWorld } from '../hostile-provider/hostile-world.ts';

/* Who signed in at the provider long ago, and is asked to sign in again. */

/** As providers say it: in seconds. */
export const now = () => Math.floor(Date.now() / 1_000);
export const hourAgo = () => now() - 3_600;

/** What the provider says of whoever signs in from now on. */
export function says({ provider }: HostileWorld, claims: JsonObject): void {
  provider.behaviour = {
    claims: (honest) => ({ ...honest, ...claims }),
    userInfo: (honest) => ({ ...honest, ...(claims['sub'] !== undefined && { sub: claims['sub'] }) }),
  };
}

/** Where the page leads that asks to sign in again; empty on any other page. */
export const linkOn = (body: string) => /href="(\/sign-in-again\?ticket=[^"]+)"/.exec(body)?.[1] ?? '';
