import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openWorld, type World } from '../world.ts';
import { prepareFigures } from './figure-scene.ts';
import { Keyboard } from './keyboard.ts';
import { british, launchBrowser } from './launch.ts';

describe('figures in a real browser', () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    browser = await launchBrowser();
    world = await openWorld({ engine: 'sqlite' });
    await prepareFigures(world);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  async function open(path: string, person: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext({ ...british, ...options })).newPage();
    await page.goto(world.url(path));
    await page.getByRole('button', { name: person }).click();
    await page.waitForURL(world.url(path));
    return page;
  }
  const listTotal = (page: Page) => page.locator('.page-head .figure strong').textContent();

  it('lead without script from a bar to the expenses it is the sum of, and from one period to another', async () => {
    const page = await open('/dashboard', 'Alice Archer', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Year' }).click();
    const bar = page.locator('.chart-plot a').first();
    const title = await bar.locator('title').textContent();
    await bar.click();
    await page.getByRole('heading', { level: 1, name: 'Finance' }).waitFor();
    const total = await listTotal(page);
    assert.ok(total !== null && title?.includes(`: ${total},`), `${title} leads to ${total}`);
    await page.getByRole('link', { name: 'Figures' }).click();
    await page.getByText('From one day to another').click();
    await page.getByLabel('From').fill('2020-01-01');
    await page.getByLabel('To').fill('2020-12-31');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('heading', { name: /^Nothing spent, 1 January 2020 to 31 December 2020/ }).waitFor();
    await page.context().close();
  });

  it('are gone through by keyboard alone, as is setting a budget', async () => {
    const page = await open('/dashboard', 'Fiona Finch');
    const keyboard = new Keyboard(page);
    await keyboard.follow(/^Finance$/, 'Finance');
    await keyboard.follow(/^Figures$/, 'Figures of Finance');
    await keyboard.press(/^Quarter$/);
    await page.locator('.period-label', { hasText: 'Quarter' }).waitFor();
    await keyboard.follow(/^Budgets$/, 'Budgets of Finance');
    const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(world.now());
    await keyboard.follow(new RegExp(`^Change the budget of ${month}$`), `Budget of ${month}`);
    await keyboard.fill(/^All that the team spends/, '7500.00');
    await keyboard.follow(/^Set the budget$/, 'Budgets of Finance');
    await page.getByText('The budgets count from now on.').waitFor();
    await page.getByText(/of \$7,500\.00/).waitFor();
    await page.context().close();
  });

  it('send no script, and nothing moves while they load', async () => {
    const page = await open('/dashboard', 'Alice Archer');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.resourceType()));
    await page.reload();
    const moved = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
        .observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    assert.equal(moved, 0);
    assert.ok(!requests.includes('script'), requests.join());
    await page.context().close();
  });

  it('are on paper what they are on the screen, without the ways to other pages', async () => {
    const page = await open('/team/finance/figures', 'Alice Archer');
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.getByRole('navigation', { name: 'Period' }).isVisible(), false);
    assert.equal(await page.locator('.chart-plot').first().isVisible(), true);
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    await page.context().close();
  });

  it('are read at four times the size without sideways scrolling', async () => {
    // 1280 pixels at 400 % are 320 (WCAG 2.2, 1.4.10).
    const page = await open('/team/finance/figures?period=2026', 'Alice Archer', { viewport: { width: 320, height: 256 } });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.equal(overflow, 0);
    await page.context().close();
  });
});
