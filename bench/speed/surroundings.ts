import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../../src/database/open.ts';
import type { Plan } from './plan.ts';
import { benchFile, peers } from './subjects.ts';

const require = createRequire(benchFile('package.json'));

/** The version that is installed for the peers. */
function versionOf(name: string): string {
  const path = require.resolve.paths(name)?.map((folder) => join(folder, name, 'package.json')) ?? [];
  for (const file of path) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      // It is further up.
    }
  }
  throw new Error(`${name} is not installed below ${dirname(benchFile('package.json'))}`);
}

/** On what all was measured, when, and how it is to be read: a sentence each. */
export async function describeSurroundings(plan: Plan, postgresUrl: string, minutes: number): Promise<string[]> {
  const [sqlite, postgres] = [await openDatabase('sqlite::memory:'), await openDatabase(postgresUrl)];
  const { rows: lite } = await sql<{ version: string }>`select sqlite_version() as version`.execute(sqlite);
  const { rows: server } = await sql<{ server_version: string }>`show server_version`.execute(postgres);
  await Promise.all([sqlite.destroy(), postgres.destroy()]);
  const packages = ['express', ...new Set(peers.flatMap((peer) => peer.package ?? []))];
  const day = new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GB`;
  const versions = packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return [
    `${plan.quick ? 'A quick run, which says roughly where things are' : 'A whole run'} of ${minutes.toFixed(0)} minutes on ${day}: ${machine}; ` +
      `Node ${process.versions.node}, SQLite ${lite[0]?.version}, PostgreSQL ${server[0]?.server_version}, ${versions}.`,
    `CPU is what the operating system says that the processes of the app have used, divided by the requests; it counts in steps of 10 ms, ` +
      `and a series takes ${plan.seconds} s on ${plan.connections} connections. Medians of ${plan.rounds} rounds, in each of which all take their turn; ` +
      `ratios are made within a round. *Spread* is from the least to the most of the first figure, as a share of its median; *disturbed* are ` +
      `rounds in which others used more than 10 % of the machine, ` +
      `${plan.repeats === 0 ? 'which a quick run does not repeat' : `also when they were repeated up to ${plan.repeats} times`}.`,
  ];
}
