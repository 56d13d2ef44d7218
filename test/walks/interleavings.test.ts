import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type Answer, HttpBrowser } from '../http-browser.ts';
import { without } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

type Place = { url(path: string): string };

/** Somebody's browser and what it knows: whether its session must be over, or may go on. */
interface Seat {
  readonly person: string;
  readonly sid: string;
  browser: HttpBrowser;
  /** Cookies of sessions that have ended for certain: none may ever count again. */
  readonly ended: HttpBrowser[];
  signedIn: boolean;
}

const kinds = ['sign-in', 'page', 'wait', 'sign-out', 'end-others', 'told-sid', 'told-subject'] as const;
type Step = { readonly kind: (typeof kinds)[number]; readonly seat: number; readonly elsewhere: boolean };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds, 'page', 'sign-in'),
  seat: fc.nat(3),
  elsewhere: fc.boolean(),
});

/** Several at once, then the next ones. */
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 10 });

const revalidation = 30_000;

class Play {
  readonly #opened: HostileWorld;
  readonly #places: readonly [Place, Place];
  readonly seats: readonly Seat[];

  constructor(opened: HostileWorld, second: Place) {
    this.#opened = opened;
    this.#places = [opened.world, second];
    this.seats = ['sub-alice', 'sub-alice', 'sub-charlie', 'sub-charlie'].map((person, seat) => ({
      person,
      sid: `sid-${seat}`,
      browser: new HttpBrowser(),
      ended: [],
      signedIn: false,
    }));
  }

  /** All of a round begin at the same moment; what a round ends is known once it is over. */
  async round(steps: readonly Step[]): Promise<void> {
    const before = this.seats.map(({ browser }) => browser.copy());
    await Promise.all(steps.map((one) => this.#do(one)));
    for (const [index, seat] of this.seats.entries()) {
      if (!steps.some((one) => this.#ends(one, index))) continue;
      const old = before[index];
      if (old !== undefined && seat.signedIn) seat.ended.push(old);
      // Where somebody signed in while they were signed out, either may have come last.
      seat.signedIn = false;
      if (steps.some(({ kind, seat: at }) => kind === 'sign-in' && at === index)) seat.browser = new HttpBrowser();
    }
    for (const { kind, seat: at } of steps) {
      const seat = this.seats[at];
      if (kind === 'sign-in' && seat !== undefined && !steps.some((one) => this.#ends(one, at))) seat.signedIn = true;
    }
  }

  #ends({ kind, seat: at }: Step, index: number): boolean {
    const [doer, seat] = [this.seats[at], this.seats[index]];
    if (doer === undefined || seat === undefined) return false;
    if (kind === 'sign-out' || kind === 'told-sid') return at === index;
    if (kind === 'told-subject') return doer.person === seat.person;
    return kind === 'end-others' && doer.signedIn && doer.person === seat.person && at !== index;
  }

  async #do({ elsewhere, kind, seat: at }: Step): Promise<void> {
    const seat = this.seats[at];
    if (seat === undefined) return;
    const { browser } = seat;
    const place = this.#places[elsewhere ? 1 : 0];
    const { provider, world } = this.#opened;
    switch (kind) {
      case 'sign-in':
        await this.#signIn(seat, place);
        break;
      case 'page':
        await browser.ask(place.url('/dashboard'));
        break;
      case 'wait':
        skipped += revalidation / 2_000;
        world.advance(revalidation / 2);
        break;
      case 'sign-out':
        await this.#post(browser, place, '/logout');
        break;
      case 'end-others':
        if (seat.signedIn) await this.#post(browser, place, '/sessions/ending');
        break;
      case 'told-sid':
        await this.#tell(place, provider.makeLogoutToken({ claims: { ...times(), sub: seat.person, sid: seat.sid } }));
        break;
      case 'told-subject':
        await this.#tell(place, provider.makeLogoutToken({ claims: { ...times(), sub: seat.person } }));
        break;
    }
  }

  async #signIn({ browser, person, sid }: Seat, place: Place): Promise<void> {
    const { location = '' } = await browser.ask(place.url('/login'));
    // One behaviour serves all that sign in at once: who it is goes along with the state.
    people.set(new URL(location).searchParams.get('nonce') ?? '', { sub: person, sid });
    const { location: callback = '' } = await browser.ask(location);
    await browser.ask(callback.replace(this.#opened.world.baseUrl, place.url('')));
  }

  #post(browser: HttpBrowser, place: Place, path: string): Promise<Answer> {
    return browser.ask(place.url(path), { method: 'POST', headers: { origin: this.#opened.world.baseUrl } });
  }

  async #tell(place: Place, logoutToken: string): Promise<void> {
    const body = new URLSearchParams({ logout_token: logoutToken });
    const { status } = await fetch(place.url('/logout/backchannel'), { method: 'POST', body });
    assert.equal(status, 200);
  }

  async check(): Promise<void> {
    for (const place of this.#places) {
      for (const { browser, ended, person, signedIn } of this.seats) {
        for (const old of ended) assert.equal((await old.ask(place.url('/dashboard'))).status, 303, 'an ended session lives');
        if (signedIn) assert.equal((await browser.ask(place.url('/dashboard'))).status, 200, `the session of ${person} is gone`);
      }
    }
  }
}

const people = new Map<string, { sub: string; sid: string }>();

/** By how many seconds the world's clock is ahead; the provider's goes along. */
let skipped = 0;

function times(): { iat: number; exp: number } {
  const iat = Math.floor(Date.now() / 1_000) + skipped;
  return { iat, exp: iat + 120 };
}

describe('sign-in, use, refresh, sign-out and the provider’s logout, in any order and at once', () => {
  it('SES-5 never leave an ended session alive, in either of two processes, nor end one that nobody ended', async () => {
    await using opened = await openHostileWorld({
      revalidation,
      provider: { offlineAccess: true },
      stepUp: { maxAge: 3_600, acrValues: [] },
      sessionLimits: { idle: 24 * 3_600_000 },
    });
    await using second = await opened.world.openBeside();
    opened.provider.behaviour = {
      claims: (claims) => ({ ...claims, ...times(), auth_time: times().iat, ...people.get(String(claims['nonce'])) }),
      refreshClaims: () => undefined,
      // UserInfo does not know who is meant, so there is none.
      metadata: (metadata) => without(metadata, 'userinfo_endpoint'),
    };
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const play = new Play(opened, second);
        for (const steps of all) await play.round(steps);
        await play.check();
      }),
      { numRuns: 80, seed: 20_261_124, endOnFailure: true },
    );
  });
});
