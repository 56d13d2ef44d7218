import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery, Kysely, sql } from 'kysely';
import { addMany } from '../../test/many-expenses.ts';
import { doing, draft, newPerson, newTeam, now } from '../../test/spending.ts';
import { migrate } from '../database/migrate.ts';
import { NodeSqliteDialect } from '../database/node-sqlite.ts';
import type { Schema } from '../database/schema.ts';
import { checkBudgets, sayBudget } from '../expenses/budget-warnings.ts';
import { setBudgets } from '../expenses/budgets.ts';
import { listExpenses, listSpenders, sumUp } from '../expenses/list.ts';
import { countWaiting } from '../expenses/waiting.ts';
import { periodOf, shiftMonth } from './period.ts';
import { findTeamFigures } from './team-figures.ts';
import { listTeamMonths } from './team-months.ts';
import { listToHandIn } from './to-hand-in.ts';

describe('a team with many expenses', () => {
  it('is shown by indexes alone: its list, its figures, its budgets and what is for somebody to do', async () => {
    const asked: CompiledQuery[] = [];
    const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(':memory:'), log: ({ query }) => void asked.push(query) });
    await migrate(db);
    const team = await newTeam(db);
    const [alice, fiona] = [
      await newPerson(db, 'Alice', { role: 'manager', teamId: team.id }),
      await newPerson(db, 'Fiona', { role: 'finance', teamId: null }),
    ];
    // So that reading all of them would look cheap to whoever plans, were it not for what is asked.
    await addMany(
      db,
      team.id,
      Array.from({ length: 3_000 }, () => ({})),
    );
    const logged = await draft(db, team, alice);
    const months = Array.from({ length: 300 }, (_, back) => shiftMonth('2026-03', -back));
    await db
      .transaction()
      .execute(async (transaction) => setBudgets(transaction, team, months, new Map([['', 100]]), doing(fiona)));
    await sql`analyze`.execute(db);
    asked.length = 0;
    await listExpenses(db, team, alice);
    await sumUp(db, team, alice, {});
    await listSpenders(db, team);
    await findTeamFigures(db, team, periodOf('2026'), now);
    await listTeamMonths(db, [team], now);
    await listToHandIn(db, alice);
    for (const viewer of [alice, fiona]) await countWaiting(db, viewer);
    await checkBudgets(db, [{ ...logged, team_currency: team.currency }]);
    await sayBudget(db, team, '2026-03-10');
    const queries = asked.splice(0);
    assert.ok(queries.length > 15);
    for (const query of queries) {
      const { rows } = await db.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]),
      );
      // The index of what waits holds that alone.
      const scans = rows
        .map(({ detail }) => detail)
        .filter((step) => /^SCAN (expense_row|spending|budget)\b(?! USING INDEX expense_waiting)/.test(step));
      assert.deepEqual(scans, [], query.sql);
    }
    await sumUp(db, team, alice, { categoryId: 'meals' });
    const [sum] = asked.filter(({ sql }) => sql.includes('sum(')).slice(-1);
    const { rows } = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sum?.sql}`, [...(sum?.parameters ?? [])]),
    );
    assert.match(rows[0]?.detail ?? '', /COVERING INDEX expense_team_category/);
    await db.destroy();
  });
});
