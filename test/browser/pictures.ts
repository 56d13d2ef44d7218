import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openWorld } from '../world.ts';
import { british, launchBrowser } from './launch.ts';
import { administration } from './administration-shots.ts';
import { expenses } from './expense-shots.ts';
import { figures } from './figure-shots.ts';
import { hardCases, journey, type Shot } from './shots.ts';

/*
 * `npm run pictures`: every page at both widths, light and dark, into `pictures/`, to be looked at. The team page of the
 * sample organisation is the README's picture, too.
 */

const folder = 'pictures';
const widths = [375, 1280];
const schemes = ['light', 'dark'] as const;

async function take(browser: Browser, shots: readonly Shot[], sample: boolean): Promise<void> {
  for (const width of widths) {
    for (const colorScheme of schemes) {
      await using world = await openWorld({ sample, demonstration: sample });
      const page = await browser.newPage({ ...british, viewport: { width, height: 760 }, colorScheme });
      for (const { name, reach } of shots) {
        await reach(page, world);
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      await page.close();
    }
  }
}

mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
await take(browser, journey('Hannah Smith'), true);
await take(browser, hardCases, false);
await take(browser, administration, false);
await take(browser, expenses, false);
await take(browser, figures, false);
await browser.close();
mkdirSync('docs/pictures', { recursive: true });
copyFileSync(join(folder, 'team-page-1280-light.png'), 'docs/pictures/team-page.png');
console.log(`The pictures are in ${folder}/`);
