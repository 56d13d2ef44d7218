import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import type { ExpenseState } from '../database/schema.ts';
import { addTeam } from '../teams/teams.ts';

describeOnBothEngines('the database itself refuses an expense', (engine) => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    await fresh.db.transaction().execute((transaction) => addTeam(transaction, { id: 'team', label: 'Team', currency: 'EUR' }));
  });
  after(() => fresh[Symbol.asyncDispose]());

  const rate = { rate: '1.085', rate_on: '2026-01-05', rate_source: 'Somebody' };

  /** Written past all of our code. */
  async function write(different: Readonly<Record<string, unknown>>): Promise<string> {
    const at = '2026-01-05T08:00:00.000Z';
    const usual = {
      id: randomUUIDv7(),
      team_id: 'team',
      spender_id: 'spender',
      spender_name: 'Spender',
      logged_by: 'logger',
      logged_by_name: 'Logger',
      item: 'Lunch',
      category_id: 'meals',
      spent_on: '2026-01-05',
      amount_minor: 100,
      currency: 'EUR',
      team_amount_minor: 100,
      state: 'submitted' as ExpenseState,
      logged_at: at,
      changed_at: at,
    };
    await fresh.db
      .insertInto('expense_row')
      .values({ ...usual, ...different })
      .execute();
    return usual.id;
  }

  /** As a new row, and as a change of one that is allowed. */
  async function assertRefused(different: Readonly<Record<string, unknown>>, why: RegExp = /check/i): Promise<void> {
    await assert.rejects(write(different), why, Object.entries(different).join('; '));
    const id = await write({});
    await assert.rejects(fresh.db.updateTable('expense_row').set(different).where('id', '=', id).execute(), why);
  }

  it('that whoever spent or logged it has decided on, approved first, or settled', async () => {
    for (const owner of ['spender', 'logger']) {
      await assertRefused({ state: 'approved', decided_by: owner });
      await assertRefused({ state: 'rejected', decided_by: owner });
      await assertRefused({ first_approved_by: owner });
      await assertRefused({ state: 'approved', decided_by: 'manager', first_approved_by: owner });
      await assertRefused({ state: 'reimbursed', decided_by: 'manager', settled_by: owner });
    }
    for (const missing of [{ spender_id: null }, { logged_by: null }]) {
      const owner = 'spender_id' in missing ? 'logger' : 'spender';
      await assertRefused({ ...missing, state: 'approved', decided_by: owner });
      await assertRefused({ ...missing, state: 'reimbursed', decided_by: 'manager', settled_by: owner });
    }
  });

  it('that one person has approved twice', async () => {
    for (const state of ['approved', 'rejected', 'withdrawn'])
      await assertRefused({ state, first_approved_by: 'manager', decided_by: 'manager' });
    await assertRefused({ state: 'reimbursed', first_approved_by: 'm', decided_by: 'm', settled_by: 'finance' });
  });

  it('that is decided or settled by nobody, or by somebody before it can be', async () => {
    for (const state of ['approved', 'rejected', 'reimbursed']) await assertRefused({ state });
    await assertRefused({ state: 'reimbursed', decided_by: 'manager' });
    await assertRefused({ state: 'reimbursed', settled_by: 'finance' });
    for (const state of ['draft', 'submitted']) await assertRefused({ state, decided_by: 'manager' });
    for (const state of ['draft', 'submitted', 'withdrawn']) await assertRefused({ state, settled_by: 'finance' });
    await assertRefused({ state: 'approved', decided_by: 'manager', settled_by: 'finance' });
  });

  it('in a state that there is not, of an amount that there is not, or that belongs to nothing', async () => {
    for (const state of ['', 'Draft', 'paid', 'submitted ', 'approved\n']) await assertRefused({ state });
    for (const column of ['amount_minor', 'team_amount_minor'])
      for (const amount of [0, -1, 9_007_199_254_740_992n]) await assertRefused({ [column]: amount });
    await assertRefused({ version: 0 });
    for (const spent_on of ['', '2026-1-5', '2026-01-05T00']) await assertRefused({ spent_on });
    for (const currency of ['', 'EU', 'EURO']) await assertRefused({ currency });
    for (const column of ['team_id', 'category_id']) await assertRefused({ [column]: 'nothing' }, /foreign key/i);
    for (const column of ['state', 'amount_minor', 'item', 'spender_name']) await assertRefused({ [column]: null }, /null/i);
  });

  it('of two amounts without a rate, or with half of one', async () => {
    await assertRefused({ team_amount_minor: 101 });
    for (const missing of ['rate', 'rate_on', 'rate_source']) await assertRefused({ ...rate, [missing]: null });
  });

  it('and takes what the rules allow', async () => {
    for (const different of [
      { state: 'draft' },
      { first_approved_by: 'manager' },
      { state: 'approved', decided_by: 'manager' },
      { state: 'approved', first_approved_by: 'manager', decided_by: 'finance' },
      { state: 'rejected', decided_by: 'manager' },
      { state: 'withdrawn', decided_by: 'manager' },
      { state: 'reimbursed', decided_by: 'manager', settled_by: 'manager' },
      { state: 'reimbursed', spender_id: null, logged_by: null },
      { amount_minor: 1, team_amount_minor: Number.MAX_SAFE_INTEGER, ...rate },
    ])
      await write(different);
  });

  it('a step of which the state is unknown, or that another step has taken already', async () => {
    const expense_id = await write({});
    const step = (different: Readonly<Record<string, unknown>>) =>
      fresh.db
        .insertInto('expense_step')
        .values({
          id: randomUUIDv7(),
          expense_id,
          version: 1,
          at: '2026-01-05T08:00:00.000Z',
          person_id: 'spender',
          person_name: 'Spender',
          from_state: null,
          to_state: 'draft',
          comment: '',
          ...different,
        })
        .execute();
    await step({});
    await assert.rejects(step({}), /unique/i, 'one step to each version');
    await assert.rejects(step({ version: 2, to_state: 'paid' }), /check/i);
    await assert.rejects(step({ version: 2, from_state: 'paid' }), /check/i);
    await assert.rejects(step({ version: 2, expense_id: 'nothing' }), /foreign key/i);
  });

  it('totals below nothing, or larger than can be kept exactly', async () => {
    const total = (different: Readonly<Record<string, unknown>>) =>
      fresh.db
        .insertInto('team_total')
        .values({ team_id: 'team', state: 'draft', expense_count: 1, amount_minor: 1, ...different })
        .execute();
    for (const different of [
      { expense_count: -1 },
      { amount_minor: -1 },
      { amount_minor: 9_007_199_254_740_992n },
      { state: 'paid' },
    ])
      await assert.rejects(total(different), /check/i);
  });
});
