import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../src/database/open.ts';
import type { Database } from '../src/database/schema.ts';
import { exportFormats } from '../src/exporting/export-formats.ts';
import { fillPath, paths } from '../src/web/paths.ts';
import { type Engine, engines, newMigratedDatabase, POSTGRES_URL, startTestServer } from '../test/databases.ts';
import { freePort } from '../test/free-port.ts';
import { startHostileProvider } from '../test/hostile-provider/provider.ts';
import { HttpBrowser } from '../test/http-browser.ts';
import { addMany } from '../test/many-expenses.ts';
import { spawnOutlay } from '../test/spawned.ts';
import { memoryOf } from './memory-of.ts';

/*
 * `npm run bench:export`: how quickly a team's list is exported and how much memory that takes, as a whole request to a process of
 * its own for each engine and format. `npm run bench:export -- 1000000` for another number of expenses than 200,000. Linux only,
 * because it asks /proc for the most memory that a process ever had.
 */

const rows = Number(process.argv[2] ?? 200_000);
const AT_ONCE = 20_000;

await using postgres = await startTestServer();
process.env[POSTGRES_URL] = postgres.url;
const [load = 0] = loadavg();
console.log(`${rows.toLocaleString('en')} expenses; ${cpus().length} cores, which ${load.toFixed(1)} others want\n`);
console.log('| | Rows a second | First byte | Whole | Size | Memory before | At most | Another page meanwhile, at most |');
console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
for (const engine of engines) await measureEngine(engine);

async function measureEngine(engine: Engine): Promise<void> {
  await using database = await newMigratedDatabase(engine);
  const db = await openDatabase(database.url);
  await fill(db);
  await db.destroy();
  for (const { label, path } of exportFormats) console.log(`| ${label}, ${engine} ${await measure(database.url, path)}`);
}

/** One in five was paid in another currency, and one in three has a receipt. */
async function fill(db: Database): Promise<void> {
  await db.insertInto('team').values({ id: 'large', label: 'Large', currency: 'EUR' }).execute();
  const paid = { currency: 'USD', rate: '0.9217', rate_on: '2026-03-31', rate_source: 'European Central Bank' };
  for (let from = 0; from < rows; from += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, rows - from) }, () => randomUUIDv7());
    const expenses = ids.map((id, index) => ({
      id,
      item: `Train to the customer, no. ${from + index}`,
      merchant: 'Deutsche Bahn',
      note: index % 2 === 0 ? 'With the team, for the workshop on Monday and Tuesday.' : '',
      currency: 'EUR',
      ...(index % 5 === 0 && paid),
    }));
    await addMany(db, 'large', expenses);
    const added = { added_by: 'a', added_by_name: 'A', added_at: '2026-04-01T00:00:00.000Z', stored_in: 'database' } as const;
    const whole = { name: 'a.png', type: 'image/png', size: 1, sha256: 'a'.repeat(64), ...added } as const;
    const receipts = ids.filter((_, index) => index % 3 === 0).map((id) => ({ id: randomUUIDv7(), expense_id: id, ...whole }));
    for (let at = 0; at < receipts.length; at += 500)
      await db
        .insertInto('receipt')
        .values(receipts.slice(at, at + 500))
        .execute();
  }
  await sql`analyze`.execute(db);
}

async function measure(databaseUrl: string, path: string): Promise<string> {
  await using opened = new AsyncDisposableStack();
  const provider = opened.use(await startHostileProvider());
  const folder = mkdtempSync(join(tmpdir(), 'outlay-export-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const address = `http://localhost:${port}`;
  const settings = {
    PORT: String(port),
    APP_BASE_URL: address,
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(folder, 'data'),
    SESSION_SECRET: 'one secret of more than 32 characters',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: 'any secret',
    ADMIN_EMAIL: 'alice@example.com',
  };
  const { child, stop } = await spawnOutlay(folder, settings, 'Outlay is ready');
  opened.defer(stop);
  const browser = new HttpBrowser();
  await browser.follow(`${address}${paths.login}`);
  const before = memoryOf(child.pid, 'VmRSS');

  const began = performance.now();
  const cookie = await browser.cookies.getCookieString(address);
  const answer = await fetch(address + fillPath(path, { id: 'large' }), { headers: { cookie } });
  if (answer.status !== 200 || answer.body === null) throw new Error(`The export answered ${answer.status}`);
  let first = 0;
  let size = 0;
  let done = false;
  const pages = slowestPage(browser, address, () => done);
  for await (const piece of answer.body) {
    if (size === 0) first = performance.now() - began;
    size += piece.length;
  }
  done = true;
  const whole = (performance.now() - began) / 1_000;
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  return [
    '',
    Math.round(rows / whole).toLocaleString('en'),
    `${first.toFixed(0)} ms`,
    `${whole.toFixed(1)} s`,
    megabytes(size),
    megabytes(before),
    megabytes(memoryOf(child.pid, 'VmHWM')),
    `${(await pages).toFixed(0)} ms |`,
  ]
    .join(' | ')
    .trimStart();
}

async function slowestPage(browser: HttpBrowser, address: string, isDone: () => boolean): Promise<number> {
  let slowest = 0;
  while (!isDone()) {
    const began = performance.now();
    await browser.ask(address + paths.dashboard);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}
