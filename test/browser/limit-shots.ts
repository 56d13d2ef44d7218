import type { Page } from 'playwright-core';
import type { World } from '../world.ts';
import type { Shot } from './shots.ts';

/** Limits, categories and months, and what they say to whoever logs an expense and to whoever decides. */
export function limitShots(signInAs: (person: string, path: string) => Shot['reach']): readonly Shot[] {
  const visit = (path: string) => (page: Page, world: World) => page.goto(world.url(path));
  return [
    { name: 'limits-none', reach: signInAs('Fiona Finch', '/limits') },
    { name: 'limit-new', reach: visit('/new-limit') },
    {
      name: 'limit-mistakes',
      reach: async (page) => {
        await page.getByLabel('Days').fill('30');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('This limit has no days').waitFor();
      },
    },
    {
      name: 'limits',
      reach: async (page, world) => {
        for (const [kind, typed] of [
          ['An amount for one expense', { Amount: '50', Currency: 'USD' }],
          ['An amount per person and month', { Amount: '1200', Currency: 'USD' }],
          ['How old it may be', { Days: '60' }],
          ['Nothing logged twice', {}],
        ] as const) {
          await page.goto(world.url('/new-limit'));
          await page.getByLabel('What is limited').selectOption(kind);
          for (const [label, value] of Object.entries(typed)) await page.getByLabel(label).fill(value);
          await page.getByRole('button', { name: 'Save' }).click();
          await page.getByText('The limit counts from now on').waitFor();
        }
      },
    },
    { name: 'limit', reach: (page) => page.getByRole('link', { name: /At most \$50\.00/ }).click() },
    { name: 'categories', reach: visit('/categories') },
    { name: 'category', reach: visit('/categories/travel') },
    {
      name: 'expense-with-findings',
      reach: async (page, world) => {
        await signInAs('Alice Archer', '/team/finance/new-expense')(page, world);
        for (let times = 0; times < 2; times += 1) {
          await page.goto(world.url('/team/finance/new-expense'));
          await page.getByLabel('What was it?').fill('Dinner with the customer');
          await page.getByLabel('Amount in USD').fill('84.50');
          await page.getByLabel('Category').selectOption('Meals');
          await page.getByRole('button', { name: 'Submit for approval' }).click();
        }
      },
    },
    {
      name: 'waiting-with-marks',
      reach: async (page, world) => {
        await page.getByRole('button', { name: 'Submit for approval' }).click();
        await signInAs('Manuel Mann', '/waiting')(page, world);
      },
    },
    {
      name: 'expense-to-decide-with-findings',
      reach: (page) =>
        page
          .getByRole('link', { name: /Dinner/ })
          .first()
          .click(),
    },
    { name: 'months', reach: signInAs('Fiona Finch', '/months') },
    {
      name: 'months-closed',
      reach: async (page) => {
        await page
          .getByRole('button', { name: /^Close/ })
          .first()
          .click();
        await page.getByText('The month is closed.').waitFor();
      },
    },
    { name: 'waiting-closed', reach: signInAs('Manuel Mann', '/waiting') },
    {
      name: 'expense-closed',
      reach: (page) =>
        page
          .getByRole('link', { name: /Dinner/ })
          .first()
          .click(),
    },
    { name: 'limits-read-only', reach: signInAs('Audrey Auditor', '/limits') },
    { name: 'months-read-only', reach: visit('/months') },
    { name: 'team-form', reach: signInAs('Dana Dyer', '/admin/teams/finance') },
  ];
}
