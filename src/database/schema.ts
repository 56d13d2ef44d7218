import type { Kysely, Transaction as KyselyTransaction } from 'kysely';

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
}

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
  /** The ID Token, sealed; only the provider's logout needs it (RP-Initiated Logout §2). */
  sealed_id_token: string;
  started_at: string;
  seen_at: string;
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
}

export interface RuleTable {
  id: string;
  claim: 'email';
  value: string;
  role: 'member' | 'admin';
  /** Set exactly when the role is one within a team. */
  team_id: string | null;
}

export interface ExpenseTable {
  id: string;
  team_id: string;
  spender_name: string;
  item: string;
  amount_minor: number;
  currency: string;
  logged_at: string;
}

/** Kept in the same transaction as the expenses, so that no page has to add them up. */
export interface TeamTotalTable {
  team_id: string;
  expense_count: number;
  amount_minor: number;
}

/** One row once the sample organisation has been loaded, so that it is never mistaken for data of one's own. */
export interface SampleOrganisationTable {
  name: string;
  loaded_at: string;
}

export interface Schema {
  person: PersonTable;
  session: SessionTable;
  used_nonce: UsedNonceTable;
  team: TeamTable;
  rule: RuleTable;
  expense: ExpenseTable;
  team_total: TeamTotalTable;
  sample_organisation: SampleOrganisationTable;
}

export type Database = Kysely<Schema>;
/** Taken by whatever must happen together with something else, so that forgetting the transaction does not compile. */
export type Transaction = KyselyTransaction<Schema>;
