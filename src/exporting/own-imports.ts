import type { Database } from '../database/schema.ts';

/** How many rows are in memory at once. */
const BATCH = 200;

/** The files that somebody has brought in, and what came of each, the oldest first. */
export async function* streamOwnImports(db: Database, { personId }: { readonly personId: string }): AsyncGenerator<object> {
  let after = '';
  for (;;) {
    const rows = await db
      .selectFrom('import')
      .select(['id', 'team_id', 'kind', 'file_name', 'size', 'sha256', 'state', 'outcome', 'begun_at'])
      .where('person_id', '=', personId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    for (const { outcome, ...row } of rows) {
      // What it says of others by name is theirs.
      const { good, bad, known, totals, notSpent, firstDay, lastDay } = JSON.parse(outcome) as Readonly<Record<string, unknown>>;
      yield { ...row, good, bad, known, totals, notSpent, firstDay, lastDay };
    }
    after = rows.at(-1)?.id ?? '';
    if (rows.length < BATCH) return;
  }
}
