import type { JSONWebKeySet } from 'jose';
import type { Identity } from '../src/people/people.ts';
import type { SessionLimits } from '../src/people/sessions.ts';
import type { Viewer } from '../src/people/viewer.ts';
import { ProviderKeys } from '../src/sign-in/provider-keys.ts';
import { Refreshed } from '../src/sign-in/refreshed.ts';

/** What a provider tells us of Alice, or of somebody who differs from her in this. */
export function identityOf(told: Partial<Identity> = {}): Identity {
  return {
    issuer: 'https://id.example.com',
    subject: 'sub-alice',
    name: 'Alice Archer',
    email: 'alice@example.com',
    emailVerified: true,
    sid: undefined,
    authTime: undefined,
    acr: undefined,
    amr: [],
    idToken: 'id-token',
    refreshToken: undefined,
    sessionExpiry: undefined,
    ...told,
  };
}

/** Somebody who has signed in and whose address the provider verified, or, without one, did not. */
export function viewerWith(verifiedEmail: string | undefined): Viewer {
  return {
    personId: 'person',
    sessionIdHash: 'hash',
    issuer: 'https://id.example.com',
    subject: 'sub',
    authTime: undefined,
    acr: undefined,
    seenAt: new Date(0),
    revalidateAt: undefined,
    name: 'Somebody',
    email: verifiedEmail ?? 'unverified@example.com',
    verifiedEmail,
  };
}

/** A clock that only the test moves. */
export class TestClock {
  #at = Date.UTC(2026, 0, 5, 8);

  /** To be handed on as it stands. */
  readonly now = (): Date => new Date(this.#at);

  advance(milliseconds: number): void {
    this.#at += milliseconds;
  }
}

/** As the settings have them unless something else is said. */
export const usualLimits: SessionLimits = { idle: 30 * 60_000, absolute: 12 * 60 * 60_000, perPerson: 10 };

/** A provider's keys, as they are fetched by this. */
export function keysFrom(fetchKeys: () => Promise<JSONWebKeySet>, now: () => Date): ProviderKeys {
  return new ProviderKeys(new Refreshed(fetchKeys, now, { onFailure: () => {}, leavesKnown: () => true }), now);
}
