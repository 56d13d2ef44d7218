import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { addEmailRule } from '../../test/cast.ts';
import { viewerWith, withRights } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { addExpense } from '../expenses/expenses.ts';
import { listExpenses } from '../expenses/list.ts';
import { findTotal } from '../expenses/totals.ts';
import { explainRights } from '../rights/explain.ts';
import type { Given } from '../rights/rights.ts';
import type { Viewer } from '../people/viewer.ts';
import { addTeam, findVisibleTeam, listVisibleTeams } from './teams.ts';

const member = viewerWith('alice@example.com');
const stranger = viewerWith('charlie@example.com');
const admin = viewerWith('dana@example.com');
const nobody = viewerWith('nobody@example.com');
/** With Dana's address, which the provider did not verify. */
const unverified = { ...viewerWith(undefined), email: 'dana@example.com' };
const withoutAddress = { ...viewerWith(undefined), email: undefined };

describeOnBothEngines('a team', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  const find = async (viewer: Viewer, id: string) => findVisibleTeam(db, await withRights(db, viewer), id);
  const list = async (viewer: Viewer) => listVisibleTeams(db, await withRights(db, viewer));
  const explain = async (viewer: Viewer) => explainRights(db, (await withRights(db, viewer)).rights);
  const addRule = async (email: string, grant: Given) =>
    db.transaction().execute(async (transaction) => addEmailRule(transaction, email, grant));
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    await db.transaction().execute(async (transaction) => {
      await addTeam(transaction, { id: 'finance', label: 'Finance', currency: 'USD' });
      await addTeam(transaction, { id: 'team-10', label: 'Team 10', currency: 'EUR' });
      await addTeam(transaction, { id: 'team-9', label: 'Team 9', currency: 'EUR' });
      await addTeam(transaction, { id: 'etudes', label: 'Études', currency: 'EUR' });
      await addTeam(transaction, { id: 'a', label: 'zebra', currency: 'EUR' });
    });
    await addRule('Alice@Example.com', { role: 'member', teamId: 'finance' });
    await addRule('charlie@example.com', { role: 'member', teamId: 'team-9' });
    await addRule('dana@example.com', { role: 'admin', teamId: null });
  });
  after(() => fresh[Symbol.asyncDispose]());

  const idsOf = async (viewer: typeof member) => (await list(viewer)).map(({ id }) => id);

  it('is seen by its members and by admins', async () => {
    for (const viewer of [member, admin]) {
      const team = await find(viewer, 'finance');
      assert.deepEqual(
        { ...team },
        {
          id: 'finance',
          label: 'Finance',
          currency: 'USD',
          archived_at: null,
          second_approval_above: null,
          version: team?.version,
        },
      );
    }
  });

  it('is not seen by members of another, by somebody without a rule, or without a verified address', async () => {
    for (const viewer of [stranger, nobody, unverified, withoutAddress, viewerWith('')]) {
      assert.equal(await find(viewer, 'finance'), undefined);
    }
  });

  it('is not seen with an address that is only like the one of the rule', async () => {
    for (const email of [
      'alice@example.com ',
      'ALICE@EXAMPLE.COM',
      'alice@example.co',
      'al%',
      '%',
      '_lice@example.com',
      "' or '1'='1",
    ]) {
      assert.equal(await find(viewerWith(email), 'finance'), undefined, email);
      assert.deepEqual(await list(viewerWith(email)), [], email);
    }
  });

  it('that there is not is seen by nobody, whatever its id', async () => {
    const words = `nothing Finance FINANCE fin% % _inance * __proto__ constructor toString null undefined 0 ../finance finance/..
      -finance fin\u0430nce 💸 finance'-- '/**/or/**/'1'='1 "finance" finance';drop/**/table/**/team;--`;
    const others = [
      '',
      ' ',
      'finance ',
      ' finance',
      'finance\0',
      '\0',
      'finance\n',
      '\uD800',
      'f'.repeat(64),
      'f'.repeat(100_000),
    ];
    const ids = [...words.split(/\s+/), ...others];
    for (const id of ids) {
      for (const viewer of [admin, member]) assert.equal(await find(viewer, id), undefined, JSON.stringify(id));
    }
    assert.notEqual(await find(admin, 'finance'), undefined, 'and the one that there is still is');
  });

  it('is in the list of those who see it, and in no other', async () => {
    assert.deepEqual(await idsOf(member), ['finance']);
    assert.deepEqual(await idsOf(stranger), ['team-9']);
    for (const viewer of [nobody, unverified, withoutAddress]) assert.deepEqual(await idsOf(viewer), []);
  });

  it('is listed by its label as people sort, and not by its id or by the database’s alphabet', async () => {
    assert.deepEqual(await idsOf(admin), ['etudes', 'finance', 'team-9', 'team-10', 'a']);
  });

  it('is listed once, however many rules give it', async () => {
    await addRule('twice@example.com', { role: 'member', teamId: 'finance' });
    await addRule('twice@example.com', { role: 'admin', teamId: null });
    assert.equal((await idsOf(viewerWith('twice@example.com'))).filter((id) => id === 'finance').length, 1);
  });

  it('opens with a rule at once and closes with its removal at once', async () => {
    const viewer = viewerWith('new@example.com');
    for (const grant of [
      { role: 'member', teamId: 'finance' },
      { role: 'admin', teamId: null },
    ] as const) {
      assert.equal(await find(viewer, 'finance'), undefined);
      await addRule('new@example.com', grant);
      assert.notEqual(await find(viewer, 'finance'), undefined);
      await db.deleteFrom('rule').where('value', '=', 'new@example.com').execute();
    }
    assert.equal(await find(viewer, 'finance'), undefined);
    assert.deepEqual(await idsOf(viewer), []);
  });

  it('gets a rule once, however often it is added', async () => {
    for (const grant of [
      { role: 'member', teamId: 'finance' },
      { role: 'admin', teamId: null },
    ] as const) {
      for (const email of ['again@example.com', 'Again@example.com', ' again@example.com ']) await addRule(email, grant);
    }
    assert.equal((await explain(viewerWith('again@example.com'))).length, 2);
  });

  it('cannot get a rule where there is no such team', async () => {
    await assert.rejects(addRule('x@example.com', { role: 'member', teamId: 'nothing' }), /foreign key/i);
  });

  it('cannot be added twice under one id', async () => {
    const again = { id: 'finance', label: 'Another', currency: 'EUR' };
    await assert.rejects(
      db.transaction().execute(async (transaction) => addTeam(transaction, again)),
      /unique/i,
    );
    assert.equal((await find(member, 'finance'))?.label, 'Finance');
  });

  it('is said to be seen by the rule that gives it', async () => {
    assert.deepEqual(await explain(member), [
      { what: 'Finance, as a member', why: ['A rule gives this to everybody whose e-mail address is alice@example.com.'] },
    ]);
    assert.deepEqual(await explain(admin), [
      { what: 'Every team, as an admin', why: ['A rule gives this to everybody whose e-mail address is dana@example.com.'] },
    ]);
    for (const viewer of [nobody, unverified, withoutAddress]) assert.deepEqual(await explain(viewer), []);
  });

  it('that nobody was found to see gives no expenses: that does not compile', async () => {
    const unchecked = { id: 'finance', label: 'Finance', currency: 'USD' };
    // @ts-expect-error A team that somebody made up.
    assert.deepEqual((await listExpenses(db, unchecked, member)).expenses, []);
    // @ts-expect-error A team that somebody made up.
    assert.equal((await findTotal(db, unchecked)).count, 0);
    const rows = await db.selectFrom('team').selectAll().where('id', '=', 'finance').execute();
    // @ts-expect-error A team straight from the database, without asking who wants to see it.
    for (const row of rows) assert.deepEqual((await listExpenses(db, row, member)).expenses, []);
    const seen = await find(member, 'finance');
    assert.ok(seen !== undefined);
    assert.deepEqual((await listExpenses(db, seen, member)).expenses, []);
  });

  it('takes an expense within a transaction only: anything else does not compile', async () => {
    const seen = await find(stranger, 'team-9');
    assert.ok(seen !== undefined);
    const expense = { spenderName: 'x', item: 'x', amountMinor: 1, loggedAt: new Date() };
    // @ts-expect-error Not a transaction, so the total could be left behind.
    await addExpense(db, seen, expense);
    assert.equal((await findTotal(db, seen)).count, 1);
  });
});
