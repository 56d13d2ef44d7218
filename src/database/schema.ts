import type { ColumnType, Generated, Kysely, Selectable, Transaction as KyselyTransaction } from 'kysely';
import type { ImportPendingTable, ImportPieceTable, ImportTable } from './schema-imports.ts';
import type { AccountantFileTable, AccountRuleTable } from './schema-accountant.ts';
import type { ExchangeRateTable } from './schema-rates.ts';
import type { ClosedMonthTable, LimitRuleTable, MonthLockTable } from './schema-limits.ts';
import type { AuditEntryTable, AuditHeadTable, AuditLinkTable, AuditPendingTable } from './schema-audit.ts';
import type { BudgetTable, SpendingTable } from './schema-spending.ts';
import type { ReceiptLeftoverTable, ReceiptPieceTable, ReceiptTable } from './schema-receipts.ts';

/*
 * One data model for two engines (docs/decisions/0002): text ids made by the app, instants and dates as ISO 8601 UTC text,
 * money as whole minor units, truth as 0 or 1.
 */

export interface PersonTable {
  id: string;
  /** With `subject` the only key to a person (OpenID Connect Core §5.7). */
  issuer: string;
  subject: string;
  name: string | null;
  /** In lower case (ASCII letters only). */
  email: string | null;
  email_verified: 0 | 1;
  admitted_at: string;
  signed_in_at: string;
  /** What rules are held against besides the address: pairs of a claim's path and its values, as JSON (rights/claims.ts). */
  claims: Generated<string>;
  /** What the provider last said of their groups. */
  groups_state: Generated<GroupsState>;
  /** When it last named them, be it that there are none. */
  groups_told_at: Generated<string | null>;
  /** Since when an admin has kept them out. */
  disabled_at: Generated<string | null>;
  /** A language tag: the language, and where it matters script and region. */
  locale: Generated<string | null>;
  /** Name and address as people search and sort, ordered by bytes on both engines. */
  sort_name: Generated<string>;
}

/** A claim that was not sent, one that points elsewhere, an empty list and a list are four different things. */
export type GroupsState = 'absent' | 'overflowing' | 'empty' | 'present';

export interface SessionTable {
  /** SHA-256 of the session id; the id itself is only in the browser's cookie. */
  id_hash: string;
  person_id: string;
  issuer: string;
  subject: string;
  /** The provider's own session (OpenID Connect Front-Channel Logout §3), where it names one. */
  sid: string | null;
  auth_time: string | null;
  acr: string | null;
  /** With spaces between; empty where the provider said nothing. */
  amr: string;
  /** SHA-256 of the nonce that the session began with. */
  nonce_hash: string;
  /** In words, such as "Firefox on Windows". */
  device: string;
  /** Where the session began: the client's address, as the proxy settings have it. */
  address: string;
  /** The latest ID Token, sealed; only the provider's logout needs it (RP-Initiated Logout §2). */
  sealed_id_token: string;
  /** Present exactly where `revalidate_at` is. */
  sealed_refresh_token: string | null;
  started_at: string;
  seen_at: string;
  /** The absolute limit, or earlier where the provider said so; no use of the session moves it. */
  ends_at: string;
  /** When the provider is to be asked again. */
  revalidate_at: string | null;
}

/** Since when somebody's access has ended: a sign-in that was under way then opens no session. */
export interface AccessEndTable {
  issuer: string;
  kind: 'sid' | 'subject';
  value: string;
  ended_at: string;
}

/** So that a logout token counts once (Back-Channel Logout §2.6). */
export interface UsedLogoutTokenTable {
  jti_hash: string;
  used_at: string;
}

/** So that an answer of the provider's opens one session, whichever process gets it, and however often (Core §15.5.2). */
export interface UsedNonceTable {
  nonce_hash: string;
  used_at: string;
}

export interface TeamTable {
  id: string;
  label: string;
  currency: string;
  /** Since when nothing is logged in it any more. */
  archived_at: Generated<string | null>;
  /** Above it a second, different person must approve, in minor units of the team's currency; null where one is always enough. */
  second_approval_above: Generated<number | null>;
}

export type OrganisationRole = 'admin' | 'finance' | 'auditor';
export type TeamRole = 'member' | 'manager';

export interface RuleTable {
  id: string;
  /** `email`, `email_domain`, or a claim's path. */
  claim: string;
  operator: Generated<'equals' | 'matches'>;
  value: string;
  role: OrganisationRole | TeamRole;
  /** Set exactly when the role is one within a team. */
  team_id: string | null;
}

/** One row; its version changes with every rule, by a trigger. */
export interface RuleBookTable {
  id: 1;
  version: string;
}

