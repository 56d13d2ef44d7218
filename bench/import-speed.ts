import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openDatabase } from '../src/database/open.ts';
import { type Engine, engines, newMigratedDatabase, POSTGRES_URL, startTestServer } from '../test/databases.ts';
import { addPerson, giveTo } from '../test/people.ts';
import { bareInserts } from './bare-inserts.ts';
import { memoryOf } from './memory-of.ts';

/*
 * `npm run bench:import`: how quickly `outlay import` brings a file into a team, how much memory that takes, and how quickly bare
 * prepared inserts write the same rows into the same table, with nothing read, checked or recognised. `npm run bench:import -- 1000000 3`
 * for another number of rows than 200,000, and of rounds than three; `… 1000000 3 sqlite` for one engine alone. Linux only: it asks /proc for the most memory of a process.
 */

const rows = Number(process.argv[2] ?? 200_000);
const rounds = Number(process.argv[3] ?? 3);

await using postgres = await startTestServer();
process.env[POSTGRES_URL] = postgres.url;
const folder = mkdtempSync(join(tmpdir(), 'outlay-import-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'expenses.csv');
await writeFile();
const [load = 0] = loadavg();
console.log(
  `${rows.toLocaleString('en')} rows, ${rounds} rounds; ${cpus().length} cores, which ${load.toFixed(1)} others want\n`,
);
console.log(
  '| | Bare inserts, rows a second | Look and import, rows a second | Import alone, rows a second | Import alone to bare | Most memory |',
);
console.log('|---|--:|--:|--:|--:|--:|');
for (const engine of engines.filter((one) => process.argv[4] === undefined || one === process.argv[4])) {
  const measured: { bare: number; whole: number; land: number; memory: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await bareInserts(engine, rows);
    measured.push({ bare, ...(await measure(engine)) });
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const speed = (seconds: number) => Math.round(rows / seconds).toLocaleString('en');
  const of = (name: keyof (typeof measured)[number]) => median(measured.map((one) => one[name]));
  const ratio = median(measured.map(({ bare, land }) => bare / land));
  console.log(
    `| ${engine} | ${speed(of('bare'))} | ${speed(of('whole'))} | ${speed(of('land'))} | ${ratio.toFixed(2)} | ${Math.round(of('memory') / 2 ** 20)} MiB |`,
  );
}

/** As somebody would export it from elsewhere: half of the rows with a note, some in quotes. */
async function writeFile(): Promise<void> {
  const out = createWriteStream(file);
  out.write('Day;Spent by;Item;Merchant;Category;Amount;Note\r\n');
  for (let row = 0; row < rows; row += 1) {
    const day = new Date(Date.UTC(2024, 0, 1) + Math.floor((row / rows) * 800) * 86_400_000).toISOString().slice(0, 10);
    const note = row % 2 === 0 ? '"With the team; for the workshop"' : '';
    const line = `${day};Person ${row % 500};Train to the customer, no. ${row};Deutsche Bahn;Travel;${(row % 900) + 1},${String(row % 100).padStart(2, '0')};${note}\r\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

/** In a process of its own, on a fresh database. */
async function measure(engine: Engine): Promise<{ whole: number; land: number; memory: number }> {
  await using database = await newMigratedDatabase(engine);
  const db = await openDatabase(database.url);
  await db.insertInto('team').values({ id: 'large', label: 'Large', currency: 'EUR' }).execute();
  const address = 'fiona@example.com';
  const fiona = await addPerson(db, [], { email: address, emailVerified: true });
  await giveTo(db, fiona, { role: 'finance', teamId: null });
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    DATABASE_URL: database.url,
    DATA_DIR: join(folder, 'data'),
    IMPORT_MAX_MB: '1000',
  };
  const began = performance.now();
  const outlay = resolve('src/cli/outlay.ts');
  const child = spawn(outlay, ['import', file, '--team', 'large', '--by', address], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let memory = 0;
  const poll = setInterval(() => {
    memory = Math.max(memory, memoryOf(child.pid, 'VmHWM'));
  }, 100);
  const landing = watch(db);
  const [code] = (await once(child, 'exit')) as [number];
  clearInterval(poll);
  const whole = (performance.now() - began) / 1_000;
  const land = (performance.now() - (await landing)) / 1_000;
  const { count } = await db
    .selectFrom('expense')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  await db.destroy();
  if (code !== 0 || count !== rows) throw new Error(`outlay import ended with ${code}, and ${count} rows are there`);
  return { whole, land, memory };

  /** When the look was over and the import began. */
  async function watch(watched: typeof db): Promise<number> {
    for (;;) {
      const landing = await watched.selectFrom('import_pending').selectAll().executeTakeFirst();
      if (landing !== undefined || child.exitCode !== null) return performance.now();
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
