import type { Player } from './scene.ts';
import { type FoundForm, formsOn, linksOn } from '../forms.ts';

/** How many addresses and forms are remembered of one route: enough for different states, and no more memory with time. */
const MOST = 12;

/** A path with its query. */
export interface KnownAddress {
  readonly address: string;
  /** Who was shown it last; undefined for what has always been known. */
  readonly by: Player | undefined;
}

export interface KnownForm extends FoundForm {
  /** Path and query. */
  readonly action: string;
  /** Who was shown it last. */
  readonly by: Player;
}

/** What of the application has been seen so far, by its routes. */
export class Known {
  readonly routes: readonly string[];
  readonly #patterns: readonly (readonly [string, RegExp])[];
  readonly #addresses = new Map<string, KnownAddress[]>();
  readonly #forms = new Map<string, KnownForm[]>();

  /** @param routes as Express has them. */
  constructor(routes: readonly string[]) {
    this.routes = [...new Set(routes)];
    this.#patterns = this.routes.map((route) => [
      route,
      new RegExp(`^${route.replace(/[.*]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`, 'i'),
    ]);
    for (const route of this.routes)
      if (!route.includes(':')) this.#note(this.#addresses, route, { address: route, by: undefined });
  }

  /** Which route this leads to, or `none`. */
  routeOf(address: string): string {
    const path = address.split('?', 1)[0] ?? '';
    return this.#patterns.find(([, pattern]) => pattern.test(path))?.[0] ?? 'none';
  }

  /** Takes in what a page leads to. @param at its address. @param by who was shown it. */
  see(at: string, page: string, by: Player): void {
    for (const link of linksOn(page)) this.follow(link, at, by);
    for (const form of formsOn(page)) {
      for (const action of form.actions.length === 0 ? [at] : form.actions) {
        const address = within(action, at);
        if (address !== undefined)
          this.#note(this.#forms, this.routeOf(address), apart({ ...form, action: address, by }), sameFields);
      }
    }
  }

  /** Takes in an address. */
  follow(link: string, at: string, by: Player): void {
    const address = within(link, at);
    if (address !== undefined) this.#note(this.#addresses, this.routeOf(address), apart({ address, by }), sameAddress);
  }

  /** The nth route with an address, and the nth of its addresses; both round and round. */
  address(route: number, index: number): KnownAddress {
    return pick(pick([...this.#addresses.values()], route) ?? [], index) ?? { address: '/', by: undefined };
  }

  form(route: number, index: number): KnownForm | undefined {
    return pick(pick([...this.#forms.values()], route) ?? [], index);
  }

  /** What stands in known addresses where this route has a part of its own. */
  partsOf(route: string, index: number): readonly string[] {
    return (pick(this.#addresses.get(route) ?? [], index)?.address.split('?', 1)[0] ?? '').split('/');
  }

  get size(): { addresses: number; forms: number } {
    return { addresses: this.#addresses.size, forms: this.#forms.size };
  }

  #note<T>(kept: Map<string, T[]>, route: string, one: T, same: (a: T, b: T) => boolean = Object.is): void {
    const known = kept.get(route) ?? [];
    kept.set(route, known);
    if (known.some((other) => same(one, other))) return;
    // The latest are the likeliest to be there still.
    if (known.push(one) > MOST) known.shift();
  }
}

/** A part of a page is a part of its memory, all of which would be kept with it. */
function apart<T extends KnownAddress | KnownForm>(found: T): T {
  return JSON.parse(JSON.stringify(found)) as T;
}

export function pick<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}

function sameAddress(a: KnownAddress, b: KnownAddress): boolean {
  return a.address === b.address;
}

function sameFields(a: KnownForm, b: KnownForm): boolean {
  return a.action === b.action && Object.keys(a.fields).join() === Object.keys(b.fields).join();
}

/** @returns path and query, where it leads to a page of the same application. */
function within(link: string, at: string): string | undefined {
  const base = new URL(at, 'http://here.invalid');
  if (link === '' || !URL.canParse(link, base.href)) return undefined;
  const url = new URL(link, base);
  return url.host === base.host ? url.pathname + url.search : undefined;
}
