import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import { type AuditAction, recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { LimitRuleTable } from '../database/schema-limits.ts';
import { auditedViewer } from '../people/audited.ts';
import { inEnglish } from '../web/language.ts';
import { type Doing } from './doing.ts';
import { type Limit, measureOf } from './limit-judges.ts';
import { kinds } from './limit-kinds.ts';

/** What a limit says, checked already. */
export type LimitContent = Omit<Selectable<LimitRuleTable>, 'id'>;

/** All of them; there are few. */
export async function listLimits(db: Database): Promise<Limit[]> {
  return limits(db).orderBy('limit_rule.id').execute();
}

/** @returns undefined where there is no such limit, or the text is no id. */
export async function findLimit(db: Database, id: string): Promise<Limit | undefined> {
  // Checked before any query: text like "\0" is an error to PostgreSQL, not merely unknown.
  if (!/^[\da-f-]{36}$/.test(id)) return undefined;
  return limits(db).where('limit_rule.id', '=', id).executeTakeFirst();
}

function limits(db: Database) {
  return db
    .selectFrom('limit_rule')
    .leftJoin('team', 'team.id', 'limit_rule.team_id')
    .leftJoin('category', 'category.id', 'limit_rule.category_id')
    .selectAll('limit_rule')
    .select(['team.label as team_label', 'category.label as category_label']);
}

export async function addLimit(db: Transaction, content: LimitContent, doing: Doing): Promise<void> {
  const id = randomUUIDv7();
  await db
    .insertInto('limit_rule')
    .values({ id, ...content })
    .execute();
  const added = await findLimit(db, id);
  if (added !== undefined) await record(db, 'limit-added', added, doing);
}

/** @returns false where there is no such limit any more. */
export async function changeLimit(db: Transaction, was: Limit, content: LimitContent, doing: Doing): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable('limit_rule').set(content).where('id', '=', was.id).executeTakeFirst();
  const changed = numUpdatedRows === 0n ? undefined : await findLimit(db, was.id);
  if (changed !== undefined) await record(db, 'limit-changed', changed, doing, { was: describeLimit(was) });
  return changed !== undefined;
}

/** Removing what somebody else has removed is removing it once. */
export async function removeLimit(db: Transaction, limit: Limit, doing: Doing): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('limit_rule').where('id', '=', limit.id).executeTakeFirst();
  if (numDeletedRows > 0n) await record(db, 'limit-removed', limit, doing);
}

async function record(
  db: Transaction,
  action: AuditAction,
  limit: Limit,
  { viewer, at, reference }: Doing,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const about = { kind: 'limit', id: limit.id, name: describeLimit(limit) };
  await recordAudit(db, { action, by: auditedViewer(viewer), about, detail, reference }, () => at);
}

/** What the limit says, for what it counts, and what it does, in one line for the audit record. */
function describeLimit(limit: Limit): string {
  return `${inEnglish(() => saysOf(limit))}, ${[scopeOf(limit), effectWords[limit.effect]].join(', ')}`;
}

/** What the limit says, without its scope. */
export function saysOf(limit: Limit): string {
  return kinds[limit.kind].says(measureOf(limit));
}

/** For what it counts: which team, which category. */
export function scopeOf({
  team_id: teamId,
  team_label: team,
  category_id: categoryId,
  category_label: category,
  currency,
}: Limit): string {
  const teams = teamId === null ? (currency === null ? 'every team' : `every team in ${currency}`) : (team ?? teamId);
  return `${teams}, ${categoryId === null ? 'every category' : (category ?? categoryId)}`;
}

export const effectWords: Readonly<Record<Limit['effect'], string>> = { warn: 'warns', block: 'blocks' };
