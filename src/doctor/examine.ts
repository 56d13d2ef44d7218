import type { Config } from '../config.ts';
import type { ProviderConfig } from '../config-provider.ts';
import type { Database } from '../database/schema.ts';
import type { Clock } from '../web/clock.ts';
import { examineDatabase, examineDatabaseAt } from './database.ts';
import { type Finding, weak } from './finding.ts';
import { examineProvider } from './provider.ts';
import { judgeSettings } from './settings.ts';
import { within } from './within.ts';

export interface ToExamine {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where there is none to ask: the demonstration's runs only within Outlay. */
  readonly provider: ProviderConfig | undefined;
  /** The one that is in use; undefined opens that of the settings, where there is one. */
  readonly db: Database | undefined;
}

/** How long all of it may take, in milliseconds. */
const LIMIT = 20_000;

/** All checks at once. */
export async function examine({ config, env, provider, db }: ToExamine, now: Clock): Promise<Finding[]> {
  const issuer = provider?.issuer ?? `http://localhost:${config.demoProviderPort}`;
  const about = { ...config, issuer, admin: { ...config.admin, groupsClaim: provider?.groups?.claim ?? 'groups' } };
  const found = await Promise.all([
    provider === undefined ? [] : unlessLate('provider', examineProvider({ ...config, provider }, now)),
    unlessLate('database', db === undefined ? examineDatabaseAt(about) : examineDatabase(db, about)),
  ]);
  return [...judgeSettings(config, env), ...found.flat()];
}

async function unlessLate(what: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  return within(LIMIT, findings).catch(() => [
    weak('unfinished', `Looking at the ${what} took too long, and was given up.`, {
      why: 'It answers, and so slowly that people notice.',
      say: 'Look at what stands between, and run this again.',
    }),
  ]);
}
