import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { openDatabase } from '../src/database/open.ts';
import { newDatabase } from './databases.ts';

export interface TwoRoles extends AsyncDisposable {
  /** As Outlay's own user. */
  readonly url: string;
  /** As the user that owns the database. */
  readonly ownerUrl: string;
  /** As a superuser. */
  readonly adminUrl: string;
}

/** An empty PostgreSQL database with two users, made as docs/operations.md says. */
export async function newDatabaseWithTwoRoles(): Promise<TwoRoles> {
  const database = await newDatabase('postgres');
  const name = new URL(database.url).pathname.slice(1);
  const unique = randomUUID().replaceAll('-', '');
  const [role, owner] = [`app_${unique}`, `owner_${unique}`];
  await onDatabase(database.url, [
    `create role ${owner} login password 'outlay'`,
    `create role ${role} login password 'outlay'`,
    `alter database ${name} owner to ${owner}`,
  ]);
  const server = new URL(database.url);
  server.pathname = 'postgres';
  return {
    url: withUser(database.url, role),
    ownerUrl: withUser(database.url, owner),
    adminUrl: database.url,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await onDatabase(server.href, [`drop role ${role}`, `drop role ${owner}`]);
    },
  };
}

function withUser(address: string, user: string): string {
  const url = new URL(address);
  url.username = user;
  return url.href;
}

async function onDatabase(url: string, statements: readonly string[]): Promise<void> {
  const db = await openDatabase(url);
  for (const statement of statements) await sql.raw(statement).execute(db);
  await db.destroy();
}
