import pino from 'pino';
import type { ProviderConfig } from '../config-provider.ts';
import { openIdentityProvider } from '../sign-in/identity-provider.ts';
import { ProviderConnection } from '../sign-in/provider-connection.ts';
import type { Clock } from '../web/clock.ts';
import { paths } from '../web/paths.ts';
import { judgeCapabilities } from './capabilities.ts';
import { judgeRehearsal } from './client.ts';
import { type Discovery, discover, judgeDiscovery } from './discovery.ts';
import { type Finding, weak } from './finding.ts';
import { issuerOf, judgeSpelling } from './issuer-spelling.ts';
import { certificateEnd, judgeCertificate, judgeClock, judgeFailure, judgeTime } from './reachability.ts';
import { within } from '../web/within.ts';

export interface ProviderToExamine {
  readonly provider: ProviderConfig;
  readonly baseUrl: string;
  readonly postLogoutUrl: string;
  /** How far the two clocks may be apart, in seconds. */
  readonly clockTolerance: number;
  /** How often the provider is asked again, in milliseconds; 0 is never. */
  readonly revalidation: number;
  /** Whether settings are about groups. */
  readonly groupsWanted?: boolean;
}

/** How long one part of it may take, in milliseconds. */
const LIMIT = 8_000;

/**
 * Everything that can be known of a provider without a person, asked for now: nothing that the running sign-in knows is used or changed.
 * The issuer may be the address of its metadata.
 */
export async function examineProvider(about: ProviderToExamine, now: Clock): Promise<Finding[]> {
  const { issuer } = about.provider;
  const [certificate, rest] = await Promise.all([
    issuer.startsWith('https:') ? certificateEnd(issuer, LIMIT) : undefined,
    examineAnswers(about, now),
  ]);
  return [...rest, ...judgeCertificate(certificate, now())];
}

async function examineAnswers(about: ProviderToExamine, now: Clock): Promise<Finding[]> {
  const { issuer } = about.provider;
  const connection = new ProviderConnection(issuer, now, silent);
  const ask: Parameters<typeof discover>[1] = (url, asking) => connection.ask(url, asking);
  const began = performance.now();
  let found: Discovery;
  try {
    found = await within(LIMIT, discover(issuer, ask));
  } catch (error) {
    // A host that is not there is often a misspelt one.
    const spelling = judgeSpelling(issuer);
    return [...(spelling === undefined ? [] : [spelling]), judgeFailure(issuer, error)];
  }
  const time = judgeTime((performance.now() - began) / 1_000);
  const clock = judgeClock(connection.clockOffset, about.clockTolerance);
  const name = await judgeDiscovery(issuer, found, ask);
  const { document } = found;
  if (document === undefined) return [name, time, ...clock];
  const capabilities = judgeCapabilities(document, about);
  const known = String(document['issuer']);
  // A slash more or less is the same provider; to any other name nothing of ours is sent.
  const same = known.replace(/\/$/, '') === issuerOf(issuer).replace(/\/$/, '');
  const usable = same && capabilities.every(({ check, kind }) => kind !== 'wrong' || check === 'authentication');
  return [name, time, ...clock, ...capabilities, ...(usable ? await rehearse(about, known, now) : [])];
}

async function rehearse(about: ProviderToExamine, issuer: string, now: Clock): Promise<Finding[]> {
  const { baseUrl, postLogoutUrl, clockTolerance } = about;
  const redirectUri = baseUrl + paths.callback;
  const provider = { ...about.provider, issuer };
  const rehearsing = openIdentityProvider({ ...provider, redirectUri, postLogoutUrl, clockTolerance, now, log: silent });
  try {
    return judgeRehearsal(await within(LIMIT, rehearsing.rehearse()), { provider, redirectUri, postLogoutUrl });
  } catch {
    return [
      weak('rehearsal', 'How Outlay is registered at the provider could not be tried: it stopped answering.', {
        why: 'Its metadata were there, and what they name was not, or not in time.',
        say: 'Run this again; look at what stands between if it stays so.',
      }),
    ];
  }
}

/** What the doctor meets it says itself. */
const silent = pino({ level: 'silent' });
