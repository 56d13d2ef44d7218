import type { JSONWebKeySet } from 'jose';
import type { Database } from '../src/database/schema.ts';
import { usualGroups } from '../src/config-provider.ts';
import type { Identity } from '../src/people/people.ts';
import type { SessionLimits } from '../src/people/session-limits.ts';
import type { Viewer } from '../src/people/viewer.ts';
import { type KnownClaims, learnClaims, noClaims } from '../src/rights/claims.ts';
import { ProviderKeys } from '../src/sign-in/provider-keys.ts';
import { RuleBook } from '../src/rights/rule-book.ts';
import { toldClaims } from '../src/sign-in/told-claims.ts';
import { Refreshed } from '../src/sign-in/refreshed.ts';

/** What a provider tells us of Alice, or of somebody who differs from her in this. */
export function identityOf(told: Partial<Identity> = {}): Identity {
  return {
    issuer: 'https://id.example.com',
    subject: 'sub-alice',
    name: 'Alice Archer',
    email: 'alice@example.com',
    emailVerified: true,
    locale: undefined,
    claims: toldClaims({}, {}, usualGroups),
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
export function viewerWith(verifiedEmail: string | undefined, more: Partial<Viewer> = {}): Viewer {
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
    locale: undefined,
    verifiedEmail,
    claims: noClaims,
    rights: [],
    ...more,
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

/** The rules of a database, with nobody an admin by the settings. */
export function ruleBookOf(db: Database): RuleBook {
  return new RuleBook(db, { groupsClaim: 'groups' });
}

/** The same viewer with the rights that the rules give right now. */
export async function withRights(db: Database, viewer: Viewer): Promise<Viewer> {
  const { rules } = await ruleBookOf(db).now();
  return { ...viewer, rights: rules.rightsOf({ ...viewer, grants: [] }) };
}

/** Claims in which the provider named these groups. */
export function inGroups(...groups: readonly string[]): KnownClaims {
  return learnClaims(noClaims, toldClaims({ groups }, {}, usualGroups), true, new Date(0));
}
