import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { ReceiptType } from '../../src/database/schema-receipts.ts';
import { addExpense } from '../../src/expenses/expenses.ts';
import type { VisibleTeam } from '../../src/teams/teams.ts';
import type { CastName } from '../cast.ts';
import { AtExpenses, lunch, personIdOf, setLimit, type Typed } from '../expense-walk.ts';
import { receiptFiles } from '../receipt-files.ts';
import { limit, newPerson } from '../spending.ts';
import { giveByHand } from '../walks/administration.ts';
import type { World } from '../world.ts';

const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
export const longItem = `${longWord} und ${longWord}/${longWord}`.slice(0, 200);

/** The people at their expenses, as long as the pictures are taken. */
export interface Scene {
  readonly alice: AtExpenses;
  readonly bob: AtExpenses;
  readonly charlie: AtExpenses;
  readonly mara: AtExpenses;
}

const item = (name: string, amount: string, rest: Partial<typeof lunch> = {}) => ({ ...lunch, item: name, amount, ...rest });

/**
 * Everything that the pictures show: limits of each effect, three currencies, expenses in every state, and one that has been sent
 * to and fro before it was paid out.
 */
export async function prepareExpenses(page: Page, world: World): Promise<Scene> {
  const { db } = world;
  const signIn = (name: CastName) => AtExpenses.signIn(world, name);
  const [alice, bob, charlie] = await Promise.all([signIn('alice'), signIn('bob'), signIn('charlie')]);
  const [manuel, mara, fiona] = await Promise.all([signIn('manuel'), signIn('mara'), signIn('fiona')]);
  const manager = await personIdOf(world, 'manuel');
  for (const team_id of ['marketing', 'empty']) await giveByHand(world, manager, { role: 'manager', team_id });
  await giveByHand(world, await personIdOf(world, 'fiona'), { role: 'admin', team_id: null });
  await addOld(world);

  // Sent back, corrected, approved twice, paid out.
  await setLimit(world, 300_00);
  const train = await alice.log(
    item('Train to Berlin and back, second class', '412.80', { category: 'travel', merchant: 'Railways' }),
  );
  await manuel.press(train, 'rejection', { comment: 'Which customer was it for?\nPlease add who came along, too.' });
  await alice.edit(train, { note: 'Acme, with Bob.' }, 'submit');
  await manuel.press(train, 'approval', { comment: 'Thank you, that is what I need.' });
  await mara.press(train, 'approval');
  await fiona.press(train, 'settlement', { reference: 'SEPA-2026-000418' });

  const finance = await newPerson(db, 'Finance', { role: 'finance', teamId: null });
  await limit(db, finance, { kind: 'expense', effect: 'warn', amount_minor: 75_00, currency: 'USD' });
  await limit(db, finance, { kind: 'expense', amount_minor: 500_00, currency: 'USD' });
  await limit(db, finance, { kind: 'duplicate', effect: 'warn' });

  await alice.do(await alice.log(item('Parking', '18.00')), 'withdrawal');
  const taxi = await alice.log(item('Taxi', '23.40', { merchant: 'City Cabs' }));
  await manuel.press(taxi, 'approval');
  const hotel = await submit(bob, item('Hotel in Vienna', '389.00', { category: 'travel', merchant: 'Hotel Post' }));
  await manuel.press(hotel, 'approval');
  const dinner = await submit(alice, item('Dinner with the customer', '84.50', { merchant: 'Luigi', note: 'Four people.' }));
  const again = await alice.log(item('Dinner', '84.50', { merchant: 'Luigi' }), 'draft');
  const long = { merchant: longWord, note: `${'A note that goes on. '.repeat(30)}\n\n${longWord.repeat(3)}` };
  const lengthy = await alice.log(item(longItem, '4.99', long));
  await manuel.press(lengthy, 'rejection', { comment: `I cannot see from it what was bought: ${longWord}.` });
  await alice.log(item('Desk for the new office', '1,260.00'));
  for (const [name, amount] of [
    ['Metro', '2.90'],
    ['Books', '61.00'],
  ] as const)
    await bob.log(item(name, amount));
  await charlie.log(item('Posters', '1,280.00'), 'submit', 'marketing');
  await charlie.log(item('Tea for the guests', '3200'), 'submit', 'empty');

  const picture = await drawReceipt(page);
  const { pdf } = receiptFiles;
  await addReceipt(world, dinner, 'dinner.png', 'image/png', picture);
  await addReceipt(world, dinner, `${longWord}.pdf`, 'application/pdf', pdf);
  await addReceipt(world, taxi, 'receipt.png', 'image/png', picture);
  await addReceipt(world, again, 'IMG_20260105_204512.png', 'image/png', picture);
  await addReceipt(world, again, 'IMG_0032.heic', 'image/heic', receiptFiles.heic);
  return { alice, bob, charlie, mara };
}

/** Also what a limit warns of: that takes a look at the expense first. */
async function submit(by: AtExpenses, typed: Typed): Promise<string> {
  const id = await by.log(typed, 'draft');
  await by.press(id, 'submission');
  return id;
}

/** What came in from elsewhere, so that the list has more than a page. */
async function addOld({ db }: World): Promise<void> {
  const query = db.selectFrom('team').selectAll().where('id', '=', 'finance');
  const team = (await query.executeTakeFirstOrThrow()) as VisibleTeam;
  await db.transaction().execute(async (transaction) => {
    for (let number = 1; number <= 24; number += 1) {
      const loggedAt = new Date(Date.UTC(2025, 11, number));
      const expense = { item: `Coffee, week ${number}`, amountMinor: number ** 3 * 100 + number };
      await addExpense(transaction, team, { ...expense, spenderName: 'Booker Brown', loggedAt });
    }
  });
}

/** A receipt as a phone would have taken it. */
async function drawReceipt(page: Page): Promise<Buffer> {
  const lines = ['LUIGI', '4 × pasta   52.00', '4 × water   14.50', 'Tiramisu    18.00', 'Total      84.50'];
  await page.setContent(
    `<pre style="background:#fff;color:#222;padding:24px;width:12em;font-size:16px">${lines.join('\n\n')}</pre>`,
  );
  return page.locator('pre').screenshot();
}

async function addReceipt(world: World, expense: string, name: string, type: ReceiptType, content: Buffer): Promise<void> {
  const receipt = { id: randomUUIDv7(), expense_id: expense, name, type, stored_in: 'database' as const };
  const added_by = await personIdOf(world, 'alice');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const whole = { ...receipt, added_by, added_by_name: 'Alice Archer', added_at: new Date().toISOString() };
  await world.db
    .insertInto('receipt')
    .values({ ...whole, size: content.length, sha256 })
    .execute();
  await world.db.insertInto('receipt_piece').values({ receipt_id: receipt.id, number: 1, bytes: content }).execute();
}

/** The first that was logged under this name. */
export async function idOf({ db }: World, name: string): Promise<string> {
  const query = db.selectFrom('expense').select('id').where('item', '=', name).orderBy('logged_at');
  return (await query.executeTakeFirstOrThrow()).id;
}
