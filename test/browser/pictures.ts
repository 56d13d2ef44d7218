import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openWorld } from '../world.ts';
import { administration } from './administration-shots.ts';
import { expenses } from './expense-shots.ts';
import { figures } from './figure-shots.ts';
import { british, launchBrowser } from './launch.ts';
import { hardCases, journey, type Shot } from './shots.ts';

/*
 * `npm run pictures`: every page in its states at three widths, light and dark, into `pictures/`, to be looked at; and a contact
 * sheet of each width and scheme. Those of the README are what one sees first of a page, into `docs/pictures/`.
 */

const folder = 'pictures';
const readmeFolder = join('docs', 'pictures');
const widths = [375, 768, 1280];
const schemes = ['light', 'dark'] as const;

/** What the README shows, and how. */
const inReadme: Readonly<Record<string, { readonly width: number; readonly height: number; readonly scheme: 'light' | 'dark' }>> =
  {
    'dashboard-one-team': { width: 1280, height: 900, scheme: 'light' },
    'figures-year': { width: 1280, height: 1_100, scheme: 'dark' },
    'team-page': { width: 1280, height: 760, scheme: 'light' },
    'expense-submitted': { width: 375, height: 760, scheme: 'light' },
    'dashboard-all-teams': { width: 1280, height: 760, scheme: 'light' },
  };

async function take(browser: Browser, shots: readonly Shot[], sample: boolean): Promise<string[]> {
  await using world = await openWorld({ sample, demonstration: sample });
  const page = await browser.newPage({ ...british, reducedMotion: 'reduce' });
  const names: string[] = [];
  for (const { name, reach } of shots) {
    await page.setViewportSize({ width: 1280, height: 760 });
    await reach(page, world);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 760 });
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    const readme = inReadme[name];
    if (readme !== undefined) {
      await page.setViewportSize(readme);
      await page.emulateMedia({ colorScheme: readme.scheme });
      await page.screenshot({ path: join(readmeFolder, `${name}.png`) });
    }
    names.push(name);
  }
  await page.close();
  return names;
}

/** All pages of one width and scheme beside each other, each with its name. */
async function contactSheets(browser: Browser, names: readonly string[]): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 2_000, height: 1_000 } });
  for (const width of widths) {
    for (const scheme of schemes) {
      const figure = (name: string) =>
        `<figure><img src="${name}-${width}-${scheme}.png" alt=""><figcaption>${name}</figcaption></figure>`;
      const style =
        'body{columns:8;font:12px sans-serif}figure{break-inside:avoid;margin:0 0 12px}img{width:100%;border:1px solid #888}';
      const file = join(folder, `contact-sheet-${width}-${scheme}.html`);
      writeFileSync(file, `<!doctype html><meta charset="utf-8"><style>${style}</style>${names.map(figure).join('')}`);
      await page.goto(pathToFileURL(resolve(file)).href);
      await page.screenshot({ path: join(folder, `contact-sheet-${width}-${scheme}.png`), fullPage: true });
    }
  }
  await page.close();
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
mkdirSync(readmeFolder, { recursive: true });
const browser = await launchBrowser();
const names: string[] = [];
for (const [shots, sample] of [
  [journey('Hannah Smith'), true],
  [hardCases, false],
  [administration, false],
  [expenses, false],
  [figures, false],
] as const)
  names.push(...(await take(browser, shots, sample)));
await contactSheets(browser, names);
await browser.close();
console.log(
  `${names.length} pages, ${names.length * widths.length * schemes.length} pictures and the contact sheets are in ${folder}/`,
);
