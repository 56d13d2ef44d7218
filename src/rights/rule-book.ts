import type { Database, Transaction } from '../database/schema.ts';
import { withGrants } from './everybody.ts';
import { type Action, assertMay } from './policy.ts';
import { toRule } from './rights.ts';
import { type AdminSettings, Rules } from './rules.ts';

/**
 * The rules as they are in the database, kept in memory for as long as their version is the one that a request has just
 * read beside its session. So a changed rule holds on the next request, in every process, and costs no query of its own.
 */
export class RuleBook {
  readonly #db: Database;
  readonly admin: AdminSettings;
  #known: { readonly version: string; readonly rules: Promise<Rules> } | undefined;

  /** @param admin who is an admin by the settings, before and beside any rule. */
  constructor(db: Database, admin: AdminSettings) {
    this.#db = db;
    this.admin = admin;
  }

  /** The rules of this version, or newer ones. @param version as `rule_book` had it during this request. */
  async at(version: string): Promise<Rules> {
    if (this.#known?.version === version) return this.#known.rules;
    const rules = readRules(this.#db, this.admin);
    const known = { version, rules };
    this.#known = known;
    // What could not be read is read again by the next one.
    rules.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return rules;
  }

  /** The rules right now. */
  async now(): Promise<{ readonly rules: Rules; readonly version: string }> {
    const version = await readVersion(this.#db);
    return { version, rules: await this.at(version) };
  }
}

async function readRules(db: Database | Transaction, admin: AdminSettings): Promise<Rules> {
  const rows = await db.selectFrom('rule').selectAll().execute();
  return new Rules(rows.map(toRule), admin);
}

async function readVersion(db: Database): Promise<string> {
  const { version } = await db.selectFrom('rule_book').select('version').executeTakeFirstOrThrow();
  return version;
}

/** Who changes rights, and what that is called in the policy. */
export interface Changer {
  readonly personId: string;
  readonly action: Action;
}

/**
 * The one way to change rules, grants, or who is kept out: in a transaction, one after the other in whichever processes, and
 * asking once more after the wait whether this one still may; whoever was before them may have taken that away.
 * @param changer undefined where it is the program itself, and nobody who is signed in.
 * @param work what is to be done, with the rules as they are then and their version.
 * @throws Problem as `assertMay` does, and what `work` throws.
 */
export async function changeRights<Result>(
  db: Database,
  ruleBook: RuleBook,
  changer: Changer | undefined,
  work: (transaction: Transaction, now: { readonly rules: Rules; readonly version: string }) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    const version = await lockRuleBook(transaction);
    const rules = await readRules(transaction, ruleBook.admin);
    if (changer !== undefined) await assertStillMay(transaction, rules, changer);
    return work(transaction, { rules, version });
  });
}

/** @returns the version as it is once nobody else is changing rights. */
async function lockRuleBook(db: Transaction): Promise<string> {
  // A write first and not a read: on both engines the second one then waits, and sees what the first one did.
  const { version } = await db
    .updateTable('rule_book')
    .set((row) => ({ version: row.ref('version') }))
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

async function assertStillMay(db: Transaction, rules: Rules, { personId, action }: Changer): Promise<void> {
  const rows = await db.selectFrom('person').selectAll().where('id', '=', personId).where('disabled_at', 'is', null).execute();
  const people = await withGrants(db, rows);
  assertMay({ rights: people.flatMap((person) => rules.rightsOf(person)) }, action);
}

/** Whether a setting, a rule or a grant names an admin, so that there is a way to the pages for admins at all. */
export async function canHaveAdmin(db: Database, { email, group }: Pick<AdminSettings, 'email' | 'group'>): Promise<boolean> {
  if (email !== undefined || group !== undefined) return true;
  for (const table of ['rule', 'right_grant'] as const) {
    const row = await db.selectFrom(table).select('id').where('role', '=', 'admin').limit(1).executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}
