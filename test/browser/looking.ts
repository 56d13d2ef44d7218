import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openWorld, type World } from '../world.ts';
import { british, launchBrowser } from './launch.ts';
import type { Shot } from './shots.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** WCAG 2.2 AA and more. */
const everything = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
/** What depends on colours; in the dark all else is the same page. */
const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** What the accessibility checker finds wrong on the page as it stands. */
async function findViolations(page: Page, rules: typeof everything): Promise<string[]> {
  // Of what is right, nothing is worked out and sent but that it is.
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
  const violations = await page.evaluate<AxeResults['violations']>(
    `(window.axe ?? bringAxe()).run(${options}).then((found) => found.violations)`,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Every shot of a world can be read by everybody, in the light and in the dark. One file each, because together they take too long. */
export function describeEveryPage(name: string, shots: readonly Shot[], { sample }: { readonly sample: boolean }): void {
  describe(`every page of ${name}`, () => {
    let browser: Browser;
    let page: Page;
    let world: World;
    before(async () => {
      browser = await launchBrowser();
      world = await openWorld({ sample, demonstration: sample });
      // Or colours would still be on their way from light to dark when they are looked at.
      page = await browser.newPage({ ...british, reducedMotion: 'reduce' });
      // Sent once, and run only where a page is looked at.
      await page.addInitScript(`window.bringAxe = () => { ${axe}; return window.axe; };`);
    });
    after(async () => {
      await browser.close();
      await world[Symbol.asyncDispose]();
    });

    async function look(width: number, rules: typeof everything): Promise<void> {
      await fit(width);
      assert.deepEqual(await findViolations(page, rules), [], `at ${width} pixels`);
    }

    async function fit(width: number): Promise<void> {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.equal(overflow, 0, `sideways scrolling at ${width} pixels`);
    }

    for (const [index, { name, reach }] of shots.entries()) {
      it(`${name} can be read by everybody, and fits from 320 to 1280 pixels`, async () => {
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.emulateMedia({ colorScheme: 'light' });
        await reach(page, world);
        await page.waitForLoadState();
        await look(1280, everything);
        // What is shown and what is hidden is as it is at 320 pixels.
        await fit(375);
        await look(320, everything);
      });

      it(`${name} can be read by everybody in the dark as well`, async () => {
        await page.emulateMedia({ colorScheme: 'dark' });
        // What only one of the two widths shows is on every page.
        await look(index % 2 === 0 ? 320 : 1280, colours);
      });
    }
  });
}
