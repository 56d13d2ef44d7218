import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { startLinking } from './audit/linking.ts';
import { type Config, loadConfig } from './config.ts';
import { usualGroups } from './config-provider.ts';
import { keepInDataFolder, openDataFolder } from './database/data-folder.ts';
import { openDatabase } from './database/open.ts';
import type { Database } from './database/schema.ts';
import { bringUpToDate, canChangeAudit } from './database/wall.ts';
import { Doctor } from './doctor/doctor.ts';
import { examine } from './doctor/examine.ts';
import { demoBanner } from './demo/banner.ts';
import { loadSampleOrganisation } from './demo/load.ts';
import { samplePeople } from './demo/organisation.ts';
import { demoSigningKey } from './demo/signing-key.ts';
import { openReceiptStorages } from './expenses/receipt-places.ts';
import { describeForOperator } from './for-operators.ts';
import { startClearing } from './importing/clearing.ts';
import { clearStopped } from './importing/imports.ts';
import { Runs } from './importing/runs.ts';
import { assertRecipients } from './keeping/age.ts';
import { type BackupState, readBackupState } from './keeping/kept-backups.ts';
import { startBackups } from './keeping/schedule.ts';
import { openLog } from './log.ts';
import { Metrics } from './monitoring/metrics.ts';
import { Problem } from './problems.ts';
import { canHaveAdmin } from './rights/rule-book.ts';
import { openIdentityProvider } from './sign-in/identity-provider.ts';
import { stopSignal } from './stop-signal.ts';
import { bottomCause, describeFailure } from './web/failure.ts';
import { paths } from './web/paths.ts';
import { within } from './web/within.ts';
import { serve } from './web/server.ts';
import { isWorker, leave, superviseWorkers, toldToStop } from './workers.ts';

const now = () => new Date();

/** How the program is started. */
export interface Start {
  /** All that it is told; read once. */
  readonly settings: () => Readonly<Record<string, string | undefined>>;
  /** How what keeps it from running is said to the operator. */
  readonly describe?: (error: unknown) => unknown;
  /** Whether its data goes once it has stopped. */
  readonly passing?: boolean;
}

/** Runs until it is told to stop, and sets the exit code. What keeps it from running is said, and never thrown. */
export async function runOutlay(start: Start): Promise<void> {
  try {
    const env = start.settings();
    const config = loadConfig(env);
    const log = openLog(config);
    if (config.workers === 1 || isWorker()) await run(config, env, log, start.passing === true);
    else process.exitCode = await superviseWorkers(config.workers, log, () => console.log(ready(config)));
  } catch (error) {
    console.error((start.describe ?? describeForOperator)(error));
    process.exitCode = 1;
  } finally {
    leave();
  }
}

