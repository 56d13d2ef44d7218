import { randomUUIDv7 } from 'node:crypto';
import type { Database, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { assertAdminLeft, type Effect, listEffects } from './effects.ts';
import type { Rule } from './rights.ts';
import { type Changer, changeRights, type RuleBook } from './rule-book.ts';
import { normalizeEmail, type Rules } from './rules.ts';

/** What a rule is made of; its id is given when it is added. */
export type RuleContent = Omit<Rule, 'id'>;

/** One rule added, changed or removed. */
export type RuleChange =
  | { readonly kind: 'add'; readonly content: RuleContent }
  | { readonly kind: 'change'; readonly id: string; readonly content: RuleContent }
  | { readonly kind: 'remove'; readonly id: string };

/** Addresses and domains are compared in lower case; every other claim to the letter. */
export function normalizeContent(content: RuleContent): RuleContent {
  const isAddress = content.claim === 'email' || content.claim === 'email_domain';
  return isAddress ? { ...content, value: normalizeEmail(content.value) } : content;
}

/** Adds a rule. Adding it twice is adding it once. @returns its id, or undefined where there was one like it. */
export async function addRule(db: Transaction, content: RuleContent): Promise<string | undefined> {
  const id = randomUUIDv7();
  const added = await db
    .insertInto('rule')
    .values({ id, ...toRow(content) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return added?.id;
}

/** What a change would do, before it is made, and the version of the rules that this is said of. */
export async function previewChange(
  db: Database,
  ruleBook: RuleBook,
  change: RuleChange,
): Promise<{ readonly effects: readonly Effect[]; readonly version: string }> {
  const { rules, version } = await ruleBook.now();
  return { effects: await listEffects(db, rules, changed(rules, change, change.kind === 'add' ? 'new' : change.id)), version };
}

/** The rules once the change is made. @param id of the rule that it is about. */
function changed(rules: Rules, change: RuleChange, id: string): Rules {
  return change.kind === 'remove' ? rules.with(id) : rules.with(id, { id, ...normalizeContent(change.content) });
}

/** The rule's id, and what the change did. */
export interface MadeChange {
  readonly id: string;
  readonly effects: readonly Effect[];
}

/**
 * Makes a change that somebody has seen the effects of.
 * @param changer as for `changeRights`.
 * @param seen the version of the rules that the preview spoke of.
 * @param afterwards what belongs into the same transaction, such as its entry in the audit record.
 * @returns undefined where the rules have changed since, and nothing was done.
 * @throws Problem `conflict` where there is such a rule already or nobody would be an admin any more, `not-found` where the
 * rule is gone.
 */
export async function makeChange(
  db: Database,
  ruleBook: RuleBook,
  changer: Changer | undefined,
  change: RuleChange,
  seen: string,
  afterwards: (transaction: Transaction, made: MadeChange) => Promise<void>,
): Promise<MadeChange | undefined> {
  return changeRights(db, ruleBook, changer, async (transaction, { rules, version }) => {
    if (version !== seen) return undefined;
    const id = await write(transaction, change);
    const after = changed(rules, change, id);
    const effects = await listEffects(transaction, rules, after);
    if (effects.some(({ loses }) => loses.some(({ role }) => role === 'admin'))) await assertAdminLeft(transaction, after);
    const made = { id, effects };
    await afterwards(transaction, made);
    return made;
  });
}

async function write(db: Transaction, change: RuleChange): Promise<string> {
  if (change.kind === 'remove') {
    const gone = await db.deleteFrom('rule').where('id', '=', change.id).returning('id').executeTakeFirst();
    if (gone === undefined) throw ruleGone();
    return gone.id;
  }
  if (change.kind === 'add') {
    const id = await addRule(db, change.content);
    if (id === undefined) throw ruleTwice();
    return id;
  }
  const row = toRow(change.content);
  const twin = await db
    .selectFrom('rule')
    .select('id')
    .where('id', '<>', change.id)
    .where('claim', '=', row.claim)
    .where('operator', '=', row.operator)
    .where('value', '=', row.value)
    .where('role', '=', row.role)
    .where('team_id', 'is not distinct from', row.team_id)
    .executeTakeFirst();
  if (twin !== undefined) throw ruleTwice();
  const kept = await db.updateTable('rule').set(row).where('id', '=', change.id).returning('id').executeTakeFirst();
  if (kept === undefined) throw ruleGone();
  return kept.id;
}

function toRow(content: RuleContent) {
  const { claim, operator, value, gives } = normalizeContent(content);
  return { claim, operator, value, role: gives.role, team_id: gives.teamId };
}

function ruleTwice(): Problem {
  return new Problem('conflict', 'There is a rule exactly like this one already, so nothing was changed.', {
    heading: 'There is such a rule',
    reason: 'rule-twice',
  });
}

function ruleGone(): Problem {
  return new Problem('not-found', 'This rule is gone: somebody else has removed it. Nothing was changed.', {
    heading: 'The rule is gone',
  });
}
