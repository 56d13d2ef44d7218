import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { sql } from 'kysely';
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
  if (engine === 'postgres') return newPostgresDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'outlay-test-'));
  return {
    url: `sqlite:${join(folder, 'outlay.sqlite')}`,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The name of the variable in which `test/run.ts` tells the test files where its PostgreSQL is. */
export const POSTGRES_URL = 'OUTLAY_TEST_POSTGRES_URL';

/** A test file that is run by itself starts a server of its own. */
let ownServer: Promise<TestPostgres> | undefined;

async function newPostgresDatabase(): Promise<TestDatabase> {
  const given = process.env[POSTGRES_URL];
  ownServer ??= given === undefined ? startPostgres() : undefined;
  const serverUrl = given ?? (await ownServer)?.url ?? '';
  const name = `outlay_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => onServer(serverUrl, `drop database ${name} with (force)`),
  };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const server = await openDatabase(serverUrl);
  await sql.raw(statement).execute(server);
  await server.destroy();
}
