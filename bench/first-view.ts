import { cpus, loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { prepareFigures } from '../test/browser/figure-scene.ts';
import { british, launchBrowser } from '../test/browser/launch.ts';
import { openWorld } from '../test/world.ts';

/*
 * `npm run bench:first-view`: when somebody on a slow phone sees the figures of their dashboard, as often as said (5): a processor
 * four times slower and a slow 4G network, as Lighthouse has them (150 ms there and back, 1.6 Mbit/s), with nothing kept from before.
 */

const rounds = Number(process.argv[2] ?? 5);
const CPU_SLOWDOWN = 4;
const slow4G = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };

interface View {
  /** When all that stands on the first screen was painted, in milliseconds (Largest Contentful Paint). */
  readonly seen: number;
  readonly moved: number;
  readonly kilobytes: number;
  readonly scripts: number;
}

const browser = await launchBrowser();
await using world = await openWorld({});
await prepareFigures(world);
const [load = 0] = loadavg();
console.log(
  `${cpus().length} cores, which ${load.toFixed(1)} others want; medians of ${rounds} first views, worst in brackets\n`,
);
console.log('| Page | Figures seen | Sent | Scripts | Moved |');
console.log('|---|--:|--:|--:|--:|');
for (const [person, path] of [
  ['Alice Archer', '/dashboard'],
  ['Fiona Finch', '/dashboard'],
  ['Alice Archer', '/team/finance/figures?period=2026'],
  ['Alice Archer', '/team/finance'],
] as const) {
  const views: View[] = [];
  for (let round = 0; round < rounds; round += 1) views.push(await view(person, path));
  const said = (of: (view: View) => number, digits = 0) => {
    const sorted = views.map(of).toSorted((a, b) => a - b);
    return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(digits)} (${sorted.at(-1)?.toFixed(digits)})`;
  };
  console.log(
    `| ${path}, ${person} | ${said((one) => one.seen)} ms | ${said((one) => one.kilobytes)} kB | ${said((one) => one.scripts)} | ${said((one) => one.moved, 3)} |`,
  );
}
await browser.close();

async function view(person: string, path: string): Promise<View> {
  const context = await browser.newContext({ ...british, viewport: { width: 375, height: 740 } });
  const page = await context.newPage();
  await page.goto(world.url('/profile'));
  await page.getByRole('button', { name: person }).click();
  await page.waitForURL(world.url('/profile'));
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.clearBrowserCache');
  await devtools.send('Network.emulateNetworkConditions', slow4G);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  let bytes = 0;
  let scripts = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  devtools.on('Network.requestWillBeSent', ({ type }) => {
    if (type === 'Script') scripts += 1;
  });
  await page.goto(world.url(path));
  const seen = await timesOf(page);
  await context.close();
  return { ...seen, kilobytes: bytes / 1024, scripts };
}

async function timesOf(page: Page): Promise<Pick<View, 'seen' | 'moved'>> {
  return page.evaluate(`new Promise((resolve) => {
    const seen = { seen: 0, moved: 0 };
    new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) seen.seen = startTime; })
      .observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) seen.moved += value; })
      .observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(seen)));
  })`);
}
