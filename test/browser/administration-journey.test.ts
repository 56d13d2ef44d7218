import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openWorld, type World } from '../world.ts';
import { Keyboard } from './keyboard.ts';
import { british, launchBrowser } from './launch.ts';

describe('the administration in a real browser', () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  // Grace has signed in before, so that the preview knows her.
  beforeEach(async () => {
    world = await openWorld({ sample: true, demonstration: true });
    const context = await browser.newContext(british);
    const page = await context.newPage();
    await page.goto(world.url('/dashboard'));
    await page.getByRole('button', { name: 'Grace Li' }).click();
    await page.waitForURL(world.url('/dashboard'));
    await context.close();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  async function seesFinance(page: Page): Promise<void> {
    await page.getByText('Grace Li sees Finance.').waitFor();
    const reasons = await page.locator('#why li').allTextContents();
    assert.deepEqual(reasons, ['Member. A rule gives this to everybody whose claim “groups” has “legal”.']);
  }

  it('leads without script from signing in to a new rule, its preview, saving it, and why somebody sees a team', async () => {
    const page = await browser.newPage({ ...british, javaScriptEnabled: false });
    await page.goto(world.url('/dashboard'));
    await page.getByRole('button', { name: 'Hannah Smith' }).click();
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByRole('link', { name: 'New rule' }).click();
    await page.getByLabel('Value').fill('legal');
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByText('Choose the team.').waitFor();
    assert.equal(await page.getByLabel('Value').inputValue(), 'legal', 'what was typed is still there');
    await page.getByLabel('Team').selectOption('Finance');
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByRole('heading', { name: 'Gaining: 1 person' }).waitFor();
    await page.getByRole('button', { name: 'Change it first' }).click();
    assert.equal(await page.getByLabel('Team').inputValue(), 'finance');
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByText('The rule counts from now on.').waitFor();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('searchbox', { name: 'Name or e-mail address' }).fill('grace');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'Grace Li' }).click();
    await page.locator('#why-team').selectOption('Finance');
    await page.getByRole('button', { name: 'Explain' }).click();
    await seesFinance(page);
    await page.context().close();
  });

  it('leads the same way by keyboard alone', async () => {
    const page = await browser.newPage(british);
    const keyboard = new Keyboard(page);
    await page.goto(world.url('/login'));
    await keyboard.tabTo(/^Hannah Smith/);
    await page.keyboard.press('Enter');
    await page.waitForURL(world.url('/dashboard'));
    await keyboard.follow(/Administration$/, 'Teams');
    await keyboard.follow(/^Rules$/, 'Rules');
    await keyboard.follow(/^New rule$/, 'New rule');
    await keyboard.tabTo(/^Value$/);
    await page.keyboard.type('legal');
    await page.keyboard.press('Enter');
    await page.getByText('Choose the team.').waitFor();
    assert.equal(
      await page.evaluate('document.activeElement.name'),
      'team',
      'the first field that is wrong is where one goes on',
    );
    await page.keyboard.type('Finance');
    await keyboard.follow(/^See what it would do$/, 'What this would do');
    await page.getByRole('heading', { name: 'Gaining: 1 person' }).waitFor();
    await keyboard.follow(/^Save the rule$/, 'Rules');
    await page.getByText('The rule counts from now on.').waitFor();
    await keyboard.follow(/^People$/, 'People');
    await keyboard.follow(/^Grace Li/, 'Grace Li');
    await keyboard.tabTo(/^Team$/);
    await page.keyboard.type('Finance');
    await keyboard.tabTo(/^Explain$/);
    await page.keyboard.press('Enter');
    await seesFinance(page);
    await page.context().close();
  });
});
