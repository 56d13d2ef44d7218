import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { linkPending } from '../../src/audit/linking.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { cast, type CastName } from '../cast.ts';
import { png, receiptFiles } from '../receipt-files.ts';
import { openWorld, type World } from '../world.ts';
import { Keyboard } from './keyboard.ts';
import { british, launchBrowser } from './launch.ts';

/** As a phone and its owner's colleagues at their desks see them. */
const phone = { width: 375, height: 740 };
const desk = { width: 1280, height: 800 };

describe('an expense in a real browser', () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    browser = await launchBrowser();
    world = await openWorld({ engine: 'sqlite' });
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  async function signIn(name: CastName, viewport = desk, javaScriptEnabled = true): Promise<Page> {
    const page = await (await browser.newContext({ ...british, viewport, javaScriptEnabled })).newPage();
    await page.goto(world.url('/login'));
    await page.getByRole('button', { name: String(cast[name].claims.name) }).click();
    await page.waitForURL(world.url('/dashboard'));
    return page;
  }

  it('goes without script from a photo on a phone over a warning, an approval and a payment of several to whoever audits it', async () => {
    const fiona = await signIn('fiona', desk, false);
    await fiona.getByRole('link', { name: 'Limits' }).click();
    await fiona.getByRole('link', { name: 'New limit' }).click();
    await fiona.getByLabel('Amount').fill('50');
    await fiona.getByLabel('Currency').fill('USD');
    await fiona.getByRole('button', { name: 'Save' }).click();
    await fiona.getByText('The limit counts from now on').waitFor();

    const alice = await signIn('alice', phone, false);
    const items = ['Dinner with the customer', 'Taxi home'];
    for (const [index, item] of items.entries()) {
      await alice.goto(world.url('/team/finance'));
      await alice.getByRole('link', { name: 'Log an expense' }).click();
      await alice.getByLabel('What was it?').fill(item);
      await alice.getByLabel('Amount').fill(index === 0 ? '84.50' : '23.90');
      await alice.getByLabel('Category').selectOption(index === 0 ? 'Meals' : 'Travel');
      await alice.getByLabel('Merchant').fill('Luigi’s');
      await alice.getByLabel('Note').fill('With three of them.');
      await alice.getByLabel('Photos or PDFs of the receipts').setInputFiles([
        { name: `IMG_${index}.png`, mimeType: 'image/png', buffer: Buffer.concat([png, Buffer.from([index])]) },
        { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: receiptFiles.pdf },
      ]);
      await alice.getByRole('button', { name: 'Submit for approval' }).click();
      await alice.getByRole('heading', { name: item }).waitFor();
      await alice.getByRole('link', { name: `IMG_${index}.png` }).waitFor();
      // In the form they stand before the files, so that they are read before those arrive.
      await alice.getByText('Luigi’s').waitFor();
      await alice.getByText('With three of them.').waitFor();
      if (index > 0) continue;
      await alice.getByText('$84.50 is more than the limit of $50.00 for one expense').waitFor();
      await alice.getByRole('button', { name: 'Submit for approval' }).click();
    }
    await alice.getByText('Waiting for approval').waitFor();

    const manuel = await signIn('manuel', phone, false);
    await manuel.getByRole('link', { name: /^Waiting 2$/ }).click();
    await manuel.getByRole('link', { name: /Dinner with the customer/ }).click();
    await manuel.getByText('$84.50 is more than the limit of $50.00 for one expense').waitFor();
    // The same invoice is in both.
    await manuel.getByText('The same file is in another expense as well').waitFor();
    const [photo] = await Promise.all([
      manuel.waitForEvent('response', (response) => response.url().includes('/receipts/')),
      manuel.reload(),
    ]);
    assert.equal(photo.headers()['content-type'], 'image/png');
    await manuel.getByLabel('Comment').fill('They signed.');
    await manuel.getByRole('button', { name: 'Approve' }).click();
    await manuel.getByText('They signed.').waitFor();
    await manuel.getByRole('link', { name: /^Waiting 1$/ }).click();
    await manuel.getByLabel('Choose Taxi home').check();
    await manuel.getByRole('button', { name: 'Approve the chosen ones' }).click();
    await manuel.getByText('Nothing waits for you').waitFor();

    await fiona.goto(world.url('/waiting'));
    for (const item of items) await fiona.getByLabel(`Choose ${item}`).check();
    await fiona.getByLabel(/reference/i).fill('SEPA 2026-11');
    await fiona.getByRole('button', { name: 'Mark the chosen ones as reimbursed' }).click();
    await fiona.getByText('Nothing waits for you').waitFor();

    const audrey = await signIn('audrey', desk, false);
    await audrey.goto(world.url('/team/finance'));
    await audrey.getByRole('link', { name: /Dinner with the customer/ }).click();
    const story = await audrey.locator('.story li').allTextContents();
    assert.deepEqual(
      story.map((step) => /^(.*?)By (.*?),/.exec(step.trim())?.slice(1)),
      [
        ['Logged as a draft', 'Alice Archer'],
        ['Submitted', 'Alice Archer'],
        ['Approved', 'Manuel Mann'],
        ['Reimbursed', 'Fiona Finch'],
      ],
    );
    await audrey.getByText('reference SEPA 2026-11').waitFor();
    assert.equal(await audrey.getByRole('main').getByRole('button').count(), 0, 'an auditor changes nothing');

    await linkPending(world.db);
    const verification = await verifyAudit(world.db);
    assert.equal(verification.fault, undefined);
    assert.ok(verification.linked > 8);
    for (const page of [alice, manuel, fiona, audrey]) await page.context().close();
  });

  it('takes files that are dropped on its form', async () => {
    const alice = await signIn('alice');
    await alice.goto(world.url('/team/finance/new-expense'));
    const field = alice.getByLabel('Photos or PDFs of the receipts');
    const folder = mkdtempSync(join(tmpdir(), 'outlay-dropped-'));
    const files = ['a.png', 'b.png'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, png);
    await field.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await field.boundingBox()) ?? assert.fail();
    const devtools = await alice.context().newCDPSession(alice);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      const data = { items: [], files, dragOperationsMask: 1 };
      await devtools.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
    }
    const names = await alice.evaluate<string[]>("Array.from(document.getElementById('field-file').files, ({ name }) => name)");
    rmSync(folder, { recursive: true });
    assert.deepEqual(names, ['a.png', 'b.png']);
    await alice.context().close();
  });

  it('lives from being logged to being paid back by keyboard alone', async () => {
    const alice = await signIn('alice');
    const hers = new Keyboard(alice);
    await hers.follow(/^Finance$/, 'Finance');
    await hers.follow(/^Log an expense$/, 'Log an expense');
    await hers.fill(/^What was it\?/, 'Keys for the office');
    await hers.fill(/^Amount/, '31.50');
    await hers.choose(/^Category/, 'Office');
    await hers.fill(/^Merchant/, 'Locksmith');
    await hers.press(/^Submit for approval$/);
    await alice.getByRole('heading', { level: 1, name: 'Keys for the office' }).waitFor();
    await alice.getByText('Waiting for approval').first().waitFor();

    const manuel = await signIn('manuel');
    const his = new Keyboard(manuel);
    const sent: string[] = [];
    manuel.on('request', (request) => request.method() === 'POST' && sent.push(new URL(request.url()).pathname));
    await his.follow(/^Waiting/, 'Waiting for me');
    await his.press(/^Choose Keys for the office$/, 'Space');
    // On a checkbox, Enter presses a button that nobody has chosen: it must not be the one that approves.
    await manuel.keyboard.press('Enter');
    await manuel.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    assert.deepEqual(sent, []);
    await his.fill(/^Comment/, 'Fine');
    await his.press(/^Approve the chosen ones$/);
    await manuel.getByRole('status').getByText('Approved').waitFor();
    assert.deepEqual(sent, ['/waiting/approvals']);

    const fiona = await signIn('fiona');
    const finances = new Keyboard(fiona);
    await finances.follow(/^Waiting/, 'Waiting for me');
    await finances.press(/^Choose Keys for the office$/, 'Space');
    await finances.fill(/reference/i, 'SEPA 7');
    await fiona.keyboard.press('Enter');
    await finances.press(/^Mark the chosen ones as reimbursed$/);
    await fiona.getByRole('status').getByText('Reimbursed').waitFor();
    await Promise.all([alice, manuel, fiona].map(async (page) => page.context().close()));
  });
});
