import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openDatabase } from '../src/database/open.ts';
import { fingerprintsOf, listDifferences } from '../src/keeping/copy.ts';
import { newDatabase, POSTGRES_URL, startTestServer } from '../test/databases.ts';
import { addPerson } from '../test/people.ts';
import { memoryOf } from './memory-of.ts';
import { fillWithLargeTeam } from './speed/large-team.ts';
import { TEAM } from './speed/people.ts';

/*
 * `npm run bench:keeping`: how long a backup, its rehearsal, and the move to PostgreSQL and back take, and how much memory, with 100,000
 * expenses and 1,000 receipts of 20 kB; `-- 1000000 10000` for another number of both. What is there in the end has to say what was there at the
 * beginning, table by table. Linux only: it asks /proc for the most memory of a process.
 */

const expenses = Number(process.argv[2] ?? 100_000);
const receipts = Number(process.argv[3] ?? 1_000);
const RECEIPT_SIZE = 20_000;

await using postgres = await startTestServer();
process.env[POSTGRES_URL] = postgres.url;
const folder = mkdtempSync(join(tmpdir(), 'outlay-keeping-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const [source, back] = [`sqlite:${join(folder, 'source.sqlite')}`, `sqlite:${join(folder, 'back.sqlite')}`];
await fillWithLargeTeam(source, 'sqlite', expenses);
await addReceipts();
console.log(`${expenses.toLocaleString('en')} expenses, ${receipts.toLocaleString('en')} receipts\n`);
console.log('| | Seconds | Most memory |');
console.log('|---|--:|--:|');
const backups = join(folder, 'backups');
await measure('Backup of SQLite', source, ['backup', '--to', backups]);
await measure('Rehearsal', source, ['restore', '--rehearse', '--from', newest()]);
await using cluster = await newDatabase('postgres');
await measure('Transfer to PostgreSQL', source, ['transfer', '--to', cluster.url]);
await measure('Backup of PostgreSQL', cluster.url, ['backup', '--to', backups]);
await measure('Restore into SQLite', `sqlite:${join(folder, 'restored.sqlite')}`, ['restore', '--from', newest()]);
await measure('Transfer back to SQLite', cluster.url, ['transfer', '--to', back]);
await assertSame();

/** Straight into the tables: what is measured reads them, and does not mind how they came there. */
async function addReceipts(): Promise<void> {
  const db = await openDatabase(source);
  const person = await addPerson(db, []);
  const of = await db.selectFrom('expense').select('id').where('team_id', '=', TEAM).limit(receipts).execute();
  await db.transaction().execute(async (transaction) => {
    for (const { id: expenseId } of of) {
      const [id, bytes] = [randomUUIDv7(), randomBytes(RECEIPT_SIZE)];
      const about = { name: 'receipt.pdf', type: 'application/pdf', stored_in: 'database' } as const;
      const added = { added_by: person.id, added_by_name: 'Somebody', added_at: new Date().toISOString() };
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await transaction
        .insertInto('receipt')
        .values({ id, expense_id: expenseId, ...about, ...added, size: bytes.length, sha256 })
        .execute();
      await transaction.insertInto('receipt_piece').values({ receipt_id: id, number: 1, bytes }).execute();
    }
  });
  await db.destroy();
}

function newest(): string {
  return join(
    backups,
    readdirSync(backups)
      .filter((name) => name.startsWith('outlay-'))
      .toSorted()
      .at(-1) ?? '',
  );
}

async function measure(what: string, databaseUrl: string, args: readonly string[]): Promise<void> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH: `${dirname(process.execPath)}:${PATH}`, HOME, DATABASE_URL: databaseUrl, DATA_DIR: join(folder, 'data') };
  const began = performance.now();
  const child = spawn(resolve('src/cli/outlay.ts'), [...args, '--json'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let memory = 0;
  const poll = setInterval(() => {
    memory = Math.max(memory, memoryOf(child.pid, 'VmHWM'));
  }, 50);
  const [code] = (await once(child, 'exit')) as [number];
  clearInterval(poll);
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
  console.log(`| ${what} | ${((performance.now() - began) / 1_000).toFixed(1)} | ${Math.round(memory / 2 ** 20)} MiB |`);
}

/** @throws Error where anything is not what it was. */
async function assertSame(): Promise<void> {
  const [before, after] = [await openDatabase(source), await openDatabase(back)];
  const found = await fingerprintsOf(before);
  const differences = listDifferences(found, await fingerprintsOf(after));
  if (differences.length > 0) throw new Error(differences.join('; '));
  const rows = [...found.values()].reduce((sum, table) => sum + table.rows, 0);
  console.log(`\n${rows.toLocaleString('en')} rows in ${found.size} tables say the same there and back.`);
  await before.destroy();
  await after.destroy();
}
