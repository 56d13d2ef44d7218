import { randomUUIDv7 } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { openDatabase } from '../src/database/open.ts';
import { type Engine, newMigratedDatabase } from '../test/databases.ts';

const columns = [
  'id',
  'team_id',
  'spender_name',
  'logged_by_name',
  'item',
  'merchant',
  'note',
  'category_id',
  'spent_on',
  'amount_minor',
  'currency',
  'team_amount_minor',
  'state',
  'logged_at',
  'changed_at',
  'import_id',
  'import_line',
  'import_key',
];

/**
 * As many prepared inserts as there are rows, each by itself, in one transaction, on a fresh database.
 * @returns how long they took, in seconds.
 */
export async function bareInserts(engine: Engine, rows: number): Promise<number> {
  await using database = await newMigratedDatabase(engine);
  const db = await openDatabase(database.url);
  await db.insertInto('team').values({ id: 'large', label: 'Large', currency: 'EUR' }).execute();
  await db.destroy();
  return engine === 'sqlite' ? onSqlite(database.url.replace(/^sqlite:/, ''), rows) : await onPostgres(database.url, rows);
}

function valuesOf(row: number, rows: number): (string | number)[] {
  const day = new Date(Date.UTC(2024, 0, 1) + Math.floor((row / rows) * 800) * 86_400_000).toISOString().slice(0, 10);
  const amount = ((row % 900) + 1) * 100 + (row % 100);
  const at = '2026-11-24T10:00:00.000Z';
  return [
    randomUUIDv7(),
    'large',
    `Person ${row % 500}`,
    'Fiona',
    `Train to the customer, no. ${row}`,
    'Deutsche Bahn',
    row % 2 === 0 ? 'With the team; for the workshop' : '',
    'travel',
    day,
    amount,
    'EUR',
    amount,
    'reimbursed',
    at,
    at,
    '019a0000-0000-7000-8000-000000000000',
    row + 2,
    `${day} ${(row * 7_919) % 1_000_003}-key-of-a-row`,
  ];
}

function onSqlite(path: string, rows: number): number {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32768; pragma wal_autocheckpoint = 8000',
  );
  const statement = database.prepare(
    `insert into expense_row (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  const began = performance.now();
  database.exec('begin');
  for (let row = 0; row < rows; row += 1) statement.run(...valuesOf(row, rows));
  database.exec('commit');
  const seconds = (performance.now() - began) / 1_000;
  database.close();
  return seconds;
}

async function onPostgres(url: string, rows: number): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const text = `insert into expense_row (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`;
  const began = performance.now();
  await client.query('begin');
  for (let row = 0; row < rows; row += 1) await client.query({ name: 'insert', text, values: valuesOf(row, rows) });
  await client.query('commit');
  const seconds = (performance.now() - began) / 1_000;
  await client.end();
  return seconds;
}
