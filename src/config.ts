import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { checkAcrValues, type ProviderConfig, parseProvider } from './config-provider.ts';
import { parseTraces, type TracesConfig } from './config-traces.ts';
import { type LogFormat, type LogLevel, secretSettings, settings } from './config-settings.ts';
import { listUnknown } from './config-unknown.ts';
import {
  checkDemonstration,
  checkWorkers,
  parseBaseUrl,
  parseDatabaseOwnerUrl,
  parseDatabaseUrl,
  parsePostLogoutUrl,
  parseReceiptStorage,
  parseTrustProxy,
} from './config-values.ts';
import type { SensitiveToo } from './people/fresh-sign-in.ts';

/** Everything Outlay can be told from outside. Frozen; made once, by `program.ts`, from the environment. */
export interface Config {
  readonly production: boolean;
  readonly port: number;
  /** How many processes share the port. */
  readonly workers: number;
  /** Scheme, host and port as people and the provider see them; never with a slash at the end. */
  readonly baseUrl: string;
  readonly postLogoutUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** The role that owns the tables, where that is not the one of `databaseUrl`; PostgreSQL only. */
  readonly databaseOwnerUrl: string | undefined;
  /** Where new receipts are kept; undefined is in the database. */
  readonly receiptFolder: string | undefined;
  /** Undefined where Outlay makes none by itself; how often, in milliseconds. */
  readonly backups: { readonly folder: string; readonly every: number; readonly keep: number } | undefined;
  /** With what backups are encrypted, whoever makes them; undefined where they are not. */
  readonly backupKeys: BackupKeys | undefined;
  /** The largest file that can be imported, in bytes. */
  readonly importMaxSize: number;
  /**
   * The first seals, each opens. Undefined where none was given: one is then made and kept in the data folder. Always given in
   * production.
   */
  readonly sessionSecrets: readonly string[] | undefined;
  /** For Express's `trust proxy`: hops, addresses, or false. Decides only whose address a request is counted for. */
  readonly trustProxy: number | string[] | false;
  /** Whoever bears it reads the metrics; without one nobody does. */
  readonly metricsToken: string | undefined;
  /** Where traces are sent, and which; undefined where nobody has asked for them. */
  readonly traces: TracesConfig | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: text on a terminal, and otherwise JSON. */
  readonly logFormat: LogFormat | undefined;
  readonly sampleOrganisation: boolean;
  /** How often one address may begin or finish signing in per minute; 0 is no limit. */
  readonly signInRateLimit: number;
  /** How long sessions last, in milliseconds, and how many a person may have. */
  readonly sessionLimits: { readonly idle: number; readonly absolute: number; readonly perPerson: number };
  /** How often the provider is asked again whether a session still holds, in milliseconds; 0 is never. */
  readonly revalidation: number;
  /** How recently, in seconds, and how strongly somebody must have signed in for what is sensitive. */
  readonly stepUp: { readonly maxAge: number; readonly acrValues: readonly string[] };
  /** What else is. */
  readonly stepUpFor: SensitiveToo;
  /** How far the clocks of Outlay and of the provider may be apart, in seconds. */
  readonly clockTolerance: number;
  /** Whether somebody the provider vouches for and whom we do not know yet becomes a person here. */
  readonly admitNewPeople: boolean;
  /** Who is an admin whatever the rules say, so that there is a first one: whoever proves this address, or is in this group. */
  readonly admin: { readonly email: string | undefined; readonly group: string | undefined };
  /** Undefined in the demonstration, which brings a provider of its own. */
  readonly provider: ProviderConfig | undefined;
  readonly demoProviderPort: number;
  /** Sentences for the operator about settings that are allowed but not good. */
  readonly warnings: readonly string[];
}

/** One of the two, or both: then either opens a backup. */
export interface BackupKeys {
  /** Public keys of age. */
  readonly recipients: readonly string[];
  readonly passphrase: string | undefined;
}

/** Thrown by `loadConfig` with every mistake at once, each beginning with the name of its variable. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`Outlay cannot start with these settings:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks all settings. An empty variable counts as not set, as compose files write it.
 * @throws ConfigError that lists every mistake.
 */
