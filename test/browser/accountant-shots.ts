import type { Shot } from './shots.ts';

/** What finance prepares for the accountant. */
export function accountantShots(signInAs: (person: string, path: string) => Shot['reach']): readonly Shot[] {
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
    { name: 'accounts-read-only', reach: signInAs('Audrey Auditor', '/accounts') },
  ];
}
