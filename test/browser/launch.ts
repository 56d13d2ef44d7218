import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Name a Chrome or Chromium of your own with this variable; otherwise the one from npm is unpacked and used. */
export const BROWSER_PATH = 'OUTLAY_TEST_BROWSER';

/** Only what a test needs and a container allows: as root the sandbox cannot start, and nothing may call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

/** What pages are opened with, so that dates on them are those that the tests name, whatever browser it is. */
export const british = { locale: 'en-GB' } as const;

export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await locate();
  return chromium.launch({ executablePath: path, args: FLAGS, env });
}

/** Unpacks the browser, if need be, and starts it once, so that a run ends at once where there is none. */
export async function findBrowser(): Promise<{ path: string; version: string }> {
  const { path } = await locate();
  const browser = await launchBrowser();
  const version = `Chromium ${browser.version()}`;
  await browser.close();
  return { path, version };
}

async function locate(): Promise<{ path: string; env: Record<string, string> }> {
  const given = process.env[BROWSER_PATH];
  const path = given ?? (await unpackChromium());
  const libraries = join(dirname(path), 'al2023', 'lib');
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (existsSync(libraries)) env['LD_LIBRARY_PATH'] = libraries;
  if (!existsSync('/etc/fonts')) env['FONTCONFIG_PATH'] = join(dirname(path), 'fonts');
  return { path, env };
}

/** Into a folder of its own version; with the libraries it comes with where the system lacks them. */
async function unpackChromium(): Promise<string> {
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const folder = join(realpathSync(tmpdir()), `outlay-chromium-${version}-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { default: packed, inflate } = await import('@sparticuz/chromium');
    packed.setGraphicsMode = false;
    const path = await packed.executablePath();
    if (lacksLibraries(path)) await inflate(join(packageFolder, 'bin', 'al2023.tar.br'));
    return path;
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function lacksLibraries(path: string): boolean {
  return execFileSync('ldd', [path], { encoding: 'utf8' }).includes('not found');
}