export function loadConfig(env: Environment): Config {
  const { config, mistakes } = readConfig(env);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

/** As `loadConfig`, for whoever looks at mistakes: what a mistake is about is in `config` as it was given, or as if it were not set. */
export function readConfig(env: Environment): { readonly config: Config; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const warnings = listUnknown(Object.keys(env));
  const given = parseSettings(withSecretFiles(env, mistakes), mistakes);
  const production = given.NODE_ENV === 'production';
  const baseUrl = parseBaseUrl(given.APP_BASE_URL ?? `http://localhost:${given.PORT}`, production, mistakes, warnings);
  const provider = parseProvider(given, mistakes);
  const demonstration = provider === undefined;
  if (demonstration) checkDemonstration(production, baseUrl, mistakes);
  checkWorkers(given.WORKERS, demonstration, given.DATABASE_URL, mistakes);
  if (given.DEMO_PROVIDER_PORT === given.PORT) mistakes.push('DEMO_PROVIDER_PORT must differ from PORT.');
  if (production && given.SESSION_SECRET === undefined && !mistakes.some((mistake) => mistake.startsWith('SESSION_SECRET'))) {
    mistakes.push('SESSION_SECRET is needed when NODE_ENV=production; `openssl rand -base64 32` makes a good one.');
  }
  checkAcrValues(provider?.acrValues ?? [], given.STEP_UP_ACR_VALUES ?? [], mistakes);
  const config: Config = {
    production,
    port: given.PORT,
    workers: given.WORKERS,
    baseUrl,
    postLogoutUrl: given.POST_LOGOUT_URL === undefined ? baseUrl : parsePostLogoutUrl(given.POST_LOGOUT_URL, mistakes),
    dataDir: given.DATA_DIR,
    databaseUrl: parseDatabaseUrl(given.DATABASE_URL ?? defaultDatabaseUrl(given.DATA_DIR, demonstration), mistakes),
    databaseOwnerUrl: parseDatabaseOwnerUrl(given.DATABASE_OWNER_URL, given.DATABASE_URL, mistakes),
    receiptFolder: parseReceiptStorage(given.RECEIPT_STORAGE, mistakes),
    backups:
      given.BACKUP_FOLDER === undefined
        ? undefined
        : { folder: given.BACKUP_FOLDER, every: given.BACKUP_EVERY * 60 * 60_000, keep: given.BACKUP_KEEP },
    backupKeys:
      given.BACKUP_RECIPIENT === undefined && given.BACKUP_PASSPHRASE === undefined
        ? undefined
        : { recipients: given.BACKUP_RECIPIENT ?? [], passphrase: given.BACKUP_PASSPHRASE },
    importMaxSize: given.IMPORT_MAX_MB * 1_048_576,
    sessionSecrets: given.SESSION_SECRET,
    trustProxy: parseTrustProxy(given.TRUST_PROXY, mistakes),
    metricsToken: given.METRICS_TOKEN,
    traces: parseTraces(given, mistakes),
    logLevel: given.LOG_LEVEL ?? (demonstration ? 'warn' : 'info'),
    logFormat: given.LOG_FORMAT,
    sampleOrganisation: demonstration || given.SAMPLE_ORGANISATION === '1',
    signInRateLimit: given.SIGN_IN_RATE_LIMIT,
    sessionLimits: {
      idle: given.SESSION_IDLE_LIMIT * 60_000,
      absolute: given.SESSION_ABSOLUTE_LIMIT * 60 * 60_000,
      perPerson: given.SESSION_COUNT_LIMIT,
    },
    revalidation: (given.SESSION_REVALIDATION ?? (demonstration ? 1 : 60)) * 60_000,
    stepUp: { maxAge: given.STEP_UP_MAX_AGE, acrValues: given.STEP_UP_ACR_VALUES ?? [] },
    stepUpFor: { exports: given.STEP_UP_EXPORTS === '1', rights: given.STEP_UP_RIGHTS === '1' },
    clockTolerance: given.CLOCK_TOLERANCE,
    admitNewPeople: given.ADMIT_NEW_PEOPLE === '1',
    admin: { email: given.ADMIN_EMAIL, group: given.ADMIN_GROUP },
    provider,
    demoProviderPort: given.DEMO_PROVIDER_PORT ?? portBeside(given.PORT),
    warnings,
  };
  return { config: Object.freeze(config), mistakes };
}

/** The next port; where there is none, the one before. */
function portBeside(port: number): number {
  return port === 65_535 ? port - 1 : port + 1;
}

/** The demonstration keeps its own file, so that a company's database starts empty beside it. */
function defaultDatabaseUrl(dataDir: string, demonstration: boolean): string {
  return `sqlite:${join(dataDir, demonstration ? 'demonstration.sqlite' : 'outlay.sqlite')}`;
}

function withSecretFiles(env: Environment, mistakes: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(settings.shape)) {
    const value = env[name];
    if (value !== undefined && value.trim() !== '') found[name] = value;
  }
  for (const name of secretSettings) {
    const file = env[`${name}_FILE`];
    if (file === undefined || file.trim() === '') continue;
    if (name in found) {
      mistakes.push(`${name} and ${name}_FILE are both set; keep one of them.`);
      continue;
    }
    try {
      const secret = readFileSync(file, 'utf8').trim();
      if (secret === '') mistakes.push(`${name}_FILE names "${file}", which is empty.`);
      else found[name] = secret;
    } catch {
      mistakes.push(`${name}_FILE names "${file}", which cannot be read.`);
    }
  }
  return found;
}

/** What cannot be read is a mistake and then counts as not set, so that the mistakes in all the others are found, too. */
function parseSettings(found: Readonly<Record<string, string>>, mistakes: string[]): z.infer<typeof settings> {
  const parsed = settings.safeParse(found);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  for (const issue of parsed.error.issues) mistakes.push(`${issue.path.join('.')} ${issue.message}.`);
  return settings.parse(Object.fromEntries(Object.entries(found).filter(([name]) => !wrong.has(name))));
}
