import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type Dialect, Kysely, type LogEvent, PostgresDialect } from 'kysely';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { NodeSqliteDialect } from '../../src/database/node-sqlite.ts';
import { openDatabase } from '../../src/database/open.ts';
import { WatchedPool } from '../../src/database/pool.ts';
import { type Engine, engines, newDatabase } from '../databases.ts';
import { BETWEEN, rowsFile, schemaFile } from './older-schema.ts';
import { literal, writeRows } from './rows.ts';

/*
 * `npm run older-schemas`: keeps what a migration that has just been written does, and a database that has come as far as it. What is
 * there already stays as it is, because it is what notices when somebody changes a migration that has landed.
 */

const names = Object.keys(migrations);
const upTo = (index: number) => Object.fromEntries(Object.entries(migrations).slice(0, index + 1));

async function keepSchemas(engine: Engine): Promise<void> {
  await using database = await newDatabase(engine);
  const ran: string[] = [];
  const log = ({ query }: LogEvent) => {
    // Whoever asks what is there changes nothing.
    if (/^\s*(create|alter|drop|insert|update|delete)\b/i.test(query.sql)) ran.push(whole(query.sql, query.parameters));
  };
  const db = new Kysely<unknown>({ dialect: dialectFor(engine, database.url), log });
  for (const [index, name] of names.entries()) {
    ran.length = 0;
    await migrate(db, upTo(index));
    keep(schemaFile(engine, name), ran);
  }
  await db.destroy();
}

function dialectFor(engine: Engine, url: string): Dialect {
  if (engine === 'sqlite') return new NodeSqliteDialect(url.slice('sqlite:'.length));
  const pool = new WatchedPool({ connectionString: url });
  // The server ends what is idle when the database goes.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresDialect({ pool });
}

async function keepRows(): Promise<void> {
  for (const [index, name] of names.entries()) {
    await using database = await newDatabase('sqlite');
    const db = await openDatabase(database.url);
    await migrate(db, upTo(index));
    keep(rowsFile(name), await writeRows(db, index + 1));
    await db.destroy();
  }
}

function whole(text: string, parameters: readonly unknown[]): string {
  let next = 0;
  return text.trim().replace(/\?|\$\d+/g, (place) => literal(parameters[place === '?' ? next++ : Number(place.slice(1)) - 1]));
}

function keep(file: URL, statements: readonly string[]): void {
  if (existsSync(file)) return;
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, statements.join(BETWEEN));
  console.log(`Kept ${file.pathname}`);
}

for (const engine of engines) await keepSchemas(engine);
await keepRows();
process.exit(0);
