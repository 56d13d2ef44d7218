import { openDatabase } from '../src/database/open.ts';
import type { Database } from '../src/database/schema.ts';
import { addTeam } from '../src/teams/teams.ts';
import { type Engine, newMigratedDatabase } from './databases.ts';

export interface FreshDatabase extends AsyncDisposable {
  readonly db: Database;
}

/** A database of one's own, opened, with all tables, with nothing in it but these teams. */
export async function openFreshDatabase(engine: Engine, teamIds: readonly string[] = []): Promise<FreshDatabase> {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await newMigratedDatabase(engine));
  const db = await openDatabase(url);
  opened.defer(() => db.destroy());
  await db.transaction().execute(async (transaction) => {
    for (const id of teamIds) await addTeam(transaction, { id, label: id, currency: 'EUR' });
  });
  const kept = opened.move();
  return { db, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
