import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openWorld, type World } from '../world.ts';
import { british, launchBrowser } from './launch.ts';

describe('in a real browser', () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    browser = await launchBrowser();
    world = await openWorld({ sample: true, demonstration: true });
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  /** A new page, and what its console complained of: a broken policy, a missing file. */
  async function newPage(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ ...british, ...options });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  async function signIn(page: Page, person: string, path = '/dashboard'): Promise<void> {
    await page.goto(world.url(path));
    await page.getByRole('button', { name: person }).click();
    await page.waitForURL(world.url(path));
  }

  const withAndWithoutScript: readonly (readonly [string, BrowserContextOptions])[] = [
    ['with script', {}],
    ['without script', { javaScriptEnabled: false }],
  ];
  for (const [how, options] of withAndWithoutScript) {
    it(`somebody signs in from the link they followed, looks around and logs out of both, ${how}`, async () => {
      const { page, complaints } = await newPage(options);
      await page.goto(world.url('/team/finance'));
      await page.getByRole('button', { name: 'Carol Lee' }).click();
      await page.waitForURL(world.url('/team/finance'));
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Finance');
      assert.equal(await page.locator('tfoot .amount').textContent(), '$2,780.00');
      await page.getByRole('link', { name: 'All my teams' }).click();
      await page.getByRole('link', { name: 'Finance', exact: true }).click();
      await page.getByRole('link', { name: 'Profile of Carol Lee' }).click();
      await page.getByText('A rule gives this to everybody whose claim “groups” has “finance”.').waitFor();
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Log out here as well?' }).waitFor();
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.waitForURL((url) => url.origin === world.baseUrl && url.pathname === '/');
      await page.getByRole('main').getByRole('link', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
      assert.deepEqual(complaints, []);
      await page.context().close();
    });
  }

  it('shows nothing of the team by going back after logging out', async () => {
    const { page } = await newPage();
    await signIn(page, 'Carol Lee', '/team/finance');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log out here as well?' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL((url) => url.origin === world.baseUrl && url.pathname === '/');
    for (let steps = 0; steps < 3; steps += 1) {
      await page.goBack();
      assert.doesNotMatch(await page.content(), /2,780\.00|Team Lunch/, page.url());
    }
    await page.context().close();
  });

  it('lets two tabs sign in at once', async () => {
    const context = await browser.newContext(british);
    const [first, second] = await Promise.all([context.newPage(), context.newPage()]);
    await first.goto(world.url('/team/finance'));
    await second.goto(world.url('/profile'));
    await second.getByRole('button', { name: 'Hannah Smith' }).click();
    await second.waitForURL(world.url('/profile'));
    await first.getByRole('button', { name: 'Hannah Smith' }).click();
    await first.waitForURL(world.url('/team/finance'));
    await context.close();
  });

  it('is used by keyboard alone, beginning with a way past the navigation', async () => {
    const { page } = await newPage();
    await page.goto(world.url('/'));
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Log in');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(world.url('/dashboard'));
    assert.equal(await page.getByRole('heading', { level: 3 }).getByRole('link').count(), 1);
    await page.context().close();
  });
});
