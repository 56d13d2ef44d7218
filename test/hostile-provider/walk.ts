import { setTimeout as sleep } from 'node:timers/promises';
import { loginPath, paths } from '../../src/web/paths.ts';
import { type Answer, HttpBrowser } from '../http-browser.ts';
import type { Behaviour, HostileRequest } from './behaviour.ts';
import { behaviourOf, type Fault } from './fault.ts';
import type { HostileProvider } from './provider.ts';

/** One try to sign in, and what came of it. */
export interface Walked {
  /** The last page: of the callback, or of the login page where that led nowhere. */
  readonly answer: Answer;
  /** Whether the browser was sent to the provider. */
  readonly sentAway: boolean;
  readonly signedIn: boolean;
  /** What the provider was asked meanwhile. */
  readonly requests: readonly HostileRequest[];
  /** What was sent astray meanwhile. */
  readonly astray: readonly HostileRequest[];
}

/** Words of the protocol, which are nothing to the person who reads the page. */
const protocolWords = /nonce|state|token|JWT|\biss\b/i;
/** Marks what a provider keeps secret, or says in its own words. */
export const plantedWords = /planted-/;

/** A browser's way through a sign-in at a provider that behaves like this. @param app the address of an Outlay. */
export async function walkThrough(app: string, provider: HostileProvider, behaviour: Behaviour): Promise<Walked> {
  const [asked, astray] = [provider.requests.length, provider.elsewhere.requests.length];
  const browser = new HttpBrowser();
  provider.behaviour = behaviour;
  let answer = await askPatiently(browser, app + paths.login);
  const sentAway = answer.location !== undefined;
  // Only as far as a browser gets that this provider signs in: an address of somebody else's is nobody's to follow.
  if (answer.location?.startsWith(provider.issuer) === true) answer = await browser.ask(answer.location);
  if (answer.location?.startsWith(app) === true) answer = await askPatiently(browser, answer.location);
  return {
    answer,
    sentAway,
    signedIn: (await browser.ask(app + paths.dashboard)).location !== app + loginPath(paths.dashboard),
    requests: provider.requests.slice(asked),
    astray: provider.elsewhere.requests.slice(astray),
  };
}

/** The walk of a sign-in that meets this fault. */
export async function walkInto(fault: Fault, app: string, provider: HostileProvider): Promise<Walked> {
  return walkThrough(app, provider, await behaviourOf(fault.behaviour, provider));
}

/** Whether Outlay has met the fault at all. */
export function wasSeen({ reaches }: Fault, { requests }: Walked): boolean {
  return reaches === undefined || requests.some(({ path }) => path === reaches);
}

/** @returns what is wrong with how Outlay refused this; nothing where it refused as it should. */
export function complaintsOf(fault: Fault, { answer, astray, requests, sentAway, signedIn }: Walked): string[] {
  const complaints: string[] = [];
  const claim = (held: boolean, complaint: string) => held || complaints.push(complaint);
  claim(!signedIn, 'somebody is signed in');
  claim(fault.when === 'sign-in' || !sentAway, 'the browser was sent away');
  const { body, status } = answer;
  const isRefusal = fault.when === 'metadata' ? status === 503 : status >= 400 && status < 600;
  claim(isRefusal, `the status is ${status}${fault.when === 'metadata' ? ', not 503' : ''}`);
  if (isRefusal) {
    claim(referenceOf(answer) !== undefined, 'the page has no reference');
    claim(!protocolWords.test(withoutReference(body)), 'the page has words of the protocol in it');
    claim(!plantedWords.test(body), 'the page has words of the provider’s in it');
  }
  for (const path of fault.noCallsTo) {
    claim(!requests.some((request) => request.path === path), `${path} was asked for`);
  }
  claim(astray.length === 0, `${astray.map(({ path }) => path).join(', ')} was asked for at another origin`);
  return complaints;
}

/** A reference is made by chance, and may spell anything. */
function withoutReference(body: string): string {
  return body.replace(/<code>\w+<\/code>/, '');
}

/** What a person would tell whoever runs Outlay. */
export function referenceOf({ body }: Answer): string | undefined {
  return /Reference <code>([2-9A-Z]{8})<\/code>/.exec(body)?.[1];
}

/** Waits as long as it is told to (RFC 6585 §4). */
async function askPatiently(browser: HttpBrowser, url: string): Promise<Answer> {
  for (;;) {
    const answer = await browser.ask(url);
    if (answer.status !== 429) return answer;
    await sleep(1_000 * (Number(answer.headers.get('retry-after')) || 1));
  }
}
