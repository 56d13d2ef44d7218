import assert from 'node:assert/strict';
import { endAccess } from '../../src/people/access.ts';
import { paths, sessionEndingPath } from '../../src/web/paths.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';
import { type SeveralPeople, type SignsInAs, severalPeople } from './several-people.ts';

interface FromDevice {
  readonly device: number;
  readonly process: number;
}

/** One thing that somebody does, or the provider. */
export type Act =
  /** `tooLate`: the provider ends its session again before the browser is back. */
  | (FromDevice & { readonly does: 'sign-in'; readonly sub: string; readonly tooLate: boolean })
  | (FromDevice & { readonly does: 'request' | 'sign-out' | 'end-others' })
  | (FromDevice & { readonly does: 'end-one'; readonly index: number })
  | { readonly does: 'provider-logout-sid'; readonly index: number }
  | { readonly does: 'provider-logout-sub'; readonly sub: string };

/** Acts at once; or time that passes; or a session that the provider refreshes no more. */
export type Step = { readonly together: readonly Act[] } | { readonly minutes: number } | { readonly takenBack: number };

const MINUTE = 60_000;
/** In minutes. Time passes by 11, 22 and 45 of them, whose sums are none of these, so that a slow test decides nothing. */
const [IDLE, ABSOLUTE, INTERVAL] = [30, 120, 20];

/** A session as it should be, and its cookie. */
interface Known extends SignsInAs {
  readonly browser: HttpBrowser;
  readonly began: number;
  seen: number;
  asked: number;
  takenBack: boolean;
  ended: boolean;
}

/** Two processes of one Outlay, three devices, and what should be true of every session that was ever there. */
export class Interleaved implements AsyncDisposable {
  readonly sessions: Known[] = [];
  steps = 0;
  /** How often the provider was asked again, and how often that ended the session. */
  readonly revalidated = { asked: 0, ended: 0 };
  readonly #opened: AsyncDisposableStack;
  readonly #world: HostileWorld['world'];
  readonly #people: SeveralPeople;
  readonly #issuer: string;
  readonly #origins: readonly string[];
  readonly #devices: (Known | undefined)[] = [];
  #minutes = 0;

  private constructor(opened: AsyncDisposableStack, { provider, world }: HostileWorld, beside: string) {
    this.#opened = opened;
    this.#world = world;
    this.#issuer = provider.issuer;
    this.#origins = [world.url(''), beside];
    this.#people = severalPeople(() => this.#minutes * MINUTE);
    provider.behaviour = this.#people.behaviour;
  }

  static async open(): Promise<Interleaved> {
    await using opened = new AsyncDisposableStack();
    const hostile = opened.use(
      await openHostileWorld({
        provider: { offlineAccess: true },
        revalidation: INTERVAL * MINUTE,
        sessionLimits: { idle: IDLE * MINUTE, absolute: ABSOLUTE * MINUTE, perPerson: 1_000 },
      }),
    );
    const beside = opened.use(await hostile.world.openBeside());
    return new Interleaved(opened.move(), hostile, beside.url(''));
  }

  async take(step: Step): Promise<void> {
    this.steps += 1;
    if ('minutes' in step) {
      this.#minutes += step.minutes;
      this.#world.advance(step.minutes * MINUTE);
      for (const session of this.sessions) session.ended ||= this.#isOver(session);
    } else if ('takenBack' in step) {
      const open = this.sessions.filter(({ ended }) => !ended);
      const session = open[step.takenBack % open.length];
      if (session !== undefined) session.takenBack = true;
      this.#people.takeBack(session?.sid ?? '');
    } else await this.#together(step.together);
    // The newest of what has ended is likeliest to come back; all of it is looked at in the end.
    for (const session of this.sessions.filter(({ ended }) => ended).slice(-3)) await this.#assertEnded(session);
  }

  /** Of every session, in both processes. */
  async check(): Promise<void> {
    for (const session of this.sessions) {
      if (session.ended) await this.#assertEnded(session);
      else await this.#assertOpen(session);
    }
  }

