import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { openDatabase } from '../src/database/open.ts';
import { BROWSER_PATH, findBrowser } from './browser/launch.ts';
import { POSTGRES_URL, startTestServer } from './databases.ts';
import { newFolderInMemory } from './in-memory.ts';
import { duties } from './requirements/duties.ts';
import { dutiesOf } from './requirements/table.ts';

/*
 * `npm test`: every test file, with one PostgreSQL and one browser for all of them. `npm test -- part/of/a/path` runs the
 * files whose path contains that.
 */

/** How many processes run tests at once: one more than the cores of a small machine, because each waits a quarter of its time. */
const AT_ONCE = 3;
/** How long one process may take, in milliseconds; what waits for something that never comes fails then. */
const PROCESS_TIMEOUT = 420_000;
/**
 * Parts of the paths of what takes longest, each in a process of its own. It begins first, or one core would wait at the end
 * while the other runs it.
 */
const LONGEST = [
  'walks/team-walls',
  'test/browser/',
  'walks/deciding-at-once',
  'cli/import',
  'walks/admin-access',
  'cli/outlay',
  'test/start',
  'test/workers',
  'src/cli/keeping',
  'walks/interleavings',
  'walks/expense-walls',
  'walks/hostile-provider',
];
/**
 * How many of the others, at most, run one after the other in one process. Loading Outlay, and running it until Node has compiled what
 * is used often, is more than half of what such a file takes by itself.
 */
const TOGETHER = 10;
/** How many of the processes that took longest are named at the end. */
const NAMED = 5;
/** What Node keeps of the modules it has compiled (it looks whether they are still the same): nearly all of what a file needs to start. */
const COMPILED = resolve('node_modules/.cache/outlay-compiled');

const began = performance.now();
const wanted = process.argv.slice(2);
const found = await Array.fromAsync(glob(['src/**/*.test.ts', 'test/**/*.test.ts']));
const files = found.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));

// Interrupted or not, nothing is left running: what is started here ends when the process does.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const folder = newFolderInMemory('outlay-tests-');
// A PostgreSQL of a test's own runs as somebody else, from below here.
chmodSync(folder, 0o711);
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
await using postgres = await startTestServer();
const browser = await findBrowser();
const versions = await listVersions(postgres.url, browser.version);
const env = {
  ...process.env,
  [POSTGRES_URL]: postgres.url,
  [BROWSER_PATH]: browser.path,
  TMPDIR: folder,
  NODE_COMPILE_CACHE: COMPILED,
};

let passed = 0;
let failed = 0;
let skipped = 0;
/** The duties (docs/security.md) of which a test has really run and passed. */
const held = new Set<string>();
const took = new Map<string, number>();
/** What stands for several files, and how they are named at the end. */
const shared = new Map<string, string>();
const stream = run({ files: processesFor(inOrder(files)), concurrency: AT_ONCE, timeout: PROCESS_TIMEOUT, env });
stream.on('test:summary', ({ file, counts, duration_ms: duration }) => {
  if (file !== undefined) {
    took.set(shared.get(file) ?? relative('.', file), duration);
    return;
  }
  passed = counts.passed;
  failed = counts.tests - counts.passed - counts.skipped - counts.todo;
  skipped = counts.skipped + counts.todo;
});
stream.on('test:pass', ({ name, details }) => {
  if (details.type !== 'suite') for (const id of dutiesOf(name)) held.add(id);
});
for await (const text of stream.compose(spec())) process.stdout.write(String(text));

// A run in which nothing ran, or something was left out, has not passed.
if (failed > 0 || skipped > 0 || passed === 0) process.exitCode = 1;
const notHeld = wanted.length === 0 ? Object.keys(duties).filter((id) => !held.has(id)) : [];
if (notHeld.length > 0) {
  console.error(`\nNo test has passed for ${notHeld.join(', ')}`);
  process.exitCode = 1;
}
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
const slowest = [...took].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
console.log(`Longest: ${slowest.map(([file, duration]) => `${file} ${Math.round(duration / 1_000)} s`).join(', ')}`);
console.log(`In ${files.length} files and ${seconds} s, on ${versions.join(', ')}`);

/** The longest first, then what walks through the whole, then what tests one thing. */
function inOrder(paths: readonly string[]): string[] {
  const rank = (path: string) => {
    const among = LONGEST.findIndex((part) => path.includes(part));
    if (among >= 0) return among;
    return path.startsWith('test') ? LONGEST.length : LONGEST.length + 1;
  };
  return paths.toSorted().toSorted((a, b) => rank(a) - rank(b));
}

/** The files as they are given to Node, which begins a process for each: the longest as they are, of the others several in one. */
function processesFor(paths: readonly string[]): string[] {
  const isLong = (path: string) => LONGEST.some((part) => path.includes(part));
  const others = paths.filter((path) => !isLong(path));
  const most = Math.min(TOGETHER, Math.ceil(others.length / AT_ONCE));
  for (let index = 0; index < others.length; index += most) {
    const together = others.slice(index, index + most);
    const file = join(folder, `together-${shared.size + 1}.mjs`);
    writeFileSync(file, together.map((path) => `import ${JSON.stringify(pathToFileURL(resolve(path)).href)};\n`).join(''));
    shared.set(file, together.length > 1 ? `${together[0]} and ${together.length - 1} more` : String(together[0]));
  }
  return [...paths.filter(isLong), ...shared.keys()];
}

async function listVersions(postgresUrl: string, browserVersion: string): Promise<string[]> {
  const sqlite = await openDatabase('sqlite::memory:');
  const server = await openDatabase(postgresUrl);
  const { rows: sqliteRows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(sqlite);
  const { rows: serverRows } = await sql<{ server_version: string }>`show server_version`.execute(server);
  await Promise.all([sqlite.destroy(), server.destroy()]);
  return [
    `Node ${process.versions.node}`,
    `SQLite ${sqliteRows[0]?.version}`,
    `PostgreSQL ${serverRows[0]?.server_version}`,
    browserVersion,
  ];
}
