import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Database } from '../../src/database/schema.ts';
import type { Engine } from '../databases.ts';

/** Stands between two statements: a trigger has semicolons in it. */
export const BETWEEN = '\n-- next\n';

/** The statements by which this migration made its part of the schema when it landed. */
export function schemaFile(engine: Engine, migration: string): URL {
  return new URL(`${engine}/${migration}.sql`, import.meta.url);
}

/** The rows of a database that had come so far and no further, the same for both engines. */
export function rowsFile(migration: string): URL {
  return new URL(`rows/${migration}.sql`, import.meta.url);
}

/** Makes an empty database what it was after the last of these migrations, from what was kept then and not by the migrations of today. */
export async function makeOlder(db: Database, engine: Engine, migrations: readonly string[]): Promise<void> {
  for (const migration of migrations) await run(db, schemaFile(engine, migration), (statement) => statement);
  const last = migrations.at(-1) ?? '';
  const bytes = (statement: string) => (engine === 'postgres' ? statement.replace(/\bx'([\da-f]*)'/g, `'\\x$1'`) : statement);
  await run(db, rowsFile(last), bytes);
}

async function run(db: Database, file: URL, translate: (statement: string) => string): Promise<void> {
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing; npm run older-schemas writes it`);
  for (const statement of readFileSync(file, 'utf8').split(BETWEEN)) await sql.raw(translate(statement)).execute(db);
}
