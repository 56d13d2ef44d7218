import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openWorld, type World } from '../world.ts';
import { launchBrowser } from './launch.ts';
import type { Shot } from './shots.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** WCAG 2.2 AA and more; in the dark only what depends on colours, as all else is the same page. */
const rules = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;

/** What the accessibility checker, which is in the page already, finds wrong on it as it stands. */
async function findViolations(page: Page, colorScheme: keyof typeof rules): Promise<string[]> {
  // Of what is right, nothing is worked out and sent but that it is.
  const options = JSON.stringify({ runOnly: rules[colorScheme], resultTypes: ['violations'] });
  const violations = await page.evaluate<AxeResults['violations']>(`axe.run(${options}).then((found) => found.violations)`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Every shot of a world can be read by everybody, in these colours. One file each, because together they take too long. */
export function describeEveryPage(
  name: string,
  colorScheme: 'light' | 'dark',
  shots: readonly Shot[],
  { sample }: { readonly sample: boolean },
): void {
  describe(`every page of ${name}, ${colorScheme}`, () => {
    let browser: Browser;
    let page: Page;
    let devTools: CDPSession;
    let world: World;
    before(async () => {
      browser = await launchBrowser();
      world = await openWorld({ sample, demonstration: sample });
      page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 } });
      devTools = await page.context().newCDPSession(page);
    });
    after(async () => {
      await browser.close();
      await world[Symbol.asyncDispose]();
    });

    for (const { name, reach } of shots) {
      it(`${name} can be read by everybody, and fits from 320 to 1280 pixels`, async () => {
        await page.setViewportSize({ width: 1280, height: 800 });
        await reach(page, world);
        // Half as long as by the page's own `evaluate`, which reads these 550 kB more than once.
        const { exceptionDetails } = await devTools.send('Runtime.evaluate', { expression: axe });
        assert.equal(exceptionDetails, undefined);
        for (const width of [1280, 375, 320]) {
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await findViolations(page, colorScheme), [], `at ${width} pixels`);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
          assert.equal(overflow, 0, `sideways scrolling at ${width} pixels`);
        }
      });
    }
  });
}
