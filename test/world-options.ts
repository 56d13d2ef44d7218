import type { WatchedBackups } from '../src/monitoring/metrics.ts';
import type { TracesParts } from '../src/monitoring/traces.ts';
import type { SensitiveToo } from '../src/people/fresh-sign-in.ts';
import type { SessionLimits } from '../src/people/session-limits.ts';
import type { AdminSettings } from '../src/rights/rules.ts';
import type { IdentityProviderParts } from '../src/sign-in/provider-contract.ts';
import type { Engine } from './databases.ts';

export interface WorldOptions {
  readonly engine?: Engine;
  /** What people and the provider are told; for tests of https behind a proxy. */
  readonly baseUrl?: string;
  /** The sample organisation and its people instead of the cast and theirs. */
  readonly sample?: boolean;
  /** Every page says that this is the demonstration. */
  readonly demonstration?: boolean;
  /** Whether the page with all parts of pages is there, as outside of production; it is unless said otherwise. */
  readonly styleguide?: boolean;
  /** None unless given. */
  readonly signInRateLimit?: number;
  readonly trustProxy?: number;
  /** Outlay is told to trust this instead of the provider that was started. */
  readonly issuer?: string;
  /** How Outlay is told to deal with its provider. */
  readonly provider?: Partial<Omit<IdentityProviderParts, 'issuer' | 'redirectUri' | 'postLogoutUrl' | 'now' | 'log'>>;
  /** As the settings have them unless given. */
  readonly sessionLimits?: Partial<SessionLimits>;
  /** An hour unless given, in milliseconds. */
  readonly revalidation?: number;
  /** Five minutes, however strongly, unless given. */
  readonly stepUp?: { readonly maxAge: number; readonly acrValues: readonly string[] };
  /** Nothing unless given. */
  readonly stepUpFor?: Partial<SensitiveToo>;
  /** Made up where it is not given; two worlds with the same can finish each other's sign-ins. */
  readonly sessionSecret?: string;
  /** True unless given. */
  readonly admitNewPeople?: boolean;
  /** Nobody by the settings unless given. */
  readonly admin?: Partial<AdminSettings>;
  /** Where receipts are kept; in the database unless given. */
  readonly receiptFolder?: string;
  /** 10 MB unless given. */
  readonly importMaxSize?: number;
  /** Nobody reads the metrics unless given. */
  readonly metricsToken?: string;
  /** Nobody is sent traces unless given. */
  readonly traces?: TracesParts['config'];
  /** How the backups stand that are watched; none are unless given. */
  readonly backups?: () => Promise<WatchedBackups>;
}
