import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open.ts';
import { freePort } from '../free-port.ts';
import type { HttpBrowser } from '../http-browser.ts';
import type { Spawned } from '../spawned.ts';
import { listLost } from './checks.ts';
import { between, describeTimes, type Fault, seconds } from './fault.ts';
import { startRoundRobin } from './round-robin.ts';
import { type FaultStage, killOutright, look, managers, members, openFaultStage, openPostgres, TEAM } from './stage.ts';
import { Writers } from './writers.ts';

const PROCESSES = 3;
/** How long all three run until one of them is killed, in milliseconds. */
const SHORTEST = 1_000;
const LONGEST = 4_000;
/** How long after a process is gone a request may begin on a connection of which nobody has been told yet, in milliseconds. */
const MARGIN = 100;

interface Reading {
  answered: number;
  readonly lost: { readonly began: number; readonly ended: number; readonly what: string }[];
  readonly wrong: string[];
}

/** One of three processes behind a proxy is killed, again and again, and nobody notices but whose request it had. */
export const killOneOfThree: Fault = {
  about: 'kills one of three processes again and again, for so many seconds (600)',
  usual: 600,
  async run(duration, say) {
    await using _ = await openPostgres();
    await using stage = await openFaultStage({ engine: 'postgres' });
    const ports = await Promise.all(Array.from({ length: PROCESSES }, freePort));
    const start = (at: number) => stage.start({ PORT: String(ports[at]), APP_BASE_URL: stage.baseUrl });
    const running = await Promise.all(ports.map((_, at) => start(at)));
    await using opened = new AsyncDisposableStack();
    opened.use(await startRoundRobin(stage.port, ports));
    const browsers = await Promise.all(members.map((subject) => stage.signIn(subject)));
    const writers = new Writers(stage.baseUrl, browsers, await Promise.all(managers.map((subject) => stage.signIn(subject))));
    const reading: Reading = { answered: 0, lost: [], wrong: [] };
    const stop = new AbortController();
    const working = [writers.work(stop.signal), ...browsers.map((browser) => readOn(stage, browser, reading, stop.signal))];

    const kills: { readonly began: number; readonly gone: number }[] = [];
    const recovered: number[] = [];
    const until = performance.now() + duration * 1_000;
    while (performance.now() < until) {
      await setTimeout(between(SHORTEST, LONGEST));
      const at = between(0, PROCESSES);
      const killed = performance.now();
      await killOutright(running[at] as Spawned);
      kills.push({ began: killed, gone: performance.now() });
      running[at] = await start(at);
      recovered.push(performance.now() - killed);
      say(
        `killed ${kills.length} times; ${writers.answered + reading.answered} answers, ${countLost(writers, reading)} requests without one`,
      );
    }
    stop.abort();
    await Promise.all(working);
    const db = await openDatabase(stage.databaseUrl);
    const lost = [...(await listLost(db, writers, true)), ...writers.unexpected, ...reading.wrong];
    await db.destroy();
    for (const { what, began, ended } of [...writers.unanswered, ...reading.lost]) {
      if (kills.some((kill) => began < kill.gone + MARGIN && ended > kill.began)) continue;
      lost.push(`${what} got no answer after ${seconds(ended - began)}, and nothing was killed then`);
    }
    await Promise.all(running.map((outlay) => outlay.stop()));
    return {
      did: `one of three processes killed ${kills.length} times in ${duration} s, among ${writers.answered} writes and ${reading.answered} pages (${countLost(writers, reading)} requests under way at the one that died got no answer)`,
      lost,
      recovery: `the others at once; the third in ${describeTimes(recovered)}`,
    };
  },
};

function countLost(writers: Writers, reading: Reading): number {
  return writers.unanswered.length + reading.lost.length;
}

/** Reads the team's page on and on, as somebody who stays signed in. */
async function readOn({ baseUrl }: FaultStage, browser: HttpBrowser, reading: Reading, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const began = performance.now();
    const { status, body } = await look(browser, `${baseUrl}/team/${TEAM}`);
    if (status === 0) reading.lost.push({ began, ended: performance.now(), what: `/team/${TEAM}` });
    else if (status === 200 && body.includes('<table')) reading.answered += 1;
    else reading.wrong.push(`/team/${TEAM} was answered with ${status}`);
    await setTimeout(between(20, 100));
  }
}
