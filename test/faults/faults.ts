import { type Fault, Missing, type Outcome } from './fault.ts';
import { writeRow } from './report.ts';

/*
 * `npm run faults -- NAME [AMOUNT] [--write]`: does one fault to the real program and says what came of it, in the last line. Exit code 1
 * where something was lost, 2 where it cannot be done on this machine. Without an amount it is the long run; `--write` puts its row into docs/reliability.md.
 */

const faults = new Map<string, () => Promise<Fault>>([
  ['kill-during-writes', async () => (await import('./kill-during-writes.ts')).killDuringWrites],
  ['kill-one-of-three', async () => (await import('./kill-one-of-three.ts')).killOneOfThree],
  ['database-away', async () => (await import('./database-away.ts')).databaseAway],
  ['disk-full', async () => (await import('./disk-full.ts')).diskFull],
  ['read-only', async () => (await import('./read-only.ts')).readOnly],
  ['provider-away', async () => (await import('./provider-away.ts')).providerAway],
  ['clock-steps', async () => (await import('./clock-steps.ts')).clockSteps],
  ['slow-clients', async () => (await import('./slow-clients.ts')).slowClients],
  ['junk', async () => (await import('./junk.ts')).junk],
  ['many-requests', async () => (await import('./many-requests.ts')).manyRequests],
]);

async function main(args: readonly string[]): Promise<number> {
  const [name = '', given] = args.filter((arg) => arg !== '--write');
  const load = faults.get(name);
  const amount = given === undefined ? undefined : Number(given);
  if (load === undefined || (amount !== undefined && !(Number.isInteger(amount) && amount > 0))) {
    console.error('npm run faults -- NAME [AMOUNT] [--write]\n');
    for (const [known, find] of faults) console.error(`  ${known.padEnd(20)}${(await find()).about}`);
    return 2;
  }
  // Interrupted or not, nothing is left running: what is started ends when the process does.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const fault = await load();
  let outcome: Outcome;
  try {
    outcome = await fault.run(amount ?? fault.usual, console.log);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(error.message);
    return 2;
  }
  if (args.includes('--write')) writeRow(name, outcome, new Date().toISOString().slice(0, 10));
  for (const line of outcome.lost) console.log(`LOST: ${line}`);
  const lost = outcome.lost.length === 0 ? 'nothing' : String(outcome.lost.length);
  console.log(`${name}: ${outcome.did}; lost: ${lost}; recovery: ${outcome.recovery}`);
  return outcome.lost.length === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
