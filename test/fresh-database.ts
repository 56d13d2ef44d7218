import { migrate } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/open.ts';
import type { Database } from '../src/database/schema.ts';
import { type Engine, newDatabase } from './databases.ts';

export interface FreshDatabase extends AsyncDisposable {
  readonly db: Database;
}

/** A database of one's own, opened and migrated, with nothing in it. */
export async function openFreshDatabase(engine: Engine): Promise<FreshDatabase> {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await newDatabase(engine));
  const db = await openDatabase(url);
  opened.defer(() => db.destroy());
  await migrate(db);
  const kept = opened.move();
  return { db, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
