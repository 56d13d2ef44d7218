import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { type DemoProvider, startDemoProvider } from '../../src/demo/identity-provider.ts';
import type { DemoPerson } from '../../src/demo/organisation.ts';
import { type Engine, newDatabase, POSTGRES_URL, startTestServer } from '../databases.ts';
import { freePort } from '../free-port.ts';
import { type Answer, HttpBrowser } from '../http-browser.ts';
import type { TestPostgres } from '../postgres.ts';
import { type Spawned, spawnOutlay } from '../spawned.ts';

/** The team of the sample organisation in which everybody here is. */
export const TEAM = 'marketing';
const MEMBERS = 4;
const MANAGERS = 2;
const people: readonly DemoPerson[] = [
  ...Array.from({ length: MEMBERS }, (_, index) => person(`member-${index}`, 'marketing')),
  ...Array.from({ length: MANAGERS }, (_, index) => person(`manager-${index}`, 'marketing-managers')),
];
export const members = people.slice(0, MEMBERS).map(({ subject }) => subject);
export const managers = people.slice(MEMBERS).map(({ subject }) => subject);

function person(subject: string, group: string): DemoPerson {
  const claims = { name: subject, email: `${subject}@example.com`, email_verified: true, groups: [group] };
  return { subject, sees: group, claims };
}

export interface FaultStage extends AsyncDisposable {
  readonly folder: string;
  /** Where people find Outlay. */
  readonly baseUrl: string;
  readonly port: number;
  readonly databaseUrl: string;
  /** @returns the port on which it listened. */
  stopProvider(): Promise<number>;
  /** The same provider again, whose people have to sign in there anew. */
  startProvider(): Promise<void>;
  /** The real program, on this database and with this provider, once it is ready. */
  start(settings?: Readonly<Record<string, string>>): Promise<Spawned>;
  /** Goes through signing in with a browser of one's own, however that ends. */
  tryToSignIn(subject: string): Promise<{ browser: HttpBrowser; answer: Answer }>;
  /** Signs somebody in with a browser of their own. @throws Error where the team's page is not what comes of it. */
  signIn(subject: string): Promise<HttpBrowser>;
}

export interface StageOptions {
  readonly engine: Engine;
  /** In place of a file in a new folder. */
  readonly databaseUrl?: string;
}

/** A database with the sample organisation to come, the development provider, and a port. */
export async function openFaultStage({ engine, databaseUrl: given }: StageOptions): Promise<FaultStage> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'outlay-faults-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  opened.defer(remove);
  process.once('exit', remove);
  const databaseUrl = given ?? opened.use(await newDatabase(engine)).url;
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'faults' };
  const providerPort = await freePort();
  const clientSecret = randomBytes(32).toString('base64url');
  const parts = { port: providerPort, appBaseUrl: baseUrl, postLogoutUrl: baseUrl, signingKey, people, clientSecret };
  let provider: DemoProvider | undefined = await startDemoProvider(parts);
  opened.defer(async () => provider?.[Symbol.asyncDispose]());
  const usual = {
    APP_BASE_URL: baseUrl,
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(folder, 'data'),
    SAMPLE_ORGANISATION: '1',
    SESSION_SECRET: 'one secret of more than 32 characters for all',
    OIDC_ISSUER: provider.config.issuer,
    OIDC_CLIENT_ID: provider.config.clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    SIGN_IN_RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
    PORT: String(port),
  };
  async function tryToSignIn(subject: string): Promise<{ browser: HttpBrowser; answer: Answer }> {
    const browser = new HttpBrowser();
    const choose = await browser.follow(`${baseUrl}/login?return_to=/team/${TEAM}`);
    if (choose.status !== 200) return { browser, answer: choose };
    return { browser, answer: await browser.follow(choose.url, { method: 'POST', form: { person: subject } }) };
  }
  const kept = opened.move();
  return {
    folder,
    baseUrl,
    port,
    databaseUrl,
    async stopProvider() {
      await provider?.[Symbol.asyncDispose]();
      provider = undefined;
      return providerPort;
    },
    async startProvider() {
      provider = await startDemoProvider(parts);
    },
    start: async (settings = {}) => spawnOutlay(folder, { ...usual, ...settings }, 'Outlay is ready'),
    tryToSignIn,
    async signIn(subject) {
      const { browser, answer } = await tryToSignIn(subject);
      const { status, url } = answer;
      if (status !== 200 || !url.endsWith(`/team/${TEAM}`)) throw new Error(`Signing in ended with ${status} at ${url}`);
      return browser;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The PostgreSQL of a fault, from which its databases are made. */
export async function openPostgres(): Promise<TestPostgres> {
  const server = await startTestServer();
  process.env[POSTGRES_URL] = server.url;
  return server;
}

/** Outright, as a crash would end it. */
export async function killOutright({ child }: Spawned): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

export interface Seen {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly body: string;
  /** In milliseconds. */
  readonly took: number;
}

/** One request, however it ends. */
export async function look(browser: HttpBrowser, url: string, asking?: Parameters<HttpBrowser['ask']>[1]): Promise<Seen> {
  const began = performance.now();
  const { status, body } = await browser.ask(url, asking).catch(() => ({ status: 0, body: '' }));
  return { status, body, took: performance.now() - began };
}
