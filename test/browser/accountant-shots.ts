import type { Page } from 'playwright-core';
import { addSettled } from '../settled.ts';
import type { World } from '../world.ts';
import type { Shot } from './shots.ts';

const late = '2026-05-02T08:00:00.000Z';

/** What finance prepares for the accountant. */
export function accountantShots(signInAs: (person: string, path: string) => Shot['reach']): readonly Shot[] {
  const visit = (path: string) => (page: Page, world: World) => page.goto(world.url(path));
  return [
    { name: 'accounts-none', reach: signInAs('Fiona Finch', '/accounts') },
    {
      name: 'accounts-mistakes',
      reach: async (page) => {
        await page.getByRole('button', { name: 'Keep the rule' }).click();
        await page.getByText('Give an account, a cost centre or a tax code').waitFor();
      },
    },
    {
      name: 'accounts',
      reach: async (page) => {
        for (const [team, category, account, centre, code] of [
          ['Every team', 'Meals', '4650', '', 'V7'],
          ['Finance', 'Every category', '', '1000 Head office', ''],
          ['Finance', 'Travel', '4660 Travel costs of employees, Austria', '', 'V10'],
        ] as const) {
          await page.getByLabel('Team').selectOption(team);
          await page.getByLabel('Category').selectOption(category);
          await page.getByLabel('Account').fill(account);
          await page.getByLabel('Cost centre').fill(centre);
          await page.getByLabel('Tax code').fill(code);
          await page.getByRole('button', { name: 'Keep the rule' }).click();
          await page.getByText('The rule counts from now on').waitFor();
        }
      },
    },
    { name: 'accounts-change', reach: (page) => page.getByRole('link', { name: 'Change Finance, Travel' }).click() },
    { name: 'settlements-none', reach: visit('/settlements') },
    {
      name: 'settlements',
      reach: async (page, world) => {
        for (const [said, expenses] of [
          [{ reference: 'SEPA 2026-03 0001', settled_at: '2026-03-02T08:00:00.000Z' }, { finance: [{}, {}] }],
          [{ reference: '', settled_at: '2026-04-02T08:00:00.000Z' }, { finance: [{}] }],
          [
            { reference: 'SEPA 2026-05 0007 together with what was paid out for the trade fair in Hannover', settled_at: late },
            {
              finance: [{ category_id: 'office' }, { category_id: 'software' }],
              marketing: ['office', 'marketing', 'software', 'training'].map((category_id) => ({ category_id, currency: 'EUR' })),
            },
          ],
        ] as const)
          await addSettled(world.db, expenses, said);
        await page.goto(world.url('/settlements'));
        const saving = page.waitForEvent('download');
        await page.getByRole('button', { name: /^Save for the accountant SEPA 2026-03/ }).click();
        await saving;
        await page.goto(world.url('/settlements'));
        await page.getByText('Saved for the accountant by Fiona Finch').waitFor();
      },
    },
    {
      name: 'settlements-mistake',
      reach: async (page) => {
        await page.getByText('Give the payment reference').first().click();
        await page.getByRole('button', { name: 'Keep the reference' }).click();
        await page.getByText('Give the reference of the payment.').waitFor();
      },
    },
    { name: 'accounts-read-only', reach: signInAs('Audrey Auditor', '/accounts') },
    { name: 'settlements-read-only', reach: visit('/settlements') },
  ];
}
