import { verifyAudit } from '../../src/audit/verify.ts';
import type { Engine } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { assertSpendingAddsUp } from '../spending-sums.ts';
import { openWorld, type World } from '../world.ts';
import { mistakesIn, mistakesInLog } from './checks.ts';
import { Known, pick } from './known.ts';
import { Memory } from './memory.ts';
import { plansFrom } from './plan.ts';
import { type FuzzRequest, requestOf } from './request.ts';
import { addVault, type Player, players, rememberRights } from './scene.ts';
import { type FuzzAnswer, Wire } from './send.ts';

export interface Bounds {
  /** In milliseconds. */
  readonly time: number;
  /** How many requests at most. */
  readonly requests: number;
}

export interface Finding {
  readonly what: string;
  readonly who: Player;
  readonly request: FuzzRequest;
  /** Which one it was, from 1 on. */
  readonly number: number;
}

export interface Fuzzed {
  readonly requests: number;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Routes of which some request was answered by more than a refusal. */
  readonly routes: { readonly reached: readonly string[]; readonly not: readonly string[] };
  readonly findings: readonly Finding[];
  /** In megabytes. */
  readonly memory: readonly number[];
}

/** So many findings are enough to begin with. */
const MOST_FINDINGS = 25;
/** More cookies than a browser has that signs in once. */
const MOST_COOKIES = 8;
/** How often memory is looked at, in parts of the time. */
const LOOKS = 16;

/**
 * Sends what nobody should send to every route and form of a whole Outlay, as each of the players, and looks at every answer.
 * @param seed the same one leads to the same requests, as far as what is generated anew each time, such as ids, allows.
 */
export async function fuzz(engine: Engine, seed: number, bounds: Bounds, say: (line: string) => void): Promise<Fuzzed> {
  await using world = await openWorld({ engine, metricsToken: 'planted-metrics-token-q7s' });
  await addVault(world.db);
  const run = await Run.begin(world);
  await run.visitAll();
  const began = performance.now();
  let next = 0;
  for (const plan of plansFrom(seed)) {
    const passed = performance.now() - began;
    if (run.requests >= bounds.requests || passed >= bounds.time || run.findings.length >= MOST_FINDINGS) break;
    if (passed >= next) {
      run.memory.take();
      next += bounds.time / LOOKS;
      say(`${engine}: ${run.requests} requests, ${run.findings.length} findings, ${run.memory.samples.at(-1)} MB`);
    }
    const request = requestOf(plan, run.known, world.baseUrl);
    await run.send(request.as ?? pick(players, plan.who) ?? 'guest', request);
  }
  // Before the world ends.
  return await run.end();
}

class Run {
  readonly #world: World;
  readonly #wire: Wire;
  readonly #restoreRights: () => Promise<void>;
  readonly #browsers = new Map<Player, HttpBrowser>();
  readonly #secrets = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #reached = new Set<string>();
  readonly #statuses = new Map<number, number>();
  readonly known: Known;
  readonly memory = new Memory();
  readonly findings: Finding[] = [];
  requests = 0;

  private constructor(world: World, restoreRights: () => Promise<void>) {
    this.#world = world;
    this.#restoreRights = restoreRights;
    this.#wire = new Wire(Number(new URL(world.baseUrl).port));
    this.known = new Known(world.routes);
  }

  static async begin(world: World): Promise<Run> {
    const run = new Run(world, await rememberRights(world.db));
    for (const player of players) await run.#signIn(player);
    return run;
  }

  /** Everything that has an address without parts, as those who see most: from there on it is known where to go on. */
  async visitAll(): Promise<void> {
    const routes = this.known.routes.filter((route) => !/[:*]|logout/.test(route));
    for (const who of ['manuel', 'dana', 'fiona'] as const)
      for (const path of routes) await this.send(who, { method: 'GET', path, headers: { accept: 'text/html' }, body: undefined });
    this.requests = 0;
  }

  async send(who: Player, request: FuzzRequest): Promise<void> {
    this.requests += 1;
    const browser = this.#browsers.get(who) ?? new HttpBrowser();
    const cookie = await browser.cookies.getCookieString(this.#world.baseUrl);
    const note = (what: string) => this.#note({ what, who, request, number: this.requests });
    let answer: FuzzAnswer;
    try {
      answer = await this.#wire.send(request, cookie);
    } catch (error) {
      note(`There was no answer: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    await this.#keepCookies(browser, answer);
    for (const mistake of [...mistakesIn(answer, who, this.#world), ...mistakesInLog(this.#world.takeLog(), this.#secrets)])
      note(mistake);
    this.#learn(who, request, answer);
    if (request.path.toLowerCase().startsWith('/admin') && request.method !== 'GET' && who === 'dana')
      await this.#restoreRights();
    if (isSignedOut(answer)) await this.#signIn(who);
  }

  async end(): Promise<Fuzzed> {
    const { db } = this.#world;
    const whole: FuzzRequest = { method: 'all of them', path: '', headers: {}, body: undefined };
    const note = (what: string) => this.#note({ what, who: 'guest', request: whole, number: this.requests });
    for (const mistake of this.memory.mistakes()) note(mistake);
    const { fault } = await verifyAudit(db);
    if (fault !== undefined) note(fault.sentence);
    for (const { id } of await db.selectFrom('team').select('id').execute())
      await assertSpendingAddsUp(db, id).catch((error: unknown) => note(`What ${id} spent does not add up: ${String(error)}`));
    this.#wire[Symbol.dispose]();
    const { true: reached = [], false: not = [] } = Object.groupBy(this.known.routes, (route) =>
      this.#reached.has(route) ? 'true' : 'false',
    );
    const routes = { reached, not };
    return { requests: this.requests, statuses: this.#statuses, routes, findings: this.findings, memory: this.memory.samples };
  }

  #learn(who: Player, request: FuzzRequest, { status, headers, body }: FuzzAnswer): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status < 400 && !isSignedOut({ status, headers, body })) this.#reached.add(this.known.routeOf(request.path));
    const at = URL.canParse(request.path, this.#world.baseUrl) ? request.path : '/';
    if (String(headers['content-type']).startsWith('text/html')) this.known.see(at, body, who);
    if (typeof headers['location'] === 'string') this.known.follow(headers['location'], this.#world.baseUrl, who);
  }

  async #signIn(who: Player): Promise<void> {
    if (who === 'guest') return;
    const browser = new HttpBrowser();
    await this.#world.signIn(who, browser);
    this.#browsers.set(who, browser);
    for (const { value } of await browser.cookies.getCookies(this.#world.baseUrl)) this.#secrets.add(value);
  }

  async #keepCookies(browser: HttpBrowser, { headers }: FuzzAnswer): Promise<void> {
    for (const cookie of [headers['set-cookie'] ?? []].flat())
      await browser.cookies.setCookie(cookie, this.#world.baseUrl).catch(() => {});
    const kept = await browser.cookies.getCookies(this.#world.baseUrl);
    if (kept.length > MOST_COOKIES) await browser.forget('outlay-attempt');
  }

  /** One of a kind is enough to begin with. */
  #note(finding: Finding): void {
    const kind = `${finding.what.slice(0, 40)} ${finding.request.method} ${this.known.routeOf(finding.request.path)}`;
    if (this.#seen.has(kind)) return;
    this.#seen.add(kind);
    this.findings.push(finding);
  }
}

function isSignedOut({ status, headers }: FuzzAnswer): boolean {
  return status === 401 || (status === 303 && String(headers['location']).startsWith('/login?return_to='));
}
