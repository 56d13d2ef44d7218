import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { tell } from '../measured.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { describeFailure } from '../web/failure.ts';
import { AddressGuard } from './address-guard.ts';
import { type Asking, boundedFetch, type Line } from './bounded-fetch.ts';
import { fetchMetadata, listEndpoints, type ProviderMetadata } from './metadata.ts';
import { ProviderKeys } from './provider-keys.ts';
import { Refreshed } from './refreshed.ts';
import { isUnreachable } from './refusals.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

const away = 'Your company’s sign-in does not answer just now. Nothing is wrong on your side; try again in a few minutes.';
const notAsExpected =
  'Your company’s sign-in is not set up in the way that Outlay needs, so nobody can be sent there. Tell whoever runs Outlay the reference below.';

/** What we know of one provider: its metadata and keys as last read, and its clock. Every request to it goes through here. */
export class ProviderConnection {
  readonly keys: ProviderKeys;
  readonly #issuer: string;
  readonly #guard: AddressGuard;
  readonly #metadata: Refreshed<ProviderMetadata>;
  readonly #now: Clock;
  readonly #log: Logger;
  #clockOffset: number | undefined;

  constructor(issuer: string, now: Clock, log: Logger) {
    this.#issuer = issuer;
    this.#guard = new AddressGuard(issuer);
    const eventsOf = (what: string) => ({
      onFailure: (error: unknown) => this.#warn(what, error),
      leavesKnown: (error: unknown) => !isUnreachable(error),
    });
    this.#metadata = new Refreshed(() => this.#fetchMetadata(), now, eventsOf('metadata'));
    this.keys = new ProviderKeys(new Refreshed(() => this.#fetchKeys(), now, eventsOf('keys')), now);
    this.#now = now;
    this.#log = log;
  }

  /** By how many seconds the provider's clock was ahead of ours when it last answered (RFC 9110 §6.6.1); undefined before that. */
  get clockOffset(): number | undefined {
    return this.#clockOffset;
  }

  /** The metadata as last read, whatever its age; undefined before that. */
  get known(): ProviderMetadata | undefined {
    return this.#metadata.known;
  }

  /** @throws what `boundedFetch` throws. */
  async ask(url: string, asking: Asking, line?: Line): Promise<Response> {
    const began = performance.now();
    const { method = 'GET' } = asking;
    const told = (answered: boolean, status = 0) =>
      tell('provider', () => ({ answered, seconds: (performance.now() - began) / 1_000, method, url, status }));
    const response = await boundedFetch(url, asking, this.#guard, { line }).catch((error: unknown) => {
      told(false);
      // The next who wants to be sure asks first.
      if (isUnreachable(error)) this.#metadata.doubt();
      throw error;
    });
    told(true, response.status);
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.#clockOffset = Math.round((date - this.#now().getTime()) / 1_000);
    return response;
  }

  /** For whoever is underway already: the metadata, also while the provider is away. @throws Problem `unavailable`. */
  async metadata(): Promise<ProviderMetadata> {
    return this.#metadata.current().catch((cause: unknown) => {
      throw unavailable(cause);
    });
  }

  /** For whoever is about to be sent there: makes sure, once a minute, that somebody is. @throws Problem `unavailable`. */
  async confirmedMetadata(): Promise<ProviderMetadata> {
    return this.#metadata.confirmed().catch((cause: unknown) => {
      throw unavailable(cause);
    });
  }

  async #fetchMetadata(): Promise<ProviderMetadata> {
    const metadata = await fetchMetadata(this.#issuer, (url, asking) => this.ask(url, asking));
    for (const [, address] of listEndpoints(metadata)) await this.#guard.assertAllowed(new URL(address));
    return metadata;
  }

  async #fetchKeys(): Promise<JSONWebKeySet> {
    const { jwks_uri: jwksUri } = await this.metadata();
    const response = await this.ask(jwksUri, { headers: { accept: 'application/json, application/jwk-set+json' } });
    if (response.status !== 200) throw new UntrustedAnswer(`keys-status-${response.status}`);
    const { data } = keySet.safeParse(await response.json().catch(() => undefined));
    if (data === undefined) throw new UntrustedAnswer('keys-shape');
    if (data.keys.length > MAX_KEYS) throw new UntrustedAnswer('keys-too-many');
    // What is no key is left out, and the others count (RFC 7517 §5).
    return { keys: data.keys.flatMap((key) => anyKey.safeParse(key).data ?? []) };
  }

  #warn(what: string, error: unknown): void {
    const event = isUnreachable(error) ? 'provider-unavailable' : 'provider-not-trusted';
    this.#log.warn(
      { event, issuer: this.#issuer, failure: describeFailure(error) },
      `the provider’s ${what} could not be read anew; what was known before still holds`,
    );
  }
}

/** What is no key set must not take the place of one. */
const keySet = z.object({ keys: z.custom<readonly unknown[]>(Array.isArray) });
const anyKey = z.looseObject({ kty: z.string() });
/** Each of them may be tried on a token that names none. */
const MAX_KEYS = 50;

/** Why nobody can be sent to the provider. */
export function unavailable(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  if (isUnreachable(cause)) return new Problem('unavailable', away, { cause, reason: 'provider-unavailable' });
  return new Problem('unavailable', notAsExpected, { cause, reason: 'provider-not-trusted' });
}
