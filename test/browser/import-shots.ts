import type { Page } from 'playwright-core';
import { giveByHand, personId } from '../walks/administration.ts';
import type { World } from '../world.ts';
import type { Shot } from './shots.ts';

/** Bringing a file in, from choosing it to what came of it. */
export function importShots(signInAs: (person: string, path: string) => Shot['reach']): readonly Shot[] {
  const choose = async (page: Page, world: World, name: string, text: string) => {
    await page.goto(world.url('/team/finance/import'));
    await page.locator('#field-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  };
  const look = (page: Page) => page.getByRole('button', { name: 'Look at the file' }).click();
  return [
    {
      name: 'import',
      reach: async (page, world) => {
        await giveByHand(world, await personId(world, 'fiona'), { role: 'member', team_id: 'finance' });
        await signInAs('Fiona Finch', '/team/finance/import')(page, world);
      },
    },
    {
      name: 'import-no-csv',
      reach: async (page, world) => {
        await choose(page, world, 'expenses.xlsx', 'PK\u0003\u0004 and so on');
        await look(page);
        await page.getByRole('alert').waitFor();
      },
    },
    {
      name: 'import-open-questions',
      reach: async (page, world) => {
        await choose(page, world, 'card.csv', 'Date,Description,Amount\n03/04/2026,Lunch,"1,234"\n05/06/2026,Tea,"2,345"\n');
        await look(page);
        await page.getByText('can be read in two ways').first().waitFor();
      },
    },
    {
      name: 'import-mistakes',
      reach: async (page, world) => {
        const rows = [
          'Buchungstag;Empfänger;Verwendungszweck;Kategorie;Betrag;Währung',
          '05.01.2026;Deutsche Bahn;Fahrkarte nach Berlin, zweite Klasse, mit Sitzplatz und Bahncard;Travel;-80,00;EUR',
          '06.01.2026;Gasthaus zur Post;Mittagessen;Bewirtung;-12,50;USD',
          '32.01.2026;Taxi;Zum Flughafen;Travel;-23,00;USD',
          '07.01.2026;Kunde;Gehalt;;2.500,00;USD',
          '08.01.2026;Hotel;Zwei Nächte;Accommodation;-389,00;USD',
          ';;Summe;;1.995,50;',
        ];
        await choose(page, world, 'umsaetze-januar.csv', `${rows.join('\r\n')}\r\n`);
        await page.getByLabel('What I spent').check();
        await look(page);
        await page.getByText('can be imported').first().waitFor();
      },
    },
    {
      name: 'import-landed',
      reach: async (page) => {
        await page.getByRole('button', { name: /^Import/ }).click();
        await page.getByRole('heading', { name: 'Imported' }).waitFor();
      },
    },
    {
      name: 'imported-expense',
      reach: async (page) => {
        await page.getByRole('link', { name: 'See them' }).click();
        await page
          .getByRole('link', { name: /Zwei Nächte/ })
          .first()
          .click();
        await page.getByText('From umsaetze-januar.csv').waitFor();
      },
    },
    {
      name: 'import-known',
      reach: async (page, world) => {
        await choose(page, world, 'again.csv', 'Day,Spender,Item,Amount\n2026-02-01,Ann,Paper,4.00\n2026-02-02,Ann,Ink,9.00\n');
        await page.getByLabel('What the team spent').check();
        await look(page);
        await page.getByRole('button', { name: /^Import/ }).click();
        await page.getByRole('heading', { name: 'Imported' }).waitFor();
        await choose(page, world, 'again.csv', 'Day,Spender,Item,Amount\n2026-02-01,Ann,Paper,4.00\n2026-02-02,Ann,Ink,9.00\n');
        await page.getByLabel('What the team spent').check();
        await look(page);
        await page.getByText('2 rows are in the team already').waitFor();
      },
    },
    {
      name: 'import-left',
      reach: async (page, world) => {
        const address = page.url();
        await page.getByRole('button', { name: 'Leave it' }).first().click();
        await page.getByRole('heading', { name: 'Your imports' }).waitFor();
        await page.goto(address);
        await page.getByRole('heading', { name: 'Nothing was imported' }).waitFor();
        await world.db.deleteFrom('right_grant').where('role', '=', 'member').execute();
      },
    },
  ];
}
