import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { addEmailRule } from '../../test/cast.ts';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf, inGroups, TestClock, viewerWith, withRights } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { listExpenses } from '../expenses/list.ts';
import { findTotal } from '../expenses/totals.ts';
import { admit } from '../people/people.ts';
import { Problem } from '../problems.ts';
import { addTeam, findVisibleTeam, listVisibleTeams } from '../teams/teams.ts';
import { loadSampleOrganisation } from './load.ts';
import { organisation, samplePeople } from './organisation.ts';

const tables = ['team', 'rule', 'expense', 'team_total', 'sample_organisation'] as const;

/** All rows of all tables that loading writes to, as text. */
async function contentOf(db: Database): Promise<string> {
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
}

describeOnBothEngines('the sample organisation', (engine) => {
  const { now } = new TestClock();
  let fresh: FreshDatabase;
  let db: Database;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    await loadSampleOrganisation(db, now);
  });
  after(() => fresh[Symbol.asyncDispose]());

  const viewerOf = async (email: string, group?: string) =>
    withRights(db, viewerWith(email, group === undefined ? {} : { claims: inGroups(group) }));

  async function count(table: (typeof tables)[number]): Promise<number> {
    return (await db.selectFrom(table).selectAll().execute()).length;
  }

  it('has five teams, twenty expenses, and a rule for each of its eight people', async () => {
    assert.deepEqual([await count('team'), await count('expense'), await count('rule')], [5, 20, 8]);
    assert.equal(organisation.people.length, 8);
    assert.equal(await count('sample_organisation'), 1);
  });

  it('shows each of its people what the file says', async () => {
    for (const { name, email, groups, sees } of organisation.people) {
      const ids = (await listVisibleTeams(db, await viewerOf(email, groups[0]))).map(({ id }) => id);
      const expected = sees.startsWith('every team') ? organisation.teams.map(({ id }) => id) : [sees.replace(' (manager)', '')];
      assert.deepEqual(new Set(ids), new Set(expected), name);
    }
    assert.deepEqual(
      samplePeople.map(({ sees }) => sees),
      [
        'Every team, as an admin',
        'Legal',
        'Dev Advocacy',
        'Finance',
        'Marketing',
        'HR',
        'Marketing, as its manager',
        'Every team, in finance for all of them',
      ],
    );
  });

  it('has totals that are the sums of the expenses, in cents', async () => {
    const totals: Record<string, number> = {
      finance: 278_000,
      hr: 340_000,
      legal: 382_000,
      marketing: 220_000,
      'dev-advocacy': 245_000,
    };
    for (const [id, amountMinor] of Object.entries(totals)) {
      const team = await findVisibleTeam(db, await viewerOf('hannah.smith@task-vantage.com'), id);
      assert.ok(team !== undefined);
      assert.deepEqual(await findTotal(db, team), { count: 4, amountMinor }, id);
    }
  });

  it('has its expenses in the order of the file, the first as the newest, none in the future', async () => {
    const team = await findVisibleTeam(db, await viewerOf('carol.lee@task-vantage.com', 'finance'), 'finance');
    assert.ok(team !== undefined);
    const { expenses } = await listExpenses(db, team, { personId: 'somebody' });
    const shown = expenses.map(({ spender_name: name, item, amount_minor: minor }) => ({ name, item, amount: minor / 100 }));
    assert.deepEqual(shown, organisation.expenses['finance']);
    for (const { logged_at: at } of expenses) assert.ok(at <= now().toISOString());
  });

  it('is loaded once: a second time changes nothing, also after a day', async () => {
    const before = await contentOf(db);
    await loadSampleOrganisation(db, now);
    await loadSampleOrganisation(db, () => new Date(now().getTime() + 24 * 60 * 60_000));
    assert.equal(await contentOf(db), before);
  });

  it('stays as people have changed it since', async () => {
    await using other = await openFreshDatabase(engine);
    await loadSampleOrganisation(other.db, now);
    await other.db.deleteFrom('rule').where('role', '=', 'admin').execute();
    await other.db.updateTable('team').set({ label: 'Money' }).where('id', '=', 'finance').execute();
    const before = await contentOf(other.db);
    await loadSampleOrganisation(other.db, now);
    assert.equal(await contentOf(other.db), before);
  });

  it('is not loaded beside a team or a rule of one’s own, and changes nothing then', async () => {
    const teamOfOnesOwn = { id: 'own', label: 'Own', currency: 'EUR' };
    for (const own of ['a team', 'a rule'] as const) {
      await using other = await openFreshDatabase(engine);
      await other.db.transaction().execute(async (transaction) => {
        if (own === 'a team') await addTeam(transaction, teamOfOnesOwn);
        else await addEmailRule(transaction, 'somebody@example.com', { role: 'admin', teamId: null });
      });
      const before = await contentOf(other.db);
      await assert.rejects(loadSampleOrganisation(other.db, now), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.kind, 'conflict');
        assert.match(error.message, /data of its own\. Nothing was changed\. Remove SAMPLE_ORGANISATION/);
        return true;
      });
      assert.equal(await contentOf(other.db), before, own);
    }
  });

  it('is loaded where people have signed in but nothing else has happened', async () => {
    await using other = await openFreshDatabase(engine);
    await admit(other.db, identityOf(), true, now);
    await loadSampleOrganisation(other.db, now);
    assert.equal((await other.db.selectFrom('team').selectAll().execute()).length, 5);
    assert.equal((await other.db.selectFrom('person').selectAll().execute()).length, 1);
  });

  it('is loaded whole or not at all', async () => {
    await using other = await openFreshDatabase(engine);
    await other.db.schema.dropTable('sample_organisation').execute();
    await other.db.schema
      .createTable('sample_organisation')
      .addColumn('name', 'text')
      .addColumn('loaded_at', 'text', (column) => column.notNull().unique())
      .addColumn('refuses_the_last_row', 'text', (column) => column.notNull())
      .execute();
    await assert.rejects(loadSampleOrganisation(other.db, now), /null/i);
    assert.equal(await contentOf(other.db), '[[],[],[],[],[]]');
  });
});