  async #together(acts: readonly Act[]): Promise<void> {
    const before = this.sessions.filter(({ ended }) => !ended);
    const devices = [...this.#devices];
    // An act of somebody whose own session another act ends at once may have come too late.
    const must = new Set<Known>();
    const may = new Set<Known>();
    const endedBy = await Promise.all(acts.map((act) => this.#act(act, devices)));
    for (const [index, { ends, by }] of endedBy.entries()) {
      const disturbed = by !== undefined && endedBy.some((other, at) => at !== index && other.ends.includes(by));
      for (const session of ends) (disturbed ? may : must).add(session);
    }
    for (const session of before) {
      if (must.has(session)) session.ended = true;
      else if (may.has(session)) session.ended = !(await this.#accepts(session, 0));
      else if (acts.length > 1) await this.#assertOpen(session);
    }
    // Who signed in while access was ended is in or out; whichever it is, it stays so.
    const logouts = acts.filter(({ does }) => does.startsWith('provider-') || does.startsWith('end-'));
    for (const session of this.sessions.filter((one) => !one.ended && !before.includes(one))) {
      if (logouts.length > 0 && !(await this.#accepts(session, 0))) session.ended = true;
      if (!session.ended) await this.#assertOpen(session);
    }
  }

  /** @returns which of the sessions that were there end by it, and whose session it takes for that. */
  async #act(act: Act, devices: readonly (Known | undefined)[]): Promise<{ ends: readonly Known[]; by?: Known }> {
    const all = this.sessions.filter(({ ended }) => !ended);
    if (act.does === 'provider-logout-sub') {
      await endAccess(this.#world.db, { issuer: this.#issuer, subject: act.sub }, this.#now);
      return { ends: all.filter(({ sub }) => sub === act.sub) };
    }
    if (act.does === 'provider-logout-sid') {
      const { sid } = this.#at(act.index) ?? { sid: 'of nobody' };
      await endAccess(this.#world.db, { issuer: this.#issuer, sid }, this.#now);
      return { ends: all.filter((session) => session.sid === sid) };
    }
    const own = devices[act.device];
    const revoked = own !== undefined && !own.ended && this.#use(own);
    if (act.does === 'sign-in') {
      await this.#signIn(act, own);
      return { ends: own === undefined ? [] : [own] };
    }
    const target = act.does === 'end-one' ? this.#at(act.index) : undefined;
    const idHash = target === undefined ? 'x'.repeat(43) : await this.#idHashOf(target);
    const browser = own?.browser.copy() ?? new HttpBrowser();
    const path = {
      request: paths.profile,
      'sign-out': paths.logout,
      'end-others': paths.sessionsEnding,
      'end-one': sessionEndingPath(idHash),
    }[act.does];
    const asking = act.does === 'request' ? {} : { method: 'POST' as const, headers: { origin: this.#world.baseUrl } };
    const { status } = await browser.ask(this.#origin(act.process) + path, asking);
    assert.ok(status < 500, `${act.does} was answered with ${status}`);
    if (own === undefined || own.ended) return { ends: [] };
    if (revoked || act.does === 'sign-out') return { ends: [own] };
    if (act.does === 'end-one') return { ends: target?.sub === own.sub && !target.ended ? [target] : [], by: own };
    if (act.does === 'request' || own.began !== this.#minutes) return { ends: [] };
    return { ends: all.filter((session) => session.sub === own.sub && session !== own), by: own };
  }

  async #signIn({ device, process, sub, tooLate }: Extract<Act, { does: 'sign-in' }>, own: Known | undefined): Promise<void> {
    const browser = own?.browser.copy() ?? new HttpBrowser();
    const sid = `sid-${crypto.randomUUID()}`;
    const origin = this.#origin(process);
    const { location: there = '' } = await browser.ask(origin + paths.login);
    this.#people.expect(there, { sub, sid });
    const { location: back = '' } = await browser.ask(there);
    if (tooLate) await endAccess(this.#world.db, { issuer: this.#issuer, sid }, this.#now);
    const { status } = await browser.ask(back.replace(this.#world.url(''), origin));
    assert.ok(status === 400 || (status === 303 && !tooLate), `signing in was answered with ${status}`);
    const at = this.#minutes;
    const session = { browser, sub, sid, began: at, seen: at, asked: at, takenBack: false, ended: tooLate };
    this.sessions.push(session);
    this.#devices[device] = session;
  }

  /** A request of this session's. @returns whether the provider, which is asked again by it, ends it. */
  #use(session: Known): boolean {
    session.seen = this.#minutes;
    if (this.#minutes - session.asked < INTERVAL) return false;
    session.asked = this.#minutes;
    this.revalidated.asked += 1;
    if (session.takenBack) this.revalidated.ended += 1;
    return session.takenBack;
  }

  async #assertOpen(session: Known): Promise<void> {
    const due = this.#use(session);
    for (const process of [0, 1]) {
      assert.equal(await this.#accepts(session, process), !due, `${session.sid} of ${session.sub} in process ${process}`);
    }
    session.ended = due;
  }

  async #assertEnded(session: Known): Promise<void> {
    for (const process of [0, 1]) assert.ok(!(await this.#accepts(session, process)), `${session.sid} is accepted again`);
  }

  async #accepts({ browser }: Known, process: number): Promise<boolean> {
    // A copy, because a browser would forget the cookie that is refused.
    const { status } = await browser.copy().ask(this.#origin(process) + paths.profile);
    return status === 200;
  }

  async #idHashOf({ sid }: Known): Promise<string> {
    const row = await this.#world.db.selectFrom('session').select('id_hash').where('sid', '=', sid).executeTakeFirst();
    return row?.id_hash ?? 'x'.repeat(43);
  }

  #isOver({ began, seen }: Known): boolean {
    return this.#minutes - seen >= IDLE || this.#minutes - began >= ABSOLUTE;
  }

  #at(index: number): Known | undefined {
    return this.sessions[this.sessions.length - 1 - (index % 8)];
  }

  #origin(process: number): string {
    return this.#origins[process] ?? '';
  }

  readonly #now = () => new Date(Date.now() + this.#minutes * MINUTE);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }
}
