import { randomUUIDv7 } from 'node:crypto';
import { type AuditAction, recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { Problem } from '../problems.ts';
import type { Category } from './categories.ts';
import { type Doing } from './doing.ts';

/** @returns undefined where there is no such category, or the text is no id. */
export async function findCategory(db: Database, id: string): Promise<Category | undefined> {
  // Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown.
  if (!/^[a-z0-9-]{1,64}$/.test(id)) return undefined;
  return db.selectFrom('category').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function addCategory(db: Transaction, label: string, doing: Doing): Promise<void> {
  const added = await db.insertInto('category').values({ id: randomUUIDv7(), label }).returningAll().executeTakeFirstOrThrow();
  await record(db, 'category-added', added, doing);
}

/** Everything that was logged in it has the new name, too. */
export async function renameCategory(db: Transaction, { id, label: was }: Category, label: string, doing: Doing): Promise<void> {
  const renamed = await db.updateTable('category').set({ label }).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
  if (label !== was) await record(db, 'category-renamed', renamed, doing, { was });
}

/**
 * Offers a category no longer, or again; what was logged in it stays there. Doing it twice is doing it once.
 * @throws Problem `conflict` for the last one that is offered: nobody could log anything any more.
 */
export async function setRetired(db: Transaction, { id }: Category, retired: boolean, doing: Doing): Promise<void> {
  const changed = await db
    .updateTable('category')
    .set({ retired_at: retired ? doing.at.toISOString() : null })
    .where('id', '=', id)
    .where('retired_at', retired ? 'is' : 'is not', null)
    .returningAll()
    .executeTakeFirst();
  if (changed === undefined) return;
  const offered = await db.selectFrom('category').select('id').where('retired_at', 'is', null).limit(1).executeTakeFirst();
  if (offered === undefined) {
    throw new Problem(
      'conflict',
      `${changed.label} is the last category that is offered, and every expense needs one. Nothing was changed.`,
      { heading: 'The last category stays', reason: 'last-category' },
    );
  }
  await record(db, retired ? 'category-retired' : 'category-restored', changed, doing);
}

async function record(
  db: Transaction,
  action: AuditAction,
  { id, label }: Category,
  { viewer, at, reference }: Doing,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const about = { kind: 'category', id, name: label };
  await recordAudit(db, { action, by: auditedViewer(viewer), about, detail, reference }, () => at);
}
