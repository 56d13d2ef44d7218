import { sql } from 'kysely';
import { isPostgres } from './engine.ts';
import type { Database, Transaction } from './schema.ts';

/**
 * A transaction that does not wait for the disk: for what means nothing until a later one, which does wait. That one brings all
 * before it to the disk; where the power is cut earlier, the database is whole, and the last of these may be missing.
 */
export async function writeUnhurried<Result>(db: Database, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  if (isPostgres(db)) {
    return db.transaction().execute(async (transaction) => {
      await sql`set local synchronous_commit = off`.execute(transaction);
      return work(transaction);
    });
  }
  // There is one connection, and nobody else has it until it is as it was again.
  return db.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection);
    try {
      return await connection.transaction().execute(work);
    } finally {
      await sql`pragma synchronous = full`.execute(connection);
    }
  });
}
