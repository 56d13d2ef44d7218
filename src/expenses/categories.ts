import type { Selectable } from 'kysely';
import type { CategoryTable, Database } from '../database/schema.ts';

export type Category = Selectable<CategoryTable>;

/** All of them, by label, also those that are no longer offered: expenses still have them. */
export async function listCategories(db: Database): Promise<Category[]> {
  const rows = await db.selectFrom('category').selectAll().execute();
  return rows.toSorted((a, b) => byLabel.compare(a.label, b.label));
}

const byLabel = new Intl.Collator('en', { numeric: true });
