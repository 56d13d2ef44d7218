import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { newPerson, newTeam } from '../../test/spending.ts';
import type { Database, Transaction } from '../database/schema.ts';
import { addExpense } from '../expenses/expenses.ts';
import type { Viewer } from '../people/viewer.ts';
import { findVisibleTeam, type VisibleTeam } from './teams.ts';

describeOnBothEngines('the version of what is shown of a team', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let team: VisibleTeam;
  let other: VisibleTeam;
  let member: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    [team, other] = [await newTeam(db), await newTeam(db)];
    const both = [team, other].map(({ id }) => ({ role: 'member', teamId: id }) as const);
    member = await newPerson(db, 'Alice Archer', ...both);
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function versions(): Promise<string[]> {
    const found = [await findVisibleTeam(db, member, team.id), await findVisibleTeam(db, member, other.id)];
    return found.map((one) => one?.version ?? assert.fail('no team'));
  }

  /** @returns which of the two versions the work moves: the team's, the other one's. */
  async function moved(work: (db: Transaction) => Promise<unknown>): Promise<boolean[]> {
    const was = await versions();
    await db.transaction().execute(work);
    return (await versions()).map((version, index) => version !== was[index]);
  }

  const draft = (db: Transaction) =>
    addExpense(db, team, { spenderName: 'Alice', item: 'Lunch', amountMinor: 100, loggedAt: new Date(0) });

  const theTeams = [true, false];
  const ofBoth = [true, true];
  const ofNeither = [false, false];

  it('moves with every change of an expense, also past our own code', async () => {
    let id = '';
    assert.deepEqual(await moved(async (transaction) => ({ id } = await draft(transaction))), theTeams);
    const row = (transaction: Transaction) => transaction.updateTable('expense_row').where('id', '=', id);
    assert.deepEqual(await moved((transaction) => row(transaction).set({ item: 'Other words' }).execute()), theTeams);
    assert.deepEqual(await moved((transaction) => row(transaction).set({ team_id: other.id }).execute()), ofBoth);
    assert.deepEqual(await moved((transaction) => row(transaction).set({ team_id: team.id }).execute()), ofBoth);
    assert.deepEqual(
      await moved((transaction) => transaction.deleteFrom('expense_row').where('id', '=', id).execute()),
      theTeams,
    );
  });

  it('moves with the team itself, its budgets, and the categories of all', async () => {
    assert.deepEqual(
      await moved((transaction) => transaction.updateTable('team').set({ label: 'Renamed' }).where('id', '=', team.id).execute()),
      theTeams,
    );
    const budget = { team_id: team.id, month: '2026-03', category_id: '', amount_minor: 100 };
    assert.deepEqual(await moved((transaction) => transaction.insertInto('budget').values(budget).execute()), theTeams);
    assert.deepEqual(
      await moved((transaction) => transaction.updateTable('budget').set({ amount_minor: 200 }).execute()),
      theTeams,
    );
    assert.deepEqual(await moved((transaction) => transaction.deleteFrom('budget').execute()), theTeams);
    const category = { id: 'versions', label: 'Versions' };
    assert.deepEqual(await moved((transaction) => transaction.insertInto('category').values(category).execute()), ofBoth);
    assert.deepEqual(
      await moved((transaction) =>
        transaction.updateTable('category').set({ label: 'V' }).where('id', '=', 'versions').execute(),
      ),
      ofBoth,
    );
    const people = (transaction: Transaction) => transaction.updateTable('person').where('id', '=', member.personId);
    assert.deepEqual(await moved((transaction) => people(transaction).set({ name: 'Alice Baker' }).execute()), ofBoth);
    assert.deepEqual(
      await moved((transaction) => people(transaction).set({ signed_in_at: 'now', name: 'Alice Baker' }).execute()),
      ofNeither,
    );
    assert.deepEqual(
      await moved((transaction) => transaction.deleteFrom('category').where('id', '=', 'versions').execute()),
      ofBoth,
    );
  });

  it('stays while an import writes what does not count yet, and moves when it does', async () => {
    const importId = randomUUID();
    const { id } = await db.transaction().execute((transaction) => draft(transaction));
    const at = '2026-03-10T09:00:00.000Z';
    const about = {
      id: importId,
      team_id: team.id,
      kind: 'own',
      person_id: member.personId,
      person_name: 'Alice',
      file_name: 'a.csv',
    } as const;
    const rest = { size: 1, sha256: '', state: 'landing', choices: '{}', outcome: '{}', begun_at: at, alive_at: at } as const;
    await db
      .insertInto('import')
      .values({ ...about, ...rest })
      .execute();
    await db.insertInto('import_pending').values({ import_id: importId }).execute();
    const original = await db.selectFrom('expense_row').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const rows = [1, 2, 3].map((line) => ({
      ...original,
      id: randomUUID(),
      import_id: importId,
      import_line: line,
      import_key: `k${line}`,
    }));
    assert.deepEqual(await moved((transaction) => transaction.insertInto('expense_row').values(rows).execute()), ofNeither);
    assert.deepEqual(
      await moved((transaction) => transaction.deleteFrom('expense_row').where('import_line', '=', 3).execute()),
      ofNeither,
    );
    assert.deepEqual(await moved((transaction) => transaction.deleteFrom('import_pending').execute()), theTeams);
    assert.deepEqual(
      await moved((transaction) => transaction.deleteFrom('expense_row').where('import_line', '=', 2).execute()),
      theTeams,
    );
  });

  it('is as it was where the change was taken back', async () => {
    const was = await versions();
    const failing = db.transaction().execute(async (transaction) => {
      await draft(transaction);
      throw new Error('taken back');
    });
    await assert.rejects(failing, /taken back/);
    assert.deepEqual(await versions(), was);
  });
});
