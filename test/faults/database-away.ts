import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { listLost } from './checks.ts';
import { describeTimes, type Fault, seconds } from './fault.ts';
import { look, managers, members, openFaultStage, openPostgres, type Seen, TEAM } from './stage.ts';
import { Writers } from './writers.ts';

/** How long a page may take to say that the database does not answer, in milliseconds. */
const BOUND = 5_000;
/** How long it is away each time, in milliseconds: longer than any bound of Outlay's. */
const AWAY = 7_000;
/** How many look at a page at once meanwhile: more than there are connections. */
const READERS = 15;

/** PostgreSQL stands still, and then is really stopped, while people read and write. */
export const databaseAway: Fault = {
  about: 'freezes and stops PostgreSQL, so many times each (10)',
  usual: 10,
  async run(times, say) {
    await using postgres = await openPostgres();
    await using stage = await openFaultStage({ engine: 'postgres' });
    const outlay = await stage.start();
    const browsers = await Promise.all(members.map((subject) => stage.signIn(subject)));
    const writers = new Writers(stage.baseUrl, browsers, await Promise.all(managers.map((subject) => stage.signIn(subject))));
    const page = `${stage.baseUrl}/team/${TEAM}`;
    const told: Seen[] = [];
    const recovered: number[] = [];
    const lost: string[] = [];
    const ways = {
      frozen: async () => {
        const thaw = postgres.freeze();
        return async () => thaw();
      },
      stopped: () => postgres.halt(),
    };
    for (const [way, goAway] of Object.entries(ways)) {
      for (let time = 1; time <= times; time += 1) {
        const stop = new AbortController();
        const working = writers.work(stop.signal);
        await setTimeout(1_000);
        const comeBack = await goAway();
        const back = performance.now() + AWAY;
        const asked = Array.from({ length: READERS }, (_, index) => look(browsers[index % browsers.length] as HttpBrowser, page));
        asked.push(look(browsers[0] as HttpBrowser, `${stage.baseUrl}/`));
        told.push(...(await Promise.all(asked)));
        stop.abort();
        await setTimeout(Math.max(0, back - performance.now()));
        await comeBack();
        const since = performance.now();
        while ((await look(browsers[0] as HttpBrowser, page)).status !== 200) {
          if (performance.now() - since > 30_000) throw new Error('It does not come back');
          await setTimeout(50);
        }
        recovered.push(performance.now() - since);
        await working;
        say(`${way} ${time} times; the slowest page took ${seconds(Math.max(...told.map(({ took }) => took)))}`);
      }
    }
    lost.push(...told.flatMap(mistakesOf));
    // Writers are told the same, within the same bound.
    lost.push(...writers.unexpected.filter((line) => !/answered with 503 after [0-4]\.\d s/.test(line)));
    lost.push(...writers.unanswered.map(({ what }) => `${what} got no answer`));
    const db = await openDatabase(stage.databaseUrl);
    lost.push(...(await listLost(db, writers, true)));
    await db.destroy();
    await outlay.stop();
    return {
      did: `PostgreSQL frozen and stopped ${times} times each for ${seconds(AWAY)}, among ${writers.answered} writes; ${told.length} pages meanwhile took ${describeTimes(told.map(({ took }) => took))}`,
      lost,
      recovery: describeTimes(recovered),
    };
  },
};

/** The page that says so, or, of what asked before it went, the page itself. */
function mistakesOf({ status, body, took }: Seen): string[] {
  const isSaid = status === 200 || (status === 503 && body.includes('database does not answer just now'));
  return [
    ...(isSaid ? [] : [`A page was answered with ${status}, and without the sentence`]),
    ...(took <= BOUND ? [] : [`A page took ${seconds(took)}`]),
  ];
}
