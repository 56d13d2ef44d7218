import type { Page } from 'playwright-core';
import { personIdOf } from '../expense-walk.ts';
import type { World } from '../world.ts';
import { idOf, longItem, prepareExpenses, type Scene } from './expense-scene.ts';
import { type Shot, signInAs, visit } from './shots.ts';

const scenes = new WeakMap<World, Scene>();

/** Who is at their expenses in this world besides the one whose page it is. */
function others(world: World): Scene {
  const scene = scenes.get(world);
  if (scene === undefined) throw new Error('The first picture prepares this');
  return scene;
}

const open =
  (name: string, part = '') =>
  async (page: Page, world: World) =>
    page.goto(world.url(`/expenses/${await idOf(world, name)}${part}`));
const as = (person: string, name: string) => async (page: Page, world: World) => {
  await signInAs(person, `/expenses/${await idOf(world, name)}`)(page, world);
  await page.getByRole('heading', { name }).waitFor();
};
const press = async (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('button', { name }).click();
const choose = async (page: Page, ...names: readonly string[]) => {
  for (const name of names) await page.getByRole('checkbox', { name }).check();
};

/** The pages of expenses in their states: as whoever spends, as managers, and as somebody with every role. */
export const expenses: readonly Shot[] = [
  {
    name: 'expense-new',
    reach: async (page, world) => {
      scenes.set(world, await prepareExpenses(page, world));
      await signInAs('Alice Archer', '/team/finance/new-expense')(page, world);
      await page.getByRole('heading', { name: 'Log an expense' }).waitFor();
    },
  },
  {
    name: 'expense-new-mistakes',
    reach: async (page) => {
      await page.getByLabel('Amount').fill('12,345.678');
      await page.getByLabel('Day').fill('2099-01-01');
      await page.getByRole('main').locator('button[value=draft]').click();
      await page.getByText('Say what it was.').waitFor();
    },
  },
  {
    name: 'expense-repeat',
    reach: async (page, world) => page.goto(world.url(`/team/finance/new-expense?repeat=${await idOf(world, 'Taxi')}`)),
  },
  { name: 'expense-draft-warned', reach: open('Dinner') },
  { name: 'expense-draft-blocked', reach: open('Desk for the new office') },
  { name: 'expense-submitted', reach: open('Dinner with the customer') },
  { name: 'expense-rejected-long', reach: open(longItem) },
  { name: 'expense-edit-long', reach: open(longItem, '/edit') },
  { name: 'expense-reimbursed', reach: open('Train to Berlin and back, second class') },
  { name: 'team-page-every-state', reach: visit('/team/finance') },
  { name: 'team-page-next', reach: (page) => page.getByRole('link', { name: 'More expenses' }).click() },
  {
    name: 'team-page-filtered',
    reach: async (page, world) =>
      page.goto(world.url(`/team/finance?person=${await personIdOf(world, 'alice')}&least=a+lot&sort=amount`)),
  },
  { name: 'team-page-nothing-fits', reach: visit('/team/finance?q=helicopter') },
  { name: 'expense-to-decide', reach: as('Manuel Mann', 'Dinner with the customer') },
  { name: 'expense-rejection-without-reason', reach: (page) => press(page, 'Reject') },
  { name: 'expense-approved-once', reach: open('Hotel in Vienna') },
  { name: 'waiting', reach: visit('/waiting') },
  {
    name: 'waiting-mistakes',
    reach: async (page) => {
      await choose(page, 'Choose Metro', 'Choose Posters');
      await press(page, /^Reject/);
      await page.getByText('Say why').waitFor();
    },
  },
  {
    name: 'waiting-some-refused',
    reach: async (page, world) => {
      const { bob, mara } = others(world);
      await choose(page, 'Choose Books', 'Choose Dinner with the customer');
      await bob.do(await idOf(world, 'Metro'), 'withdrawal');
      await mara.do(await idOf(world, 'Books'), 'approval');
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.getByText('Not done.').first().waitFor();
    },
  },
  {
    name: 'expense-decided-meanwhile',
    reach: async (page, world) => {
      await open('Tea for the guests')(page, world);
      await others(world).charlie.do(await idOf(world, 'Tea for the guests'), 'withdrawal');
      await press(page, /^Approve/);
    },
  },
  { name: 'expense-new-for-others', reach: visit('/team/finance/new-expense') },
  {
    name: 'expense-new-for-nobody',
    reach: async (page) => {
      await page.getByLabel('Spent by').fill('zoe@example.com');
      await page.getByRole('main').locator('button[value=draft]').click();
      await page.getByText('Nobody who logs expenses in Finance has this name or address').waitFor();
    },
  },
  { name: 'expense-second-approval', reach: as('Mara Moss', 'Hotel in Vienna') },
  {
    name: 'waiting-nothing',
    reach: async (page, world) => {
      await press(page, /^Approve/);
      await page.goto(world.url('/waiting'));
    },
  },
  { name: 'waiting-to-settle', reach: signInAs('Fiona Finch', '/waiting') },
  { name: 'expense-to-settle', reach: open('Taxi') },
];
