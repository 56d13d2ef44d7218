import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open.ts';
import type { Database } from '../../src/database/schema.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { listLost } from './checks.ts';
import { describeTimes, type Fault, Missing } from './fault.ts';
import { type FaultStage, look, managers, members, openFaultStage, TEAM } from './stage.ts';
import { Writers } from './writers.ts';

/** Where Debian, Fedora and a build of one's own put it. */
const LIBRARY = '/usr/{lib,lib64,local/lib}/{*/,}faketime/libfaketimeMT.so*';
/** How long people write before a step and after it, in milliseconds. */
const WORK = 700;
/** How long ago the session was used that must be of no use any more, in milliseconds. */
const EXPIRED = 3 * 60 * 60_000;

interface Step {
  /** As libfaketime takes it. */
  readonly offset: string;
  /** Whether whoever signed in just before is still signed in: 30 minutes without use end a session. */
  readonly holds: boolean;
  /** Whether an ID Token of this moment still says that it is of now: the clock tolerance is 30 seconds, its age ten minutes at most. */
  readonly admits: boolean;
}

const steps: readonly Step[] = [
  { offset: '+2m', holds: true, admits: true },
  { offset: '+1h', holds: false, admits: false },
  { offset: '+9h', holds: false, admits: false },
  { offset: '-1h', holds: true, admits: false },
];

/** The clock of the program, and of nothing else, steps both ways while people work, and back again. */
export const clockSteps: Fault = {
  about: 'steps the clock 2 minutes, 1 and 9 hours ahead, and 1 back, so many times each (5)',
  usual: 5,
  async run(times, say) {
    const [library] = globSync(LIBRARY).toSorted();
    if (library === undefined)
      throw new Missing(
        'This needs libfaketime, which is not there: apt-get install libfaketime (Debian, Ubuntu), or dnf install libfaketime.',
      );
    await using stage = await openFaultStage({ engine: 'sqlite' });
    const clock = join(stage.folder, 'clock');
    const set = (offset: string) => writeFileSync(clock, `${offset}\n`);
    set('+0');
    // Timers go by the other clock, which no step of this one moves.
    const faked = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const outlay = await stage.start(faked);
    const all = new Ledger();
    const db = await openDatabase(stage.databaseUrl);
    const lost: string[] = [];
    const recovered: number[] = [];
    for (let time = 1; time <= times; time += 1) {
      for (const step of steps) {
        const seen = await tryStep(stage, db, step, set, all);
        lost.push(...seen.lost.map((line) => `${step.offset}: ${line}`));
        recovered.push(seen.recovered);
      }
      say(`each step ${time} times, ${all.answered} writes answered, ${lost.length} lost`);
    }
    lost.push(...(await listLost(db, all, true)));
    await db.destroy();
    await outlay.stop();
    return {
      did: `the clock of the program stepped 2 minutes, 1 hour and 9 hours ahead and 1 hour back, and each time back again, ${times} times each, among ${all.answered} writes`,
      lost,
      recovery: describeTimes(recovered),
    };
  },
};

/** What everybody was told over all steps. */
class Ledger {
  readonly told: Writers['told'] = new Map();
  readonly tried: Writers['tried'] = new Set();
  answered = 0;

  add({ told, tried, answered }: Writers): void {
    for (const [id, one] of told) this.told.set(id, one);
    for (const id of tried) this.tried.add(id);
    this.answered += answered;
  }
}

async function tryStep(
  stage: FaultStage,
  db: Database,
  { offset, holds, admits }: Step,
  set: (offset: string) => void,
  all: Ledger,
) {
  const lost: string[] = [];
  const browsers = await Promise.all(members.map((subject) => stage.signIn(subject)));
  const writers = new Writers(stage.baseUrl, browsers, await Promise.all(managers.map((subject) => stage.signIn(subject))));
  const expired = await openExpired(stage, db);
  const [reader] = browsers as [HttpBrowser];
  const page = `${stage.baseUrl}/team/${TEAM}`;
  const stop = new AbortController();
  const working = writers.work(stop.signal);
  await setTimeout(WORK);
  set(offset);
  await setTimeout(WORK);
  stop.abort();
  await working;
  const { status } = await look(reader, page);
  if (status !== (holds ? 200 : 303)) lost.push(`Whoever was signed in was answered with ${status}`);
  if ((await look(expired, page)).status !== 303) lost.push('Somebody got in with a session that had expired');
  const { answer } = await stage.tryToSignIn(members[0] ?? '');
  const isIn = answer.status === 200 && answer.url === page;
  if (admits && !isIn) lost.push(`Nobody can sign in: ${answer.status}`);
  if (!admits && !(answer.status === 400 && answer.body.includes('clock of Outlay and that of your company')))
    lost.push(`Whoever signs in is answered with ${answer.status} and not told that the clocks differ`);
  set('+0');
  const since = performance.now();
  const again = await stage.signIn(members[0] ?? '');
  if ((await look(again, page)).status !== 200) lost.push('Whoever signs in again sees nothing');
  const recovered = performance.now() - since;
  if ((await look(expired, page)).status !== 303) lost.push('Somebody got in with a session that had expired, afterwards');
  // Those whose session had ended by that clock are told so, and nothing else is refused.
  const isTold = (line: string) => !holds && /answered with (303|401) /.test(line);
  lost.push(...writers.unexpected.filter((line) => !isTold(line)));
  lost.push(...writers.unanswered.map(({ what }) => `${what} got no answer`));
  all.add(writers);
  return { lost, recovered };
}

/** A browser whose session has not been used for longer than it may, and than any step goes back. */
async function openExpired(stage: FaultStage, db: Database): Promise<HttpBrowser> {
  const before = (await db.selectFrom('session').select('id_hash').execute()).map(({ id_hash }) => id_hash);
  const browser = await stage.signIn(members.at(-1) ?? '');
  const seen = new Date(Date.now() - EXPIRED).toISOString();
  await db.updateTable('session').set({ seen_at: seen }).where('id_hash', 'not in', before).execute();
  return browser;
}
