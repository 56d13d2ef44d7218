import { addExpense } from '../../src/expenses/expenses.ts';
import { addTeam, type VisibleTeam } from '../../src/teams/teams.ts';
import { personIdOf } from '../expense-walk.ts';
import { giveByHand } from '../walks/administration.ts';
import type { World } from '../world.ts';

/** How many expenses Finance has in its last thirteen months. */
const EXPENSES = 260;
/** How many more teams there are, so that the list of all has pages. */
const TEAMS = 50;

/** A team that has spent a year long, its budgets, one of which is passed, and many other teams. */
export async function prepareFigures(world: World): Promise<void> {
  const { db } = world;
  const at = world.now();
  const month = at.toISOString().slice(0, 7);
  const people: { id: string; name: string }[] = [];
  for (const name of ['alice', 'bob', 'manuel'] as const) {
    await world.signIn(name);
    people.push({ id: await personIdOf(world, name), name });
  }
  await giveByHand(world, await personIdOf(world, 'manuel'), { role: 'manager', team_id: 'marketing' });
  const categories = await db.selectFrom('category').select('id').orderBy('id').execute();
  await db
    .updateTable('category')
    .set({ label: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk and whatever belongs to it' })
    .where('id', '=', 'training')
    .execute();
  await db
    .updateTable('team')
    .set({ label: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft Süd' })
    .where('id', '=', 'empty')
    .execute();
  const find = async (id: string) =>
    (await db.selectFrom('team').selectAll().where('id', '=', id).executeTakeFirstOrThrow()) as VisibleTeam;
  const [finance, marketing] = [await find('finance'), await find('marketing')];
  await db.transaction().execute(async (transaction) => {
    for (let index = 0; index < EXPENSES; index += 1) {
      // Spread by numbers that have nothing in common, so that every run draws the same.
      const spender = people[index % 4];
      await addExpense(transaction, finance, {
        item: `No. ${index}`,
        amountMinor: 900 + ((index * 7_919) % 41_000),
        categoryId: categories[(index * index) % categories.length]?.id ?? 'other',
        spenderId: spender?.id,
        spenderName: spender?.name ?? 'Elsewhere',
        loggedAt: new Date(at.getTime() - ((index * 37) % 395) * 86_400_000),
        state: spender === undefined ? 'reimbursed' : index === 0 ? 'draft' : 'submitted',
      });
    }
    await addExpense(transaction, marketing, {
      item: 'A large one',
      amountMinor: 99_999_999_999,
      spenderName: 'Elsewhere',
      loggedAt: at,
    });
    for (let index = 1; index <= TEAMS; index += 1)
      await addTeam(transaction, { id: `team-${index}`, label: `Team number ${index}`, currency: 'EUR' });
    const budget = (team_id: string, category_id: string, amount_minor: number, of = month) => ({
      team_id,
      month: of,
      category_id,
      amount_minor,
    });
    await transaction
      .insertInto('budget')
      .values([
        budget('finance', '', 5_000_00),
        budget('finance', 'meals', 100),
        budget('finance', 'travel', 90_000_00),
        budget('marketing', '', 110_000_000_000),
        budget('finance', '', 4_000_00, `${Number(month.slice(0, 4)) - 1}-12`),
      ])
      .execute();
  });
}
