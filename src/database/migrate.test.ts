import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { describeOnBothEngines, newDatabase } from '../../test/databases.ts';
import { addMany } from '../../test/many-expenses.ts';
import { assertSpendingAddsUp } from '../../test/spending-sums.ts';
import { Problem } from '../problems.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';

const tables = [
  'access_end',
  'account_rule',
  'accountant_file',
  'audit_entry',
  'audit_head',
  'audit_link',
  'audit_pending',
  'budget',
  'category',
  'closed_month',
  'data_version',
  'exchange_rate',
  'expense',
  'expense_row',
  'expense_step',
  'import',
  'import_pending',
  'import_piece',
  'limit_rule',
  'month_lock',
  'person',
  'receipt',
  'receipt_leftover',
  'receipt_piece',
  'right_grant',
  'rule',
  'rule_book',
  'sample_organisation',
  'session',
  'settlement',
  'spending',
  'team',
  'team_total',
  'used_logout_token',
  'used_nonce',
];

/** A migration that makes this table. */
function making(table: string): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.createTable(table).addColumn('id', 'text').execute();
    },
  };
}

/** One that makes this table and then fails. */
function failingAfter(table: string, fail: (db: Kysely<unknown>) => Promise<unknown>): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await making(table).up(db);
      await fail(db);
    },
  };
}

async function listTables(db: Database): Promise<string[]> {
  return (await db.introspection.getTables()).map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1));
}

