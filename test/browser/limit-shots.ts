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
    { name: 'rates-none', reach: visit('/rates') },
    {
      name: 'rates-mistakes',
      reach: async (page) => {
        const text = 'Date,USD,JPY\n2026-11-2,1.0850\n2026-11-03,0,160\n';
        await page.locator('#field-file').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
        await page.getByRole('button', { name: 'Enter the file' }).click();
        await page.getByText('Nothing was entered').waitFor();
      },
    },
    {
      name: 'rates',
      reach: async (page) => {
        for (const [base, rate, currency] of [
          ['EUR', '1.0850', 'USD'],
          ['CHF', '1.12', 'USD'],
          ['EUR', '25.1340', 'CZK'],
        ] as const) {
          await page.getByLabel('One of').selectOption(base);
          await page.getByLabel('Is worth').fill(rate);
          await page.getByLabel('In', { exact: true }).selectOption(currency);
          await page.getByRole('button', { name: 'Enter the rate' }).click();
          await page.getByText('The rate counts from now on').waitFor();
        }
      },
    },
    {
      name: 'expense-asks-for-rate',
      reach: async (page, world) => {
        await signInAs('Alice Archer', '/team/finance/new-expense')(page, world);
        await page.getByLabel('What was it?').fill('Sushi in Tokyo');
        await page.getByLabel('Amount').fill('12000');
        await page.getByLabel('Currency').selectOption('JPY');
        await page.getByLabel('Category').selectOption('Meals');
        await page.getByRole('button', { name: 'Save as a draft' }).click();
        await page.getByText('There is no rate for JPY').waitFor();
      },
    },
    {
      name: 'expense-in-another-currency',
      reach: async (page) => {
        await page.getByLabel(/^Rate/).fill('0.00641');
        await page.getByRole('button', { name: 'Save as a draft' }).click();
        await page.getByRole('heading', { name: 'Sushi in Tokyo' }).waitFor();
      },
    },
    { name: 'team-page-in-other-currencies', reach: visit('/team/finance') },
    {
      name: 'expense-with-findings',
      reach: async (page, world) => {
        await signInAs('Alice Archer', '/team/finance/new-expense')(page, world);
        for (let times = 0; times < 2; times += 1) {
          await page.goto(world.url('/team/finance/new-expense'));
          await page.getByLabel('What was it?').fill('Dinner with the customer');
          await page.getByLabel('Amount').fill('84.50');
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
