import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { again, draft, limit, move, newPerson, newTeam, now, receipt } from '../../test/spending.ts';
import { untilItWaits } from '../../test/waiting-for-a-lock.ts';
import type { Database } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { VisibleExpense } from './expenses.ts';
import { checkLimits, checkLimitsOfAll } from './limits.ts';

const dollars = (amount: number) => ({ amount_minor: amount * 100, currency: 'USD' });

describeOnBothEngines('a limit on what has no receipt', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let team: VisibleTeam;
  let other: VisibleTeam;
  let alice: Viewer;
  let manager: Viewer;
  let fiona: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.deleteFrom('limit_rule').execute();
    [team, other] = [await newTeam(db), await newTeam(db)];
    const member = (teamId: string) => ({ role: 'member', teamId }) as const;
    alice = await newPerson(db, 'Alice Archer', member(team.id), member(other.id));
    manager = await newPerson(db, 'Manuel Mann', { role: 'manager', teamId: team.id });
    fiona = await newPerson(db, 'Fiona Finch', { role: 'finance', teamId: null });
  });

  async function sentencesOf(expense: VisibleExpense): Promise<string[]> {
    return (await checkLimits(db, expense, now)).map(({ sentence }) => sentence);
  }

  it('asks for one above exactly the amount, which must have arrived whole and still be there', async () => {
    await limit(db, fiona, { kind: 'receipt', ...dollars(75), category_id: 'travel' });
    const travel = (amountMinor: number) => draft(db, team, alice, { amountMinor, categoryId: 'travel' });
    await move(db, await travel(75_00), 'submission', alice);
    const more = await travel(75_01);
    const sentence = 'There is no receipt, and above $75.00 one is needed in Travel.';
    await assert.rejects(move(db, more, 'submission', alice), { kind: 'invalid', message: `${sentence} It was not submitted.` });
    assert.deepEqual(await again(db, alice, more.id), more, 'nothing has changed');
    await receipt(db, more, { size: null, sha256: null });
    assert.deepEqual(await sentencesOf(more), [sentence]);
    await receipt(db, more);
    assert.deepEqual(await sentencesOf(more), []);
    await receipt(db, await travel(80_00));
    await db.deleteFrom('receipt').where('expense_id', '=', more.id).execute();
    assert.deepEqual(await sentencesOf(more), [sentence], 'that of another expense does not count');
    await receipt(db, more);
    await move(db, more, 'submission', alice);
  });

  it('is for its own team, category and currency alone', async () => {
    await limit(db, fiona, { kind: 'receipt', ...dollars(75), team_id: team.id, category_id: 'travel' });
    assert.deepEqual(await sentencesOf(await draft(db, team, alice)), []);
    assert.deepEqual(await sentencesOf(await draft(db, other, alice, { categoryId: 'travel' })), []);
    await limit(db, fiona, { kind: 'receipt', ...dollars(75) });
    assert.deepEqual(await sentencesOf(await draft(db, team, alice)), ['There is no receipt, and above $75.00 one is needed.']);
    const yen = await newTeam(db, 'JPY');
    const carla = await newPerson(db, 'Carla', { role: 'member', teamId: yen.id });
    assert.deepEqual(await sentencesOf(await draft(db, yen, carla, { amountMinor: 50_000 })), []);
  });

  it('that only warns is there for whoever submits and whoever decides, marked in a list', async () => {
    await limit(db, fiona, { kind: 'receipt', ...dollars(75), effect: 'warn' });
    const [without, having] = [await draft(db, team, alice), await draft(db, team, alice)];
    await receipt(db, having);
    assert.equal((await sentencesOf(without)).length, 1);
    for (const expense of [without, having]) await move(db, expense, 'submission', alice);
    const waiting = await Promise.all([without, having].map(async ({ id }) => again(db, manager, id)));
    const measured = waiting.map((expense) => ({ ...expense, team_currency: 'USD' }));
    const found = await checkLimitsOfAll(db, measured, now);
    const sentence = 'There is no receipt, and above $75.00 one is needed.';
    assert.deepEqual(found.get(without.id), [{ effect: 'warn', mark: 'No receipt', sentence }]);
    assert.deepEqual(found.get(having.id), []);
  });

  it('holds also where the only one is removed at the moment of submission', async () => {
    await limit(db, fiona, { kind: 'receipt', ...dollars(75) });
    const expense = await draft(db, team, alice);
    await receipt(db, expense);
    let submission: Promise<unknown> = Promise.resolve();
    await db.transaction().execute(async (transaction) => {
      // As removing one does: the expense first, so that nobody submits it before this has ended.
      const held = transaction.updateTable('expense_row').set((row) => ({ version: row.ref('version') }));
      await held.where('id', '=', expense.id).execute();
      await transaction.deleteFrom('receipt').where('expense_id', '=', expense.id).execute();
      submission = assert.rejects(move(db, expense, 'submission', alice), /There is no receipt/);
      await untilItWaits(db, engine, submission);
    });
    await submission;
    assert.equal((await again(db, alice, expense.id)).state, 'draft');
  });
});
