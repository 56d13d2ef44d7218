import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Express } from 'express';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import pino from 'pino';
import { createApp } from '../src/app.ts';
import type { ProviderConfig } from '../src/config-provider.ts';
import { openDatabase } from '../src/database/open.ts';
import type { Clock } from '../src/web/clock.ts';
import type { Database } from '../src/database/schema.ts';
import type { Directory } from '../src/demo/directory.ts';
import { startDemoProvider } from '../src/demo/identity-provider.ts';
import { loadSampleOrganisation } from '../src/demo/load.ts';
import { type DemoClaims, samplePeople } from '../src/demo/organisation.ts';
import { openReceiptStorages } from '../src/expenses/receipt-places.ts';
import { Runs } from '../src/importing/runs.ts';
import { loadConfig } from '../src/config.ts';
import { Doctor } from '../src/doctor/doctor.ts';
import { examine } from '../src/doctor/examine.ts';
import { Traces } from '../src/monitoring/traces.ts';
import { Metrics } from '../src/monitoring/metrics.ts';
import { openIdentityProvider } from '../src/sign-in/identity-provider.ts';
import { paths } from '../src/web/paths.ts';
import { serve } from '../src/web/server.ts';
import { addCastData, type CastName, cast } from './cast.ts';
import { newMigratedDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { type Answer, HttpBrowser } from './http-browser.ts';
import { usualLimits } from './told.ts';
import type { WorldOptions } from './world-options.ts';

/** A whole Outlay: the real app on a fresh database and a free port, the real provider, and the cast with their teams. */
export interface World extends AsyncDisposable {
  readonly baseUrl: string;
  readonly issuer: string;
  /** Sends the traces that wait. */
  sendTraces(): Promise<void>;
  readonly db: Database;
  /** The path of every route of the app, found by walking its router. */
  readonly routes: readonly string[];
  /** Every line logged so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** What was logged since this was last asked, which is forgotten then. */
  takeLog(): readonly Readonly<Record<string, unknown>>[];
  /** The app's clock. */
  readonly now: Clock;
  /** Moves the app's clock, not the provider's. */
  advance(milliseconds: number): void;
  url(path: string): string;
  /** A browser in which this person has signed in, from the login page to wherever it led. */
  signIn(name: CastName, browser?: HttpBrowser, loginPath?: string): Promise<{ browser: HttpBrowser; landed: Answer }>;
  /** Only as far as the callback address, which nobody has opened yet. */
  walkToCallback(name: CastName, browser: HttpBrowser, loginPath?: string): Promise<string>;
  /** What the provider says of somebody from now on, until it stops, besides what it says already; undefined takes a claim away. */
  tell(name: CastName, claims: DemoClaims): void;
  /** The provider lets somebody in no more, and vouches for them no more. */
  leave(name: CastName): void;
  /** The provider goes away, or comes back at the same address. */
  stopProvider(): Promise<void>;
  startProvider(): Promise<void>;
  /**
   * A second process, as it were: over the same database and under the same base URL, with a memory of its own.
   * @param sessionSecrets the same, unless these are given.
   */
  openBeside(sessionSecrets?: readonly string[], keptBytes?: number): Promise<AsyncDisposable & { url(path: string): string }>;
}

let signingKey: Promise<JWK> | undefined;

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await newMigratedDatabase(options.engine ?? 'sqlite'));
  const db = await openDatabase(database.url);
  opened.defer(() => db.destroy());
  const people = options.sample === true ? samplePeople : Object.values(cast);
  await (options.sample === true ? loadSampleOrganisation(db, () => new Date()) : addCastData(db));

  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'trace' },
    new Writable({ write: (line, _encoding, done) => (log.push(JSON.parse(String(line))), done()) }),
  );
  let skipped = 0;
  const now = () => new Date(Date.now() + skipped);
  const receipts = await openReceiptStorages(db, options.receiptFolder);
  const imports = { runs: opened.use(new Runs(logger)), maxSize: options.importMaxSize ?? 10_485_760 };
  const key = await (signingKey ??= makeSigningKey());

  const traces = options.traces && opened.use(new Traces({ config: options.traces, db, now, log: logger }));
  let provider: Awaited<ReturnType<typeof startDemoProvider>> | undefined;
  opened.defer(async () => provider?.[Symbol.asyncDispose]());
  let address = '';
  const routes: string[] = [];
  const sessionSecret = options.sessionSecret ?? randomBytes(32).toString('base64url');
  let trusted: ProviderConfig | undefined;

  /** As the program would examine itself with the settings of this world. */
  async function examineWorld(baseUrl: string, provider: ProviderConfig) {
    const { authentication, issuer, clientId } = provider;
    const env = {
      APP_BASE_URL: baseUrl,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: 'clientSecret' in authentication ? authentication.clientSecret : undefined,
      SESSION_SECRET: sessionSecret,
      DATABASE_URL: database.url,
      ADMIN_EMAIL: options.admin?.email,
      ADMIN_GROUP: options.admin?.group,
      TRUST_PROXY: options.trustProxy === undefined ? undefined : String(options.trustProxy),
    };
    return examine({ config: loadConfig(env), env, provider, db }, now);
  }

  function makeApp(baseUrl: string, sessionSecrets: readonly string[] = [sessionSecret], keptBytes?: number): Express {
    if (trusted === undefined) throw new Error('The provider was not started');
    const providerConfig = { ...trusted, issuer: options.issuer ?? trusted.issuer };
    const identityProvider = openIdentityProvider({
      ...providerConfig,
      redirectUri: baseUrl + paths.callback,
      postLogoutUrl: baseUrl,
      clockTolerance: 30,
      now,
      log: logger,
      ...options.provider,
    });
    return createApp({
      db,
      provider: identityProvider,
      now,
      log: logger,
      baseUrl,
      sessionSecrets,
      sessionLimits: { ...usualLimits, ...options.sessionLimits },
      revalidation: options.revalidation ?? 60 * 60_000,
      stepUp: options.stepUp ?? { maxAge: 300, acrValues: [] },
      stepUpFor: { exports: false, rights: false, ...options.stepUpFor },
      trustProxy: options.trustProxy ?? false,
      signInRateLimit: options.signInRateLimit ?? 0,
      admitNewPeople: options.admitNewPeople ?? true,
      admin: { groupsClaim: 'groups', ...options.admin },
      doctor: new Doctor(() => examineWorld(baseUrl, { ...providerConfig, ...options.provider }), now),
      receipts,
      imports,
      ...(keptBytes !== undefined && { keptBytes }),
      ...(options.metricsToken !== undefined && {
        metrics: {
          source: new Metrics({
            db,
            limits: usualLimits,
            clockOffset: () => identityProvider.clockOffset(),
            backups: options.backups,
            now,
          }),
          token: options.metricsToken,
        },
      }),
      ...(traces !== undefined && { traced: traces.follow }),
      demonstration: options.demonstration ?? false,
      styleguide: options.styleguide ?? true,
    });
  }

  opened.use(
    await serve(0, 'localhost', async (port) => {
      address = `http://localhost:${port}`;
      const baseUrl = options.baseUrl ?? address;
      provider = await startDemoProvider({
        // Where it is stopped and started again, nobody else is given the port meanwhile.
        port: await freePort(),
        appBaseUrl: baseUrl,
        postLogoutUrl: baseUrl,
        signingKey: key,
        people,
      });
      trusted = provider.config;
      const app = makeApp(baseUrl);
      routes.push(...listRoutes(app.router.stack));
      return app;
    }),
  );

  if (provider === undefined) throw new Error('The provider was not started');
  const { config, clientSecret } = provider;
  const baseUrl = options.baseUrl ?? address;
  const url = (path: string) => address + path;

  async function walkToCallback(name: CastName, browser: HttpBrowser, loginPath: string = paths.login): Promise<string> {
    let answer = await browser.ask(url(loginPath));
    while (answer.location !== undefined) {
      if (new URL(answer.location).pathname === paths.callback) return answer.location;
      answer = await browser.ask(answer.location);
      if (answer.location === undefined && new URL(answer.url).pathname.startsWith('/interaction/')) {
        answer = await browser.ask(answer.url, { method: 'POST', form: { person: cast[name].subject } });
      }
    }
    throw new Error(`Signing in stopped with ${answer.status} at ${answer.url}: ${answer.body}`);
  }

  function directory(): Directory {
    if (provider === undefined) throw new Error('The provider was stopped');
    return provider.directory;
  }

  const kept = opened.move();
  return {
    baseUrl,
    issuer: config.issuer,
    sendTraces: async () => traces?.send(),
    db,
    routes,
    log,
    takeLog: () => log.splice(0),
    url,
    walkToCallback,
    now,
    advance: (milliseconds) => {
      skipped += milliseconds;
    },
    async signIn(name, browser = new HttpBrowser(), loginPath) {
      const callback = await walkToCallback(name, browser, loginPath);
      return { browser, landed: await browser.follow(callback) };
    },
    tell: (name, claims) => directory().tell(cast[name].subject, claims),
    leave: (name) => directory().leave(cast[name].subject),
    async stopProvider() {
      await provider?.[Symbol.asyncDispose]();
      provider = undefined;
    },
    async startProvider() {
      provider = await startDemoProvider({
        port: Number(new URL(config.issuer).port),
        appBaseUrl: baseUrl,
        postLogoutUrl: baseUrl,
        signingKey: key,
        people,
        clientSecret,
      });
    },
    async openBeside(sessionSecrets, keptBytes) {
      const server = await serve(0, 'localhost', () => makeApp(baseUrl, sessionSecrets, keptBytes));
      const { port } = server;
      return { url: (path) => `http://localhost:${port}${path}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function makeSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'test' };
}

type Stack = Express['router']['stack'];

function listRoutes(stack: Stack): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route !== undefined) return [route.path];
    return 'stack' in handle ? listRoutes(handle.stack as Stack) : [];
  });
}
