import { sql } from 'kysely';
import { linkPending } from '../../src/audit/linking.ts';
import { recordAudit } from '../../src/audit/record.ts';
import type { Database } from '../../src/database/schema.ts';
import { oddText } from '../everything.ts';
import { alice, at, bob, expenses, fiona, oldExpenses, type Row, spending, states, totals } from './expense-rows.ts';

const hash = 'ab'.repeat(32);

/**
 * A few rows in every table that a database has which has come so far, in an order in which they can be written.
 * @param version the number of its last migration.
 */
function rowsAt(version: number): readonly (readonly [table: string, rows: readonly Row[]])[] {
  const since = (first: number, row: Row): Row => (version >= first ? row : {});
  const all: readonly (readonly [first: number, table: string, rows: readonly Row[]])[] = [
    [
      1,
      'person',
      [alice, bob, fiona].map((id) => ({
        id,
        issuer: 'https://id.example.com',
        subject: id,
        name: `${id} ${oddText}`,
        email: `${id}@example.com`,
        email_verified: 1,
        admitted_at: at,
        signed_in_at: at,
        ...since(5, { claims: '[["groups",["a"]]]', groups_state: 'present', groups_told_at: at, sort_name: id }),
        ...since(12, { locale: 'de-DE' }),
      })),
    ],
    [
      1,
      'session',
      [
        {
          id_hash: 'hash',
          person_id: alice,
          issuer: 'https://id.example.com',
          subject: alice,
          sid: 'sid',
          auth_time: at,
          acr: null,
          sealed_id_token: 'sealed',
          started_at: at,
          seen_at: at,
          ...since(3, {
            amr: 'pwd',
            nonce_hash: 'nonce',
            device: 'Firefox',
            address: '192.0.2.1',
            ends_at: at,
            sealed_refresh_token: 'sealed',
            revalidate_at: at,
          }),
        },
      ],
    ],
    [
      1,
      'team',
      [
        ['finance', 'USD'],
        ['marketing', 'EUR'],
      ].map(([id = '', currency = '']) => ({
        id,
        label: `${id} ${oddText}`,
        currency,
        ...since(5, { archived_at: id === 'marketing' ? at : null }),
        ...since(6, { second_approval_above: id === 'finance' ? 100_000 : null }),
      })),
    ],
    [
      1,
      'rule',
      [
        { id: 'rule-1', claim: 'email', value: 'alice@example.com', role: 'member', team_id: 'finance' },
        { id: 'rule-2', claim: 'email', value: 'dana@example.com', role: 'admin', team_id: null },
      ],
    ],
    [1, 'sample_organisation', [{ name: 'sample', loaded_at: at }]],
    [2, 'used_nonce', [{ nonce_hash: 'nonce', used_at: at }]],
    [3, 'access_end', [{ issuer: 'https://id.example.com', kind: 'sid', value: 'gone', ended_at: at }]],
    [3, 'used_logout_token', [{ jti_hash: 'jti', used_at: at }]],
    [5, 'right_grant', [{ id: 'grant-1', person_id: fiona, role: 'finance', team_id: null, given_by: 'Dana', given_at: at }]],
    [6, 'settlement', [{ id: 'settlement-1', reference: oddText, settled_by: fiona, settled_by_name: 'Fiona', settled_at: at }]],
    [
      11,
      'import',
      [
        {
          id: 'import-1',
          team_id: 'finance',
          kind: 'own',
          person_id: alice,
          person_name: 'Alice',
          file_name: oddText,
          size: 3,
          sha256: hash,
          state: 'landing',
          choices: '{}',
          outcome: '{}',
          bytes_read: 1,
          begun_at: at,
          alive_at: at,
        },
      ],
    ],
    [11, 'import_piece', [{ import_id: 'import-1', number: 1, bytes: Buffer.from([0, 128, 255]) }]],
    [11, 'import_pending', [{ import_id: 'import-1' }]],
    [1, version < 11 ? 'expense' : 'expense_row', version < 6 ? oldExpenses() : expenses(version)],
    [1, 'team_total', totals(version)],
    [
      6,
      'expense_step',
      states.map((state, index) => ({
        id: `step-${state}`,
        expense_id: `expense-${state}`,
        version: index + 1,
        at,
        person_id: alice,
        person_name: 'Alice',
        from_state: null,
        to_state: state,
        comment: oddText,
      })),
    ],
    [
      7,
      'receipt',
      [
        {
          id: 'receipt-1',
          expense_id: 'expense-submitted',
          name: 'a.pdf',
          type: 'application/pdf',
          size: 4,
          sha256: hash,
          added_by: alice,
          added_by_name: 'Alice',
          added_at: at,
          stored_in: 'database',
        },
      ],
    ],
    [7, 'receipt_piece', [{ receipt_id: 'receipt-1', number: 1, bytes: Buffer.from('%PDF') }]],
    [7, 'receipt_leftover', [{ id: 'receipt-gone', stored_in: 'folder' }]],
    [
      8,
      'limit_rule',
      [
        {
          id: 'limit-1',
          kind: 'age',
          effect: 'warn',
          team_id: 'finance',
          category_id: 'meals',
          amount_minor: null,
          currency: null,
          days: 30,
        },
      ],
    ],
    [8, 'closed_month', [{ month: '2020-01', closed_by: fiona, closed_by_name: 'Fiona', closed_at: at }]],
    [8, 'month_lock', [{ month: '2020-01' }]],
    [9, 'exchange_rate', [{ day: '2026-03-10', base: 'EUR', currency: 'USD', rate: '1.1234', source: 'ECB' }]],
    [
      10,
      'account_rule',
      [{ scope: 'finance/meals', team_id: 'finance', category_id: 'meals', account: '6800', cost_centre: '', tax_code: '' }],
    ],
    [
      10,
      'accountant_file',
      [
        {
          settlement_id: 'settlement-1',
          content: oddText,
          sha256: hash,
          expense_count: 1,
          saved_at: at,
          saved_by: fiona,
          saved_by_name: 'Fiona',
        },
      ],
    ],
    [13, 'spending', spending()],
    [13, 'budget', [{ team_id: 'finance', month: '2026-03', category_id: '', amount_minor: 1_000_000 }]],
  ];
  return all.filter(([first]) => first <= version).map(([, table, rows]) => [table, rows]);
}

/** Writes them, with a part of the audit record linked and a part not. @returns the statements that do the same elsewhere. */
export async function writeRows(db: Database, version: number): Promise<string[]> {
  const statements = rowsAt(version).flatMap(([table, rows]) => rows.map((row) => insert(table, row)));
  for (const statement of statements) await sql.raw(statement).execute(db);
  if (version < 4) return statements;
  for (const name of ['Alice', oddText]) await record(db, name);
  await linkPending(db);
  await record(db, 'Late');
  const audit = await Promise.all(['audit_entry', 'audit_link', 'audit_pending'].map((table) => dump(db, table)));
  const { seq, hash: head } = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow();
  return [...statements, ...audit.flat(), `update audit_head set seq = ${seq}, hash = ${literal(head)}`];
}

async function record(db: Database, name: string): Promise<void> {
  await db
    .transaction()
    .execute((transaction) =>
      recordAudit(transaction, { action: 'signed-in', by: { id: 'person-alice', name } }, () => new Date(at)),
    );
}

async function dump(db: Database, table: string): Promise<string[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)} order by 1`.execute(db);
  return rows.map((row) => insert(table, row));
}

function insert(table: string, row: Row): string {
  return `insert into "${table}" (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
}

export function literal(value: unknown): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new TypeError('There is no such value in a row');
  return `'${value.replaceAll("'", "''")}'`;
}
