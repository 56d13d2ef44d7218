import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newDatabase } from '../../test/databases.ts';
import { addSettled } from '../../test/settled.ts';
import { TestClock } from '../../test/told.ts';
import { newDatabaseWithTwoRoles, type TwoRoles } from '../../test/two-roles.ts';
import { linkPending } from '../audit/linking.ts';
import { recordAudit } from '../audit/record.ts';
import { verifyAudit } from '../audit/verify.ts';
import { Problem } from '../problems.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openDatabase } from './open.ts';
import type { Database } from './schema.ts';
import { bringUpToDate, canChangeAudit } from './wall.ts';

describe('a database whose tables belong to another user', () => {
  let roles: TwoRoles;
  let db: Database;
  const clock = new TestClock();
  before(async () => {
    roles = await newDatabaseWithTwoRoles();
    db = await openDatabase(roles.url);
  });
  after(async () => {
    await db.destroy();
    await roles[Symbol.asyncDispose]();
  });

  it('is brought up to date as that user, by several processes at once, and by Outlay’s own user not at all', async () => {
    await assert.rejects(migrate(db), /could not be brought up to date/);
    const other = await openDatabase(roles.url);
    const ran = await Promise.all([db, other, db].map((one) => bringUpToDate(one, roles.ownerUrl)));
    await other.destroy();
    assert.deepEqual(ran.flat(), Object.keys(migrations));
    assert.deepEqual(await migrate(db), [], 'which may look whether there is anything to do');
  });

  it('gives its own user what each table needs, and no more', async () => {
    const { rows } = await sql<{ table: string; rights: string }>`
      select table_name as "table", string_agg(lower(privilege_type), ', ' order by privilege_type) as rights
      from information_schema.role_table_grants where grantee = current_user group by table_name`.execute(db);
    const granted = new Map(rows.map(({ table, rights }) => [table, rights]));
    assert.equal(granted.get('audit_entry'), 'insert, select');
    assert.equal(granted.get('audit_link'), 'insert, select');
    assert.equal(granted.get('audit_head'), 'select, update');
    assert.equal(granted.get('audit_pending'), 'delete, insert, select');
    assert.equal(granted.get('kysely_migration'), 'select');
    assert.equal(granted.get('rule_book'), 'select, update');
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    assert.equal(granted.get('accountant_file'), 'insert, select');
    assert.equal(granted.get('expense'), 'select', 'the view of what counts');
    const others = tables.filter((name) => !/^(?:audit_\w+|rule_book|accountant_file|expense)$/.test(name));
    assert.ok(others.includes('person'));
    for (const table of others) assert.equal(granted.get(table), 'delete, insert, select, update', table);
    assert.equal(granted.size, others.length + 8);
  });

  it('records and links, and the record holds', async () => {
    await recordAudit(db, { action: 'team-added' }, clock.now);
    await recordAudit(db, { action: 'team-changed' }, clock.now);
    assert.equal(await linkPending(db), 2);
    assert.equal((await verifyAudit(db)).fault, undefined);
  });

  it('refuses its own user whatever would change what the record says', async () => {
    const before = await verifyAudit(db);
    for (const table of ['audit_entry', 'audit_link']) {
      // No error to PostgreSQL, but nothing is granted by it either.
      await sql.raw(`grant all on ${table} to current_user`).execute(db);
      const attempts = [
        `update ${table} set ${table === 'audit_entry' ? 'detail' : 'hash'} = 'x'`,
        `delete from ${table}`,
        `truncate ${table}`,
        `alter table ${table} disable trigger all`,
        `alter table ${table} add column more text`,
        `drop trigger ${table}_no_change on ${table}`,
        `drop table ${table}`,
        `alter table ${table} owner to current_user`,
        `create trigger mine before insert on ${table} for each row execute function audit_takes_no_change()`,
        `create rule mine as on insert to ${table} do instead nothing`,
      ];
      for (const attempt of attempts)
        await assert.rejects(sql.raw(attempt).execute(db), /permission denied|must be owner/, attempt);
    }
    const around = [
      'drop function audit_takes_no_change() cascade',
      'create or replace function audit_takes_no_change() returns trigger language plpgsql as $$ begin return null; end $$',
      'drop schema public cascade',
      'create table mine (id text)',
      "set session_replication_role = 'replica'",
      'update kysely_migration set name = name',
      'truncate audit_pending',
      'delete from audit_head',
      'create schema other',
    ];
    for (const attempt of around) await assert.rejects(sql.raw(attempt).execute(db), /permission denied|must be owner/, attempt);
    assert.deepEqual(await verifyAudit(db), before);
  });

  it('keeps what the accountant got from its own user as well, who adds it and never changes it', async () => {
    const id = await addSettled(db, {});
    const saved = { content: 'x', sha256: '0'.repeat(64), expense_count: 0, saved_at: 'x', saved_by: 'x', saved_by_name: 'x' };
    await db
      .insertInto('accountant_file')
      .values({ settlement_id: id, ...saved })
      .execute();
    for (const attempt of ["update accountant_file set content = 'y'", 'delete from accountant_file', 'truncate accountant_file'])
      await assert.rejects(sql.raw(attempt).execute(db), /permission denied/, attempt);
  });

  it('is told from one where nothing stands between', async () => {
    assert.equal(await canChangeAudit(db), false);
    const admin = await openDatabase(roles.adminUrl);
    assert.equal(await canChangeAudit(admin), true, 'a superuser');
    const owner = await openDatabase(roles.ownerUrl);
    assert.equal(await canChangeAudit(owner), true, 'the owner');
    const role = new URL(roles.url).username;
    await sql`grant ${sql.id(new URL(roles.ownerUrl).username)} to ${sql.id(role)}`.execute(admin);
    assert.equal(await canChangeAudit(db), true, 'a member of the owner');
    await sql`revoke ${sql.id(new URL(roles.ownerUrl).username)} from ${sql.id(role)}`.execute(admin);
    await sql`grant truncate on audit_entry to ${sql.id(role)}`.execute(owner);
    assert.equal(await canChangeAudit(db), true, 'one that was given too much');
    await bringUpToDate(db, roles.ownerUrl);
    assert.equal(await canChangeAudit(db), false, 'until the rights are set anew');
    await sql`grant update (detail) on audit_entry to public`.execute(owner);
    assert.equal(await canChangeAudit(db), true, 'one that has too much of a column, as everybody has');
    await sql`revoke update (detail) on audit_entry from public`.execute(owner);
    await Promise.all([admin.destroy(), owner.destroy()]);
  });

  it('is left alone where the two addresses do not fit together', async () => {
    const isProblem = (message: RegExp) => (error: unknown) => error instanceof Problem && message.test(error.message);
    await assert.rejects(bringUpToDate(db, roles.url), isProblem(/name the same user, "app_/));
    await using another = await newDatabase('postgres');
    await assert.rejects(bringUpToDate(db, another.url), isProblem(/different databases/));
    const wrong = new URL(roles.ownerUrl);
    wrong.password = 'wrong';
    await assert.rejects(bringUpToDate(db, wrong.href), isProblem(/address in DATABASE_OWNER_URL/));
  });

  it('is told to the operator where the tables belong to somebody else than was said', async () => {
    await using others = await newDatabaseWithTwoRoles();
    const admin = await openDatabase(others.adminUrl);
    await migrate(admin);
    await sql`grant select on kysely_migration to public`.execute(admin);
    await admin.destroy();
    const own = await openDatabase(others.url);
    await assert.rejects(bringUpToDate(own, others.ownerUrl), /rights of the database user "app_.*docs\/operations\.md/);
    await own.destroy();
  });
});
