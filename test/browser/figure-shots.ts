import { prepareFigures } from './figure-scene.ts';
import { type Shot, signInAs, visit } from './shots.ts';

/** Where the money goes: as a member, as somebody of several teams, and as finance sees it; empty, usual and full. */
export const figures: readonly Shot[] = [
  {
    name: 'dashboard-empty',
    reach: async (page, world) => {
      await signInAs('Charlie Cook', '/dashboard')(page, world);
      await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    },
  },
  { name: 'figures-empty', reach: visit('/team/empty/figures') },
  {
    name: 'dashboard-one-team',
    reach: async (page, world) => {
      await prepareFigures(world);
      await signInAs('Alice Archer', '/dashboard')(page, world);
    },
  },
  {
    name: 'figures-year',
    reach: (page, world) => page.goto(world.url(`/team/finance/figures?period=${world.now().getUTCFullYear()}`)),
  },
  { name: 'figures-days', reach: visit('/team/finance/figures?from=2026-01-15&to=2026-04-02') },
  { name: 'expense-new-near-budget', reach: (page, world) => page.goto(world.url('/team/finance/new-expense')) },
  { name: 'figures-long-name', reach: signInAs('Charlie Cook', '/team/empty/figures') },
  { name: 'budgets-long-name', reach: visit('/team/empty/budgets') },
  { name: 'figures-mistake', reach: visit('/team/empty/figures?from=2026-05-01&to=2026-01-01') },
  { name: 'dashboard-two-teams', reach: signInAs('Manuel Mann', '/dashboard') },
  { name: 'dashboard-all-teams', reach: signInAs('Fiona Finch', '/dashboard') },
  { name: 'budgets', reach: visit('/team/finance/budgets') },
  {
    name: 'budget-set',
    reach: (page, world) => page.goto(world.url(`/team/finance/budgets/${world.now().toISOString().slice(0, 7)}`)),
  },
  {
    name: 'budget-mistakes',
    reach: async (page) => {
      await page.getByLabel('All that the team spends').fill('about five');
      await page.getByRole('button', { name: 'Set the budget' }).click();
      await page.getByText('Write the amount in digits').waitFor();
    },
  },
  {
    name: 'budget-kept',
    reach: async (page) => {
      await page.getByLabel('All that the team spends').fill('6000.00');
      await page.getByRole('button', { name: 'Set the budget' }).click();
      await page.getByText('The budgets count from now on').waitFor();
    },
  },
];
