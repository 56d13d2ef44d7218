import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { doing, newPerson, newTeam } from '../../test/spending.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { changeTeam, setArchived } from '../teams/team-changes.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { addDraft } from './drafts.ts';
import type { ExpenseContent } from './expenses.ts';

const content: ExpenseContent = {
  item: 'Lunch',
  amountMinor: 1_250,
  spentOn: '2026-03-05',
  categoryId: 'meals',
  merchant: '',
  note: '',
};

describeOnBothEngines('the first expense of a team', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let team: VisibleTeam;
  let alice: Viewer;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());
  async function makeTeam(): Promise<void> {
    team = await newTeam(db);
    alice = await newPerson(db, 'Alice Archer', { role: 'member', teamId: team.id });
  }

  const inOne = (does: (transaction: Transaction) => Promise<unknown>) => db.transaction().execute(does);
  const log = () => inOne(async (transaction) => addDraft(transaction, team, content, doing(alice)));
  const toYen = () =>
    inOne(async (transaction) =>
      changeTeam(transaction, team.id, { label: team.label, currency: 'JPY', second_approval_above: null }),
    );
  const archive = () => inOne(async (transaction) => setArchived(transaction, team.id, '2026-03-05T12:00:00.000Z'));

  it('is not logged where the team was given another currency, or archived, since whoever logs it looked', async () => {
    for (const meanwhile of [toYen, archive]) {
      await makeTeam();
      await meanwhile();
      await assert.rejects(log(), (error) => error instanceof Problem && error.kind === 'conflict');
      assert.deepEqual(await db.selectFrom('expense').select('id').where('team_id', '=', team.id).execute(), []);
    }
  });

  it('and another currency do not come at the same moment: one of them is refused', async () => {
    for (let round = 0; round < 12; round += 1) {
      await makeTeam();
      const results = await Promise.allSettled(round % 2 === 0 ? [log(), toYen()] : [toYen(), log()]);
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      assert.equal(refused.length, 1, `round ${round}`);
      assert.ok(refused[0] instanceof Problem && refused[0].kind === 'conflict', String(refused[0]));
      const rows = await db
        .selectFrom('expense')
        .innerJoin('team', 'team.id', 'expense.team_id')
        .select(['expense.currency', 'team.currency as team_currency'])
        .where('team_id', '=', team.id)
        .execute();
      assert.ok(rows.every(({ currency, team_currency: wanted }) => currency === wanted));
    }
  });
});