async function listExecuted(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

describeOnBothEngines('a database', (engine) => {
  /** An empty one, opened. */
  async function withDatabase(work: (db: Database, url: string) => Promise<void>): Promise<void> {
    await using database = await newDatabase(engine);
    const db = await openDatabase(database.url);
    try {
      await work(db, database.url);
    } finally {
      await db.destroy();
    }
  }

  it('that is empty gets every table, by every migration in order', () =>
    withDatabase(async (db) => {
      assert.deepEqual(await migrate(db), Object.keys(migrations));
      assert.deepEqual(await listTables(db), tables);
    }));

  it('that is up to date stays as it is', () =>
    withDatabase(async (db) => {
      await migrate(db);
      await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
      assert.deepEqual(await migrate(db), []);
      assert.deepEqual(await listTables(db), tables);
      assert.equal((await db.selectFrom('team').select('id').execute()).length, 1);
    }));

  it('of an older Outlay gets what is missing, and keeps what it has', () =>
    withDatabase(async (db) => {
      await migrate(db);
      await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
      assert.deepEqual(await migrate(db, { ...migrations, '9000-next': making('next') }), ['9000-next']);
      assert.deepEqual(
        await listTables(db),
        [...tables, 'next'].toSorted((a, b) => (a < b ? -1 : 1)),
      );
      assert.equal((await db.selectFrom('team').select('id').execute()).length, 1);
    }));

  it('adds up what was spent before it kept sums', () =>
    withDatabase(async (db) => {
      const names = Object.keys(migrations);
      const before = names.slice(0, names.indexOf('0013-spending-and-budgets'));
      await migrate(db, Object.fromEntries(Object.entries(migrations).filter(([name]) => before.includes(name))));
      await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
      const made = (['draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed'] as const).flatMap((state) =>
        ['2025-12-31', '2026-01-01', '2026-01-02'].map((spent_on) => ({ state, spent_on })),
      );
      await addMany(db, 'finance', made);
      await migrate(db);
      await assertSpendingAddsUp(db, 'finance');
      assert.equal((await db.selectFrom('spending').selectAll().execute()).length, 2 + 3 + 3);
    }));

  it('of a newer Outlay is refused by the name of what is new in it, and left as it was', () =>
    withDatabase(async (db) => {
      await migrate(db, { ...migrations, '9000-next': making('next'), '9001-last': making('last') });
      const before = await listTables(db);
      const older = { ...migrations, '8000-would-run': making('would_run') };
      await assert.rejects(migrate(db, older), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.kind, 'unavailable');
        assert.match(error.message, /newer than this program: it has "9000-next", "9001-last"/);
        assert.match(error.message, /Nothing was changed/);
        return true;
      });
      assert.deepEqual(await listTables(db), before);
      assert.deepEqual(await listExecuted(db), [...Object.keys(migrations), '9000-next', '9001-last']);
    }));

  it('keeps nothing of a run in which one migration failed, and says which', () =>
    withDatabase(async (db) => {
      const failures = {
        'a mistake of ours': async () => Promise.reject(new Error('on purpose')),
        'a refusal of the engine': async (failing: Kysely<unknown>) => sql`insert into nowhere values (1)`.execute(failing),
      };
      await migrate(db);
      for (const [why, fail] of Object.entries(failures)) {
        const broken = { ...migrations, '9000-good': making('good'), '9001-bad': failingAfter('bad', fail) };
        await assert.rejects(
          migrate(db, broken),
          (error) => {
            assert.ok(error instanceof Problem);
            assert.match(error.message, /could not be brought up to date \("9001-bad" failed\)\. It was left as it was\./);
            assert.ok(error.cause instanceof Error);
            return true;
          },
          why,
        );
        assert.deepEqual(await listTables(db), tables, why);
        assert.deepEqual(await listExecuted(db), Object.keys(migrations), why);
      }
      const mended = { ...migrations, '9000-good': making('good'), '9001-bad': making('bad') };
      assert.deepEqual(await migrate(db, mended), ['9000-good', '9001-bad'], 'and the next try is a whole one');
    }));

  it('that was empty has no table after a first migration that failed', () =>
    withDatabase(async (db) => {
      const broken = { '0001-bad': failingAfter('bad', async () => Promise.reject(new Error('on purpose'))) };
      await assert.rejects(migrate(db, broken), /"0001-bad" failed/);
      assert.deepEqual(await listTables(db), []);
      assert.deepEqual(await migrate(db), Object.keys(migrations));
    }));

  it('refuses rows that make no sense', () =>
    withDatabase(async (db) => {
      await migrate(db);
      await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
      const at = '2026-01-05T00:00:00.000Z';
      const rule = { claim: 'email', value: 'alice@example.com' } as const;
      const person = { issuer: 'i', subject: 's', name: null, email: null, admitted_at: at, signed_in_at: at };
      await db
        .insertInto('person')
        .values({ ...person, id: '1', email_verified: 1 })
        .execute();
      const limit = { effect: 'warn', team_id: null, category_id: null, amount_minor: 1, currency: 'USD', days: null } as const;
      const refused = {
        'a team without a currency': db.insertInto('team').values({ id: 'x', label: 'X', currency: '' }),
        'a member of no team': db.insertInto('rule').values({ ...rule, id: '1', role: 'member', team_id: null }),
        'an admin of one team': db.insertInto('rule').values({ ...rule, id: '2', role: 'admin', team_id: 'finance' }),
        'a role there is not': db.insertInto('rule').values({ ...rule, id: '3', role: 'owner' as 'admin', team_id: null }),
        'a person twice': db.insertInto('person').values({ ...person, id: '2', email_verified: 0 }),
        'half a truth': db.insertInto('person').values({ ...person, id: '3', subject: 't', email_verified: 2 as 1 }),
        'a total below nothing': db
          .insertInto('team_total')
          .values({ team_id: 'finance', state: 'approved', expense_count: 0, amount_minor: -1 }),
        'an amount limit without an amount': db
          .insertInto('limit_rule')
          .values({ ...limit, id: '1', kind: 'day', amount_minor: null, currency: null }),
        'an amount without a currency': db.insertInto('limit_rule').values({ ...limit, id: '2', kind: 'day', currency: null }),
        'an age without days': db
          .insertInto('limit_rule')
          .values({ ...limit, id: '3', kind: 'age', amount_minor: null, currency: null }),
        'a rule on accounts for another pair than it says': db
          .insertInto('account_rule')
          .values({ scope: 'finance/', team_id: null, category_id: null, account: '4940', cost_centre: '', tax_code: '' }),
        'a rule on accounts that says nothing': db
          .insertInto('account_rule')
          .values({ scope: '/', team_id: null, category_id: null, account: '', cost_centre: '', tax_code: '' }),
      };
      for (const [what, insert] of Object.entries(refused)) await assert.rejects(insert.execute(), /check|unique/i, what);
    }));

  if (engine === 'postgres') {
    it('is brought up to date once, also where two processes start at the same time', () =>
      withDatabase(async (db, url) => {
        const other = await openDatabase(url);
        const ran = await Promise.all([migrate(db), migrate(other)]);
        await other.destroy();
        assert.deepEqual(ran.flat(), Object.keys(migrations));
        assert.deepEqual(await listTables(db), tables);
      }));
  }
});