/** Opens, wires, listens, and closes everything again when told to stop. */
async function run(config: Config, env: ReturnType<Start['settings']>, log: Logger, passing: boolean): Promise<void> {
  const supervised = isWorker() ? toldToStop() : undefined;
  await using resources = new AsyncDisposableStack();
  if (config.provider === undefined || config.sessionSecrets === undefined) openDataFolder(config.dataDir);
  const sessionSecrets = config.sessionSecrets ?? [
    await keepInDataFolder(config.dataDir, 'session-secret', () => randomBytes(32).toString('base64url')),
  ];
  if (sessionSecrets.some(({ length }) => length < 32)) {
    throw new Problem(
      'invalid',
      `The file "session-secret" in "${config.dataDir}" has been cut short. Remove it, or set SESSION_SECRET; everybody signs in again then.`,
    );
  }

  const db = await openDatabase(config.databaseUrl);
  resources.defer(() => db.destroy());
  for (const name of await bringUpToDate(db, config.databaseOwnerUrl)) log.info({ event: 'migrated', name }, 'migrated');
  if (await canChangeAudit(db)) {
    log.warn(
      { event: 'audit-not-walled' },
      'The database user of Outlay could change the audit record. Give the tables another owner, and name it in DATABASE_OWNER_URL (docs/operations.md).',
    );
  }
  if (config.sampleOrganisation) await loadSampleOrganisation(db, now);
  if (!(await canHaveAdmin(db, config.admin))) {
    log.warn(
      { event: 'no-admin' },
      'Nobody can be an admin yet. Set ADMIN_EMAIL or ADMIN_GROUP, so that teams and rules can be made.',
    );
  }
  const receipts = await openReceiptStorages(db, config.receiptFolder);
  await clearStopped(db, now());
  const imports = { runs: resources.use(new Runs(log)), maxSize: config.importMaxSize };
  resources.use(startLinking(db, log));
  resources.use(startClearing(db, log, now));
  if (config.backupKeys !== undefined) await assertRecipients(config.backupKeys.recipients);
  if (config.backups !== undefined)
    resources.use(
      startBackups({
        ...config.backups,
        db,
        databaseUrl: config.databaseUrl,
        receiptFolder: config.receiptFolder,
        keys: config.backupKeys,
        now,
        log,
      }),
    );

  const demonstration = config.provider === undefined;
  const providerConfig = config.provider ?? resources.use(await startDemo(config)).config;
  const provider = openIdentityProvider({
    ...providerConfig,
    redirectUri: config.baseUrl + paths.callback,
    postLogoutUrl: config.postLogoutUrl,
    clockTolerance: config.clockTolerance,
    now,
    log,
  });
  // The demonstration must not be reachable from elsewhere; a real one may stand in a container or behind a proxy.
  const host = demonstration ? new URL(config.baseUrl).hostname.replace(/^\[|\]$/g, '') : undefined;
  const admin = { ...config.admin, groupsClaim: (config.provider?.groups ?? usualGroups).claim };
  const { baseUrl, sessionLimits, revalidation, stepUp, stepUpFor, trustProxy, signInRateLimit, admitNewPeople } = config;
  const watched = () =>
    new Metrics({
      db,
      limits: sessionLimits,
      clockOffset: () => provider.clockOffset(),
      backups: watchBackups(config),
      now,
      worker: isWorker(),
    });
  const examined = { config, env, provider: providerConfig, db };
  const traces = await openTraces(config, db, log);
  if (traces !== undefined) resources.use(traces);
  const app = createApp({
    db,
    provider,
    now,
    log,
    baseUrl,
    sessionSecrets,
    sessionLimits,
    revalidation,
    stepUp,
    stepUpFor,
    trustProxy,
    signInRateLimit,
    admitNewPeople,
    admin,
    doctor: new Doctor(() => examine(examined, now), now),
    receipts,
    imports,
    demonstration,
    styleguide: !config.production,
    ...(traces !== undefined && { traced: traces.follow }),
    ...(config.metricsToken !== undefined && { metrics: { source: resources.use(watched()), token: config.metricsToken } }),
  });
  resources.use(await serve(config.port, host, () => app));

  for (const warning of config.warnings) log.warn({ event: 'settings' }, warning);
  log.info({ event: 'started', address: baseUrl, issuer: config.provider?.issuer }, 'started');
  // Before anybody is told that it is ready, and may stop it.
  const told = supervised ?? stopSignal();
  if (supervised === undefined)
    console.log(demonstration ? demoBanner(baseUrl, provider.issuer, { database: config.databaseUrl, passing }) : ready(config));
  provider.reach().catch((error: unknown) => {
    const why = error instanceof Error ? bottomCause(error) : undefined;
    const event = (error instanceof Problem ? error.reason : undefined) ?? 'provider-unavailable';
    log.warn({ event, issuer: config.provider?.issuer, failure: describeFailure(error) }, `Nobody can sign in yet: ${why}`);
  });
  log.info({ event: 'stopping', signal: await told }, 'stopping');
}

/** How long whoever asks for metrics waits for the folder of backups, in milliseconds; then it is told what was known before. */
const BACKUPS_LOOK = 1_000;

/** A folder that cannot be read is as bad as one with nothing in it, and says so where the backup fails. */
function watchBackups({ backups }: Config) {
  if (backups === undefined) return undefined;
  const { folder, every } = backups;
  let last: BackupState = { made: undefined, rehearsed: undefined };
  return async () => {
    last = await within(BACKUPS_LOOK, readBackupState(folder, now())).catch(() => last);
    return { ...last, every };
  };
}

/** Loaded only where they are wanted. */
async function openTraces({ traces: config }: Config, db: Database, log: Logger) {
  if (config === undefined) return undefined;
  const { Traces } = await import('./monitoring/traces.ts');
  return new Traces({ config, db, now, log });
}

/** Loaded only here, because an install without development dependencies does not have it. */
async function startDemo(config: Config) {
  const { startDemoProvider } = await import('./demo/identity-provider.ts').catch((cause: unknown) => {
    throw new Problem(
      'unavailable',
      'The demonstration provider is not installed. Run `npm ci` without `--omit=dev`, or set OIDC_ISSUER to use your own.',
      { cause },
    );
  });
  const { baseUrl, postLogoutUrl, demoProviderPort: port } = config;
  const signingKey = await demoSigningKey(config.dataDir);
  return startDemoProvider({ port, appBaseUrl: baseUrl, postLogoutUrl, signingKey, people: samplePeople });
}

function ready({ baseUrl }: Config): string {
  return `Outlay is ready: ${baseUrl}`;
}
