import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, newDatabase, POSTGRES_URL } from '../../test/databases.ts';
import { freePort } from '../../test/free-port.ts';
import { startPostgres } from '../../test/postgres.ts';
import { fillWithLargeTeam } from './large-team.ts';
import { type Loader, startLoader } from './loader.ts';
import { type Program, type Running, startProgram } from './processes.ts';
import { benchFile, peers, type Subject } from './subjects.ts';

/** One secret for every client, session and cookie. */
const SECRET = 'a secret that everybody in the benchmark knows';
const outlayMain = join(import.meta.dirname, '../../src/main.ts');
/** Where the provider leads back to in Outlay. */
export const OUTLAY_CALLBACK = '/authorization-code/callback';

export interface OutlayOptions {
  /** One of those that the provider knows: `outlay-sqlite` and so on. */
  readonly id: OutlayId;
  readonly databaseUrl: string;
  readonly node?: readonly string[];
  /** Its own port unless another is given: where several stand behind one address. */
  readonly port?: number;
}

const outlayIds = ['outlay-sqlite', 'outlay-postgres', 'outlay-small', 'outlay-grown'] as const;
export type OutlayId = (typeof outlayIds)[number];

/** What everything is measured on: databases, the provider, the load generator, and all subjects to be started. */
export interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly loader: Loader;
  readonly postgresUrl: string;
  /** A database with one large team of so many expenses. */
  fill(engine: Engine, rows: number): Promise<string>;
  startOutlay(options: OutlayOptions): Promise<Running>;
  /** @param node options of Node's. */
  startPeer(subject: Subject, node?: readonly string[]): Promise<Running>;
  start(program: Omit<Program, 'port'>): Promise<Running>;
  /** How many requests the provider has had, from browsers and from programs, by path. */
  providerCounts(): Promise<Readonly<Record<string, number>>>;
}

/** Its PostgreSQL waits for the disk, as it does where it counts. */
export async function openStage(): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'outlay-bench-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = opened.use(await startPostgres(true));
  process.env[POSTGRES_URL] = postgres.url;

  const ports = new Map<string, number>();
  for (const id of [...outlayIds, ...peers.map((peer) => peer.id)]) ports.set(id, await freePort());
  const portOf = (id: string) => ports.get(id) ?? 0;
  const clients = [
    ...outlayIds.map((id) => ({ id, redirectUri: `http://localhost:${portOf(id)}${OUTLAY_CALLBACK}` })),
    ...peers.map(({ id, callback }) => ({ id, redirectUri: `http://localhost:${portOf(id)}${callback}` })),
  ];
  const env = { CLIENTS: JSON.stringify(clients), CLIENT_SECRET: SECRET };
  const providerPort = await freePort();
  const issuer = `http://localhost:${providerPort}`;
  opened.use(await startProgram({ file: benchFile('speed/provider.ts'), port: providerPort, path: '/counts', env }, folder));
  const loader = opened.use(startLoader());

  const settingsOf = (id: string) => ({
    APP_BASE_URL: `http://localhost:${portOf(id)}`,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: id,
    OIDC_CLIENT_SECRET: SECRET,
    SESSION_SECRET: SECRET,
  });
  const kept = opened.move();
  return {
    folder,
    loader,
    postgresUrl: postgres.url,
    async fill(engine, rows) {
      const database = kept.use(await newDatabase(engine));
      await fillWithLargeTeam(database.url, engine, rows);
      return database.url;
    },
    startOutlay({ id, databaseUrl, node = [], port = portOf(id) }) {
      const dataDir = join(folder, `data-${id}`);
      mkdirSync(dataDir, { recursive: true });
      const settings = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, SIGN_IN_RATE_LIMIT: '0' };
      return startProgram({ file: outlayMain, port, node, env: { ...settingsOf(id), ...settings } }, folder);
    },
    startPeer({ id, file }, node = []) {
      const env = { ...settingsOf(id), BENCH_DATABASE: join(folder, `${id}.sqlite`) };
      return startProgram({ file: benchFile(file), port: portOf(id), node, env }, folder);
    },
    start: async (program) => startProgram({ ...program, port: await freePort() }, folder),
    async providerCounts() {
      return (await (await fetch(`${issuer}/counts`)).json()) as Record<string, number>;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
