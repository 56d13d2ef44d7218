import type { Selectable } from 'kysely';
import { type AuditAction, recordAudit } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { AccountRuleTable } from '../database/schema-accountant.ts';
import type { Doing } from '../expenses/doing.ts';
import { auditedViewer } from '../people/audited.ts';
import { byLabel } from '../teams/teams.ts';

/** By what an expense is booked; each may be empty. */
export type Booking = Pick<Selectable<AccountRuleTable>, 'account' | 'cost_centre' | 'tax_code'>;

/** Of which expenses a rule speaks: null is every team, or every category. */
export interface AccountScope {
  readonly teamId: string | null;
  readonly categoryId: string | null;
}

/** A rule with the names of what it speaks of. */
export type AccountRule = Selectable<AccountRuleTable> & {
  readonly team_label: string | null;
  readonly category_label: string | null;
};

/** All of them, by team and category, what is said of every one first; there are few. */
export async function listAccountRules(db: Database): Promise<AccountRule[]> {
  const rules = await selectRules(db).execute();
  const compare = (a: string | null, b: string | null) => byLabel.compare(a ?? '', b ?? '');
  return rules.toSorted((a, b) => compare(a.team_label, b.team_label) || compare(a.category_label, b.category_label));
}

function selectRules(db: Database) {
  return db
    .selectFrom('account_rule')
    .leftJoin('team', 'team.id', 'account_rule.team_id')
    .leftJoin('category', 'category.id', 'account_rule.category_id')
    .selectAll('account_rule')
    .select(['team.label as team_label', 'category.label as category_label']);
}

/**
 * By what the expenses of a team and a category are booked: for each of account, cost centre and tax code, what the most exact
 * rule says that says something of it. That for both comes first, then that for the category, for the team, for every one.
 */
export function bookingsBy(rules: readonly AccountRule[]): (teamId: string, categoryId: string) => Booking {
  const byScope = new Map(rules.map((rule) => [rule.scope, rule]));
  return (teamId, categoryId) => {
    const fitting = [
      { teamId, categoryId },
      { teamId: null, categoryId },
      { teamId, categoryId: null },
      { teamId: null, categoryId: null },
    ].flatMap((scope) => byScope.get(keyOf(scope)) ?? []);
    const first = (column: keyof Booking) => fitting.find((rule) => rule[column] !== '')?.[column] ?? '';
    return { account: first('account'), cost_centre: first('cost_centre'), tax_code: first('tax_code') };
  };
}

/** Sets the rule of a team and a category, in place of the one they have. */
export async function keepAccountRule(db: Transaction, scope: AccountScope, booking: Booking, doing: Doing): Promise<void> {
  const was = await findRule(db, scope);
  await db
    .insertInto('account_rule')
    .values({ scope: keyOf(scope), team_id: scope.teamId, category_id: scope.categoryId, ...booking })
    .onConflict((conflict) => conflict.column('scope').doUpdateSet(booking))
    .execute();
  const kept = await findRule(db, scope);
  if (kept === undefined || (was !== undefined && describeBooking(was) === describeBooking(kept))) return;
  await record(db, 'accounts-kept', kept, doing, was && { was: describeBooking(was) });
}

/** Removing what somebody else has removed is removing it once. */
export async function removeAccountRule(db: Transaction, scope: AccountScope, doing: Doing): Promise<void> {
  const was = await findRule(db, scope);
  const { numDeletedRows } = await db.deleteFrom('account_rule').where('scope', '=', keyOf(scope)).executeTakeFirst();
  if (was !== undefined && numDeletedRows > 0n) await record(db, 'accounts-removed', was, doing);
}

async function findRule(db: Database, scope: AccountScope): Promise<AccountRule | undefined> {
  return selectRules(db).where('scope', '=', keyOf(scope)).executeTakeFirst();
}

function keyOf({ teamId, categoryId }: AccountScope): string {
  return `${teamId ?? ''}/${categoryId ?? ''}`;
}

async function record(
  db: Transaction,
  action: AuditAction,
  rule: AccountRule,
  { viewer, at, reference }: Doing,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const about = { kind: 'account-rule', id: rule.scope, name: scopeWords(rule) };
  const detail = { account: rule.account, costCentre: rule.cost_centre, taxCode: rule.tax_code, ...more };
  await recordAudit(db, { action, by: auditedViewer(viewer), about, detail, reference }, () => at);
}

/** For which expenses the rule counts, such as "Finance, every category". */
export function scopeWords(rule: AccountRule): string {
  const team = rule.team_id === null ? 'Every team' : (rule.team_label ?? rule.team_id);
  return `${team}, ${rule.category_id === null ? 'every category' : (rule.category_label ?? rule.category_id)}`;
}

/** What the rule says, such as "Account 4940 · Tax code V19". */
export function describeBooking({ account, cost_centre: centre, tax_code: code }: Booking): string {
  return [
    ...(account === '' ? [] : [`Account ${account}`]),
    ...(centre === '' ? [] : [`Cost centre ${centre}`]),
    ...(code === '' ? [] : [`Tax code ${code}`]),
  ].join(' · ');
}
