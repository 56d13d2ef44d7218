import { linkPending } from '../src/audit/linking.ts';
import { recordAudit } from '../src/audit/record.ts';
import type { Database } from '../src/database/schema.ts';
import { loadSampleOrganisation } from '../src/demo/load.ts';

const at = '2026-03-10T09:00:00.000Z';
const hex = 'ab'.repeat(32);
/** Characters that databases, shells and files have their own mind about. */
export const oddText = `O’Brien \\ "quotes" 'and' \n\t\u{1F4B6} ; -- é\u0301 %_`;

/** At least one row in every table there is, with what is odd in it: the sample organisation, and one of everything that it has not. */
export async function addEverything(db: Database): Promise<void> {
  await loadSampleOrganisation(db, () => new Date(at));
  const expense = await db.selectFrom('expense_row').selectAll().orderBy('id').limit(1).executeTakeFirstOrThrow();
  const team = expense.team_id;
  const person = { id: 'person-1', issuer: 'https://id.example.com', subject: 'sub', name: oddText, email: 'a@example.com' };
  await db
    .insertInto('person')
    .values({ ...person, email_verified: 1, admitted_at: at, signed_in_at: at, claims: '[["groups",["a"]]]' })
    .execute();
  const session = {
    id_hash: 'hash',
    person_id: person.id,
    issuer: person.issuer,
    subject: person.subject,
    sid: null,
    auth_time: at,
  };
  const rest = { acr: null, amr: 'pwd', nonce_hash: 'nonce', device: 'Firefox', address: '192.0.2.1', sealed_id_token: 'sealed' };
  const times = { sealed_refresh_token: null, started_at: at, seen_at: at, ends_at: at, revalidate_at: null };
  await db
    .insertInto('session')
    .values({ ...session, ...rest, ...times })
    .execute();
  await db.insertInto('access_end').values({ issuer: person.issuer, kind: 'sid', value: 'v', ended_at: at }).execute();
  await db.insertInto('used_nonce').values({ nonce_hash: 'n', used_at: at }).execute();
  await db.insertInto('used_logout_token').values({ jti_hash: 'j', used_at: at }).execute();
  await db
    .insertInto('right_grant')
    .values({ id: 'grant-1', person_id: person.id, role: 'admin', team_id: null, given_by: 'Dana', given_at: at })
    .execute();
  const by = { settled_by: person.id, settled_by_name: 'Alice', settled_at: at };
  await db
    .insertInto('settlement')
    .values({ id: 'settlement-1', reference: oddText, ...by })
    .execute();
  const saved = { sha256: hex, expense_count: 1, saved_at: at, saved_by: person.id, saved_by_name: 'Alice' };
  await db
    .insertInto('accountant_file')
    .values({ settlement_id: 'settlement-1', content: oddText, ...saved })
    .execute();
  const file = { team_id: team, kind: 'own', person_id: person.id, person_name: 'Alice', file_name: oddText } as const;
  const state = { size: 3, sha256: hex, state: 'landing', choices: '{}', outcome: '{}', begun_at: at, alive_at: at } as const;
  await db
    .insertInto('import')
    .values({ id: 'import-1', ...file, ...state })
    .execute();
  await db.insertInto('import_pending').values({ import_id: 'import-1' }).execute();
  await db.insertInto('import_piece').values({ import_id: 'import-1', number: 1, bytes: allBytes() }).execute();
  const arriving = { id: 'expense-arriving', import_id: 'import-1', import_line: 2, import_key: 'key', note: oddText };
  await db
    .insertInto('expense_row')
    .values({ ...expense, ...arriving, amount_minor: Number.MAX_SAFE_INTEGER, team_amount_minor: Number.MAX_SAFE_INTEGER })
    .execute();
  const step = { id: 'step-1', expense_id: expense.id, version: 1, at, person_id: null, person_name: 'Alice', from_state: null };
  await db
    .insertInto('expense_step')
    .values({ ...step, to_state: 'draft', comment: oddText })
    .execute();
  const receipt = {
    id: 'receipt-1',
    expense_id: expense.id,
    name: 'a.pdf',
    type: 'application/pdf',
    size: 256,
    sha256: hex,
  } as const;
  const added = { added_by: person.id, added_by_name: 'Alice', added_at: at, stored_in: 'database' } as const;
  await db
    .insertInto('receipt')
    .values({ ...receipt, ...added })
    .execute();
  await db.insertInto('receipt_piece').values({ receipt_id: 'receipt-1', number: 1, bytes: allBytes() }).execute();
  await db.insertInto('receipt_leftover').values({ id: 'receipt-gone', stored_in: 'folder' }).execute();
  const limit = { id: 'limit-1', kind: 'age', effect: 'warn', team_id: team, category_id: null, amount_minor: null } as const;
  await db
    .insertInto('limit_rule')
    .values({ ...limit, currency: null, days: 30 })
    .execute();
  await db
    .insertInto('closed_month')
    .values({ month: '2020-01', closed_by: person.id, closed_by_name: 'A', closed_at: at })
    .execute();
  await db.insertInto('month_lock').values({ month: '2020-01' }).execute();
  await db
    .insertInto('exchange_rate')
    .values({ day: '2026-03-10', base: 'EUR', currency: 'USD', rate: '1.1234', source: 'ECB' })
    .execute();
  await db
    .insertInto('account_rule')
    .values({ scope: `${team}/`, team_id: team, category_id: null, account: '6800', cost_centre: '', tax_code: '' })
    .execute();
  await db.transaction().execute(async (transaction) => {
    for (const name of ['Alice', oddText])
      await recordAudit(transaction, { action: 'signed-in', by: { id: person.id, name } }, () => new Date(at));
  });
  await linkPending(db);
  await db.transaction().execute(async (transaction) => {
    await recordAudit(transaction, { action: 'signed-in', by: { id: person.id, name: 'Late' } }, () => new Date(at));
  });
}

function allBytes(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => byte);
}