/** A right that an admin gave to somebody, beside the rules. */
export interface RightGrantTable {
  id: string;
  person_id: string;
  role: OrganisationRole | TeamRole;
  /** Set exactly when the role is one within a team. */
  team_id: string | null;
  /** The name of whoever gave it, as it was then. */
  given_by: string;
  given_at: string;
}

export type ExpenseState = 'draft' | 'submitted' | 'approved' | 'rejected' | 'withdrawn' | 'reimbursed';

export interface CategoryTable {
  id: string;
  label: string;
  /** Since when it is no longer offered. */
  retired_at: Generated<string | null>;
}

export interface ExpenseTable {
  id: string;
  team_id: string;
  /** Who spent it; null where they are not known here, as in what came in from elsewhere. */
  spender_id: string | null;
  spender_name: string;
  logged_by: string | null;
  logged_by_name: string;
  item: string;
  merchant: Generated<string>;
  note: Generated<string>;
  category_id: string;
  /** A day, not an instant. */
  spent_on: string;
  /** As it was spent. */
  amount_minor: number;
  currency: string;
  /** How it became the amount in the team's currency; null where the two are one. */
  rate: Generated<string | null>;
  rate_on: Generated<string | null>;
  rate_source: Generated<string | null>;
  /** In the team's currency, as it was on that day. */
  team_amount_minor: number;
  state: ExpenseState;
  /** One more with every change. */
  version: Generated<number>;
  /** Whoever approved where a second person must, too. */
  first_approved_by: Generated<string | null>;
  decided_by: Generated<string | null>;
  settled_by: Generated<string | null>;
  settlement_id: Generated<string | null>;
  logged_at: string;
  changed_at: string;
  /** The file that it came from, and the line of that; null for what somebody logged. */
  import_id: Generated<string | null>;
  import_line: Generated<number | null>;
  /** What it was in the file, by which the same is recognised. */
  import_key: Generated<string | null>;
}

/** What happened to an expense, in order; only ever added to. */
export interface ExpenseStepTable {
  id: string;
  expense_id: string;
  /** That of the expense from then on, so that the steps have an order also within one instant. */
  version: number;
  at: string;
  person_id: string | null;
  person_name: string;
  /** Null where it began. */
  from_state: ExpenseState | null;
  to_state: ExpenseState;
  comment: string;
}

/** What was paid back together. */
export interface SettlementTable {
  id: string;
  reference: string;
  settled_by: string;
  settled_by_name: string;
  settled_at: string;
}

/** Kept in the same transaction as the expenses, so that no page has to add them up; in the team's currency. */
export interface TeamTotalTable {
  team_id: string;
  state: ExpenseState;
  expense_count: number;
  amount_minor: number;
}

/** Moves with every change of what is shown of a team, by triggers; the empty id is for what all teams share. */
export interface DataVersionTable {
  team_id: string;
  version: string;
}

/** One row once the sample organisation has been loaded, so that it is never mistaken for data of one's own. */
export interface SampleOrganisationTable {
  name: string;
  loaded_at: string;
}

/** A view: nothing can be written to it. */
type ReadOnly<Table> = { [Column in keyof Table]: ColumnType<Selectable<Table>[Column & keyof Selectable<Table>], never, never> };

export interface Schema {
  person: PersonTable;
  session: SessionTable;
  used_nonce: UsedNonceTable;
  access_end: AccessEndTable;
  used_logout_token: UsedLogoutTokenTable;
  team: TeamTable;
  rule: RuleTable;
  rule_book: RuleBookTable;
  right_grant: RightGrantTable;
  category: CategoryTable;
  /** To read from: a view of those that count. */
  expense: ReadOnly<ExpenseTable>;
  /** To write to: all there are, also those of an import under way. */
  expense_row: ExpenseTable;
  expense_step: ExpenseStepTable;
  receipt: ReceiptTable;
  receipt_piece: ReceiptPieceTable;
  receipt_leftover: ReceiptLeftoverTable;
  settlement: SettlementTable;
  team_total: TeamTotalTable;
  spending: SpendingTable;
  budget: BudgetTable;
  data_version: DataVersionTable;
  import: ImportTable;
  import_piece: ImportPieceTable;
  import_pending: ImportPendingTable;
  limit_rule: LimitRuleTable;
  closed_month: ClosedMonthTable;
  exchange_rate: ExchangeRateTable;
  account_rule: AccountRuleTable;
  accountant_file: AccountantFileTable;
  month_lock: MonthLockTable;
  sample_organisation: SampleOrganisationTable;
  audit_entry: AuditEntryTable;
  audit_link: AuditLinkTable;
  audit_pending: AuditPendingTable;
  audit_head: AuditHeadTable;
}

export type Database = Kysely<Schema>;
/** Taken by whatever must happen together with something else, so that forgetting the transaction does not compile. */
export type Transaction = KyselyTransaction<Schema>;
