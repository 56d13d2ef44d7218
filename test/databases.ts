import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/open.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

export type Engine = 'sqlite' | 'postgres';
export const engines: readonly Engine[] = ['sqlite', 'postgres'];

/** The same tests on both engines. */
export function describeOnBothEngines(name: string, tests: (engine: Engine) => void): void {
  for (const engine of engines) {
    describe(`${name} (${engine})`, () => {
      tests(engine);
    });
  }
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** An empty database of one's own: a file in a new folder, or a database on the PostgreSQL that `test/run.ts` started. */
export async function newDatabase(engine: Engine): Promise<TestDatabase> {
  return engine === 'postgres' ? newPostgresDatabase() : newFile();
}

/** The same with all tables in it: a copy of one that was migrated once, which is several times as quick as migrating. */
export async function newMigratedDatabase(engine: Engine): Promise<TestDatabase> {
  return engine === 'postgres' ? newPostgresDatabase(TEMPLATE) : newFile(await (migratedFile ??= migrateFile()));
}

function newFile(content?: Buffer): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-test-'));
  const path = join(folder, 'outlay.sqlite');
  if (content !== undefined) writeFileSync(path, content);
  return {
    url: `sqlite:${path}`,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let migratedFile: Promise<Buffer> | undefined;

async function migrateFile(): Promise<Buffer> {
  await using empty = newFile();
  await migrateAt(empty.url);
  return readFileSync(empty.url.slice('sqlite:'.length));
}

/** The name of the variable in which `test/run.ts` tells the test files where its PostgreSQL is. */
export const POSTGRES_URL = 'OUTLAY_TEST_POSTGRES_URL';

/** The database on each PostgreSQL for tests that is migrated once, and copied from then on. */
const TEMPLATE = 'outlay_template';

/** A PostgreSQL as the tests need it. */
export async function startTestServer(): Promise<TestPostgres> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await startPostgres());
  await onServer(server.url, `create database ${TEMPLATE}`);
  await migrateAt(at(server.url, TEMPLATE));
  const kept = opened.move();
  return { ...server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A test file that is run by itself starts a server of its own. */
let ownServer: Promise<TestPostgres> | undefined;

async function newPostgresDatabase(template = 'template1'): Promise<TestDatabase> {
  const given = process.env[POSTGRES_URL];
  ownServer ??= given === undefined ? startTestServer() : undefined;
  const serverUrl = given ?? (await ownServer)?.url ?? '';
  const name = `outlay_${randomUUID().replaceAll('-', '')}`;
  // By copying its files, which takes half of what writing each page to the log does.
  await onServer(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  return {
    url: at(serverUrl, name),
    [Symbol.asyncDispose]: () => onServer(serverUrl, `drop database ${name} with (force)`),
  };
}

function at(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

async function migrateAt(url: string): Promise<void> {
  const db = await openDatabase(url);
  await migrate(db);
  await db.destroy();
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const server = await openDatabase(serverUrl);
  await sql.raw(statement).execute(server);
  await server.destroy();
}
