import type { Schema } from '../database/schema.ts';

/** Every table but those of the migrations; `expense` is a view. */
export type TableName = Exclude<keyof Schema, 'expense'>;

export interface Table {
  readonly name: TableName;
  /** By which its rows are read, one batch after the other. */
  readonly key: readonly string[];
  /** At most so many rows are held at once; fewer where a row may be large. */
  readonly batch: number;
  /** What every new database has in it, and gives way to what is copied. */
  readonly seeded?: true;
}

const USUAL = 400;
/** Pieces are up to 256 kB. */
const LARGE = 16;

/** In an order in which no row refers to one that comes later; that none is missing is held by the compiler and by a test. */
const keys: Readonly<Record<TableName, Omit<Table, 'name' | 'batch'> & { readonly batch?: number }>> = {
  person: { key: ['id'] },
  session: { key: ['id_hash'] },
  access_end: { key: ['issuer', 'kind', 'value'] },
  used_nonce: { key: ['nonce_hash'] },
  used_logout_token: { key: ['jti_hash'] },
  team: { key: ['id'] },
  category: { key: ['id'], seeded: true },
  rule: { key: ['id'] },
  right_grant: { key: ['id'] },
  settlement: { key: ['id'] },
  import: { key: ['id'], batch: LARGE },
  import_pending: { key: ['import_id'] },
  import_piece: { key: ['import_id', 'number'], batch: LARGE },
  expense_row: { key: ['id'] },
  expense_step: { key: ['id'] },
  receipt: { key: ['id'] },
  receipt_piece: { key: ['receipt_id', 'number'], batch: LARGE },
  receipt_leftover: { key: ['id'] },
  team_total: { key: ['team_id', 'state'] },
  spending: { key: ['team_id', 'kind', 'period', 'about_id'] },
  budget: { key: ['team_id', 'month', 'category_id'] },
  limit_rule: { key: ['id'] },
  closed_month: { key: ['month'] },
  month_lock: { key: ['month'] },
  exchange_rate: { key: ['currency', 'day', 'base'] },
  account_rule: { key: ['scope'] },
  accountant_file: { key: ['settlement_id'], batch: LARGE },
  sample_organisation: { key: ['name'] },
  audit_entry: { key: ['id'] },
  audit_link: { key: ['seq'] },
  audit_pending: { key: ['entry_id'] },
  audit_head: { key: ['id'], seeded: true },
  // Last: triggers move both with what comes before them.
  rule_book: { key: ['id'], seeded: true },
  data_version: { key: ['team_id'], seeded: true },
};

export const tables: readonly Table[] = Object.entries(keys).map(([name, { batch = USUAL, ...rest }]) => ({
  name: name as TableName,
  batch,
  ...rest,
}));
