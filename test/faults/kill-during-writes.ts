import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open.ts';
import { type Engine, engines } from '../databases.ts';
import { listLost } from './checks.ts';
import { between, describeTimes, type Fault, type Outcome } from './fault.ts';
import { killOutright, managers, members, openFaultStage, openPostgres } from './stage.ts';
import { Writers } from './writers.ts';

/** How long people write until the process is killed, in milliseconds. */
const SHORTEST = 50;
const LONGEST = 1_500;
/** The audit record and all receipts are read after so many kills, and at the end. */
const THOROUGH_EVERY = 20;

/** The process is killed while people write, and must have kept all that it said it had. */
export const killDuringWrites: Fault = {
  about: 'kills Outlay while people write, so many times on each engine (200)',
  usual: 200,
  async run(times, say) {
    await using _ = await openPostgres();
    const outcomes: Outcome[] = [];
    for (const engine of engines) outcomes.push(await onEngine(engine, times, say));
    return {
      did: outcomes.map(({ did }) => did).join('; '),
      lost: outcomes.flatMap(({ lost }) => lost),
      recovery: outcomes.map(({ recovery }) => recovery).join('; '),
    };
  },
};

async function onEngine(engine: Engine, times: number, say: (line: string) => void): Promise<Outcome> {
  await using stage = await openFaultStage({ engine });
  let outlay = await stage.start();
  const writers = new Writers(
    stage.baseUrl,
    await Promise.all(members.map((subject) => stage.signIn(subject))),
    await Promise.all(managers.map((subject) => stage.signIn(subject))),
  );
  const db = await openDatabase(stage.databaseUrl);
  const recovered: number[] = [];
  const lost: string[] = [];
  for (let kill = 1; kill <= times && lost.length === 0; kill += 1) {
    const stop = new AbortController();
    const working = writers.work(stop.signal);
    await setTimeout(between(SHORTEST, LONGEST));
    stop.abort();
    const began = performance.now();
    await killOutright(outlay);
    await working;
    outlay = await stage.start();
    recovered.push(performance.now() - began);
    lost.push(...(await listLost(db, writers, kill === times || kill % THOROUGH_EVERY === 0)), ...writers.unexpected);
    say(`${engine}: killed ${kill} times, ${writers.answered} answers kept, ${writers.unanswered.length} requests without one`);
  }
  await db.destroy();
  await outlay.stop();
  return {
    did: `${engine}: killed ${recovered.length} times among ${writers.answered} answered writes (${writers.unanswered.length} got no answer)`,
    lost: lost.map((line) => `${engine}: ${line}`),
    recovery: `${engine}: ${describeTimes(recovered)}`,
  };
}
