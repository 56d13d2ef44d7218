import { type Config, readConfig } from '../config.ts';
import { type ProviderConfig, usualGroups } from '../config-provider.ts';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { examineBackups } from './backups.ts';
import { type DatabaseToExamine, examineDatabase, examineDatabaseAt } from './database.ts';
import { type Finding, weak } from './finding.ts';
import { examineProvider } from './provider.ts';
import { judgeMistakes, judgeSettings } from './settings.ts';
import { within } from '../web/within.ts';

export interface ToExamine {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where there is none to ask: the demonstration's runs only within Outlay. */
  readonly provider: ProviderConfig | undefined;
  /** The one that is in use. */
  readonly db: Database;
}

/** How long all of it may take, in milliseconds. */
const LIMIT = 20_000;

/** All checks of the running process at once. */
export async function examine({ config, env, provider, db }: ToExamine, now: Clock): Promise<Finding[]> {
  const found = await Promise.all([
    askProvider(config, provider, now),
    unlessLate('database', examineDatabase(db, aboutDatabase(config, provider))),
    unlessLate('folder of backups', examineBackups(config.backups, now)),
  ]);
  return inTheirNames([...judgeSettings(config, env), ...found.flat()], env);
}

/**
 * All checks at once where nothing may run: of these settings, and of the provider and the database that they name. Where some settings
 * are mistaken, what the others name is looked at all the same.
 */
export async function examineSettings(env: ToExamine['env'], now: Clock): Promise<Finding[]> {
  const { config, mistakes } = readConfig(env);
  const { provider } = config;
  const isAbout = (names: RegExp) => mistakes.filter((mistake) => names.test(mistake));
  const ofProvider = isAbout(/^(OIDC_|OKTA_|APP_BASE_URL|POST_LOGOUT_URL)/);
  // Which file is the usual one depends on whether there is a provider.
  const databaseKnown =
    isAbout(/^(DATABASE_|DATA_DIR|RECEIPT_STORAGE|ADMIN_)/).length === 0 && (provider !== undefined || mistakes.length === 0);
  // The metadata at the address say what the issuer is. It may have no other mistake: this one would not be the only one.
  const tryIssuer = ofProvider.length === 1 && /^(OIDC|OKTA)_ISSUER .*well-known/.test(ofProvider[0] ?? '');
  const found = await Promise.all([
    ofProvider.length === 0 || tryIssuer ? askProvider(config, provider, now) : [],
    databaseKnown ? unlessLate('database', examineDatabaseAt(aboutDatabase(config, provider))) : [],
    unlessLate('folder of backups', examineBackups(config.backups, now)),
  ]);
  const ofSettings =
    mistakes.length === 0
      ? judgeSettings(config, env)
      : judgeMistakes(tryIssuer ? mistakes.filter((mistake) => !ofProvider.includes(mistake)) : mistakes, env);
  return inTheirNames([...ofSettings, ...found.flat()], env);
}

/** Where a setting has the older name, so has what is to be pasted: both names, with two values, would stop the start. */
function inTheirNames(findings: readonly Finding[], env: ToExamine['env']): Finding[] {
  const isSet = (name: string) => [name, `${name}_FILE`].some((one) => (env[one] ?? '') !== '');
  const rename = (paste: string) =>
    paste.replace(/^OIDC_(ISSUER|CLIENT_ID|CLIENT_SECRET)(?==)/gm, (name, rest: string) =>
      !isSet(name) && isSet(`OKTA_${rest}`) ? `OKTA_${rest}` : name,
    );
  return findings.map((finding) => ({ ...finding, remedy: { ...finding.remedy, paste: rename(finding.remedy.paste) } }));
}

async function askProvider(config: Config, provider: ProviderConfig | undefined, now: Clock): Promise<Finding[]> {
  return provider === undefined
    ? []
    : unlessLate('provider', examineProvider({ ...config, provider, groupsWanted: config.admin.group !== undefined }, now));
}

function aboutDatabase(config: Config, provider: ProviderConfig | undefined): DatabaseToExamine {
  const issuer = provider?.issuer ?? `http://localhost:${config.demoProviderPort}`;
  return { ...config, issuer, admin: { ...config.admin, groupsClaim: (provider?.groups ?? usualGroups).claim } };
}

async function unlessLate(what: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  return within(LIMIT, findings).catch(() => [
    weak('unfinished', `Looking at the ${what} took too long, and was given up.`, {
      why: 'It answers, and so slowly that people notice.',
      say: 'Look at what stands between, and run this again.',
    }),
  ]);
}
