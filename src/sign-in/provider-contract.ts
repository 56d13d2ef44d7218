import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';
import type { ProviderConfig } from '../config-provider.ts';
import type { Access } from '../people/access.ts';
import type { Identity, Told } from '../people/people.ts';
import type { Clock } from '../web/clock.ts';

/** What one attempt to sign in must remember between leaving for the provider and coming back. */
export interface AttemptSecrets {
  /** Whose answer is awaited; an answer counts for no other provider (RFC 9700 §4.4.2). */
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** How recently, in seconds, and how strongly somebody must have signed in. */
export interface Demand {
  readonly maxAge?: number | undefined;
  readonly acrValues?: readonly string[] | undefined;
}

/** What of a session a refreshed one must agree with (Core §12.2). */
export interface Before {
  readonly subject: string;
  readonly authTime: Date | undefined;
  /** SHA-256 of the nonce, in base64url. */
  readonly nonceHash: string;
}

/** What the provider says of somebody when it is asked again. */
export interface Renewed {
  readonly told: Told;
  readonly idToken: string | undefined;
}

/** How to end the provider's own session (RP-Initiated Logout §2). */
export interface EndRequest {
  readonly endpoint: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a sign-in led in which nobody could be asked anything. */
export type Led =
  /** To our own address, with an error code of OAuth's; empty where it has none. */
  | { readonly to: 'us'; readonly error: string }
  /** To a page of the provider's own, with the code of an error where it has one that we know. */
  | { readonly to: 'page'; readonly status: number; readonly code: string }
  /** Nowhere: the request was pushed (RFC 9126), and refused with this error code. */
  | { readonly to: 'nowhere'; readonly error: string };

/** How far one comes at the provider with nobody there. Undefined is what it did not answer in a way that we understand. */
export interface Rehearsal {
  /** The error code with which a code is refused that nobody was given: `invalid_grant` where our credentials are right. */
  readonly redeemed: string | undefined;
  readonly led: Led | undefined;
  /** The status of the place where the provider's session ends; undefined also where there is none. */
  readonly ended: number | undefined;
}

/** A company's OpenID provider, as far as Outlay needs it. The one seam between us and OpenID Connect. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  /** Whether the provider's own tile begins a sign-in without a click on a page of ours. */
  readonly trustedTile: boolean;
  /**
   * Where to send the browser to sign in, and what to remember meanwhile.
   * @param asked whom the provider may offer first (Core §3.1.2.1), and what is asked beyond the settings.
   * @throws Problem `unavailable` when the provider does not answer.
   */
  begin(asked?: {
    readonly loginHint?: string | undefined;
    readonly demand?: Demand | undefined;
  }): Promise<{ url: URL; secrets: AttemptSecrets }>;
  /**
   * Turns the provider's redirect into an identity, after every check.
   * @param callbackUrl the configured callback address with the query as it arrived.
   * @param demand what was asked beyond the settings when it began.
   * @throws Problem `sign-in-failed`, or `unavailable` when the provider does not answer.
   */
  finish(callbackUrl: URL, secrets: AttemptSecrets, demand?: Demand): Promise<Identity>;
  /**
   * Asks again who somebody is, by refresh token (RFC 6749 §6).
   * @param keep called first with the refresh token that takes the place of this one, where there is one (RFC 6749 §6).
   * @throws Problem `sign-in-failed` when the provider or its answer ends the session, `unavailable` when nobody can say.
   */
  refresh(refreshToken: string, before: Before, keep: (refreshToken: string) => Promise<void>): Promise<Renewed>;
  /** Makes a refresh token worthless (RFC 7009), if the provider can; fails in silence, because signing out must not fail for that. */
  revoke(refreshToken: string): Promise<void>;
  /** Undefined where the provider offers no such place or does not answer, because signing out of Outlay must not fail for that. */
  end(idToken: string): Promise<EndRequest | undefined>;
  /**
   * What a logout token asks for (Back-Channel Logout §2.6), after every check but whether it came before.
   * @throws UntrustedAnswer, JOSEError, or Problem `unavailable` where its keys cannot be had.
   */
  readLogoutToken(logoutToken: string): Promise<{ access: Access; jti: string }>;
  /** Where `end` leads, as an origin; the issuer's own until its metadata has been read. */
  endOrigin(): string;
  /** Whose pages may frame front-channel logout: the issuer's and those that people are sent to. */
  origins(): readonly string[];
  /** Asks for the provider's metadata, so that an operator learns of a mistake before people do. @throws Problem `unavailable`. */
  reach(): Promise<void>;
  /**
   * Tries at the provider what can be tried without a person, all at once. For the doctor.
   * @throws Problem `unavailable` where its metadata cannot be had.
   */
  rehearse(): Promise<Rehearsal>;
  /** Our public keys, for the provider to fetch (RFC 7517 §5); undefined where the client has none. */
  publishedKeys(): Promise<JSONWebKeySet | undefined>;
  /** By how many seconds the provider's clock was ahead of ours when it last answered (RFC 9110 §6.6.1); undefined before that. */
  clockOffset(): number | undefined;
}

export interface IdentityProviderParts extends ProviderConfig {
  /** The callback, byte for byte as it is registered at the provider. */
  readonly redirectUri: string;
  readonly postLogoutUrl: string;
  /** How far the two clocks may be apart, in seconds. */
  readonly clockTolerance: number;
  readonly now: Clock;
  readonly log: Logger;
}
