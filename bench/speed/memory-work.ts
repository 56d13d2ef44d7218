import { once } from 'node:events';
import { addLiveSessions } from './live-sessions.ts';
import { type Found, megabytes } from './outcome.ts';
import { pageFor } from './pages.ts';
import type { Plan } from './plan.ts';
import type { Running } from './processes.ts';
import { signIn } from './signing-in.ts';
import { OUTLAY_CALLBACK, type Stage } from './stage.ts';
import { benchFile, peers } from './subjects.ts';
import { cookiesFor, teamPath } from './subjects-on-stage.ts';

/** What a process has in bytes, after collecting: all of it, and what JavaScript holds. */
interface Memory {
  readonly rss: number;
  readonly live: number;
}

const telling = ['--expose-gc', '--import', benchFile('subjects/tell-memory.ts')];
/** How much is asked before anything is compared, so that what is compiled and kept once is there. */
const WARM_VISITS = 3_000;
const WARM_SIGN_INS = 30;
/** By so many bytes two looks at one process differ, whatever it has done between them; a visit is not blamed for that. */
const FLUCTUATION = 200_000;

async function memoryOf({ child }: Running): Promise<Memory> {
  child.send('memory');
  const [told] = (await once(child, 'message')) as [Memory];
  return told;
}

/** Memory at rest, after many visits of people who are signed out, and with many live sessions. */
export async function measureMemory(stage: Stage, plan: Plan): Promise<Found> {
  const databaseUrl = await stage.fill('sqlite', 10_000);
  const visits = plan.anonymousVisits;
  const rows: string[][] = [];
  const tell = (label: string, { rss, live }: Memory, more = '–') => rows.push([label, megabytes(rss), megabytes(live), more]);

  await using outlay = await stage.startOutlay({ id: 'outlay-small', databaseUrl, node: telling });
  tell('Outlay at rest', await memoryOf(outlay));
  const kept = await visitSignedOut(stage, outlay, visits);
  tell(`Outlay after ${visits.toLocaleString('en')} visits signed out`, kept.after, `${kept.each.toFixed(0)} bytes a visit`);

  const place = { port: outlay.port, callback: OUTLAY_CALLBACK };
  const cookies = await cookiesFor(place, { connections: WARM_SIGN_INS });
  await stage.loader.run({ targets: pageFor(outlay, teamPath, cookies.slice(0, 4)), seconds: 60, requests: WARM_VISITS });
  const before = await memoryOf(outlay);
  tell('Outlay in use, before the sessions', before);
  await addLiveSessions(databaseUrl, plan.liveSessions);
  for (let count = 0; count < plan.usedSessions; count += 1) {
    const browser = await signIn(place);
    await browser.ask(`http://localhost:${outlay.port}${teamPath}`);
  }
  const after = await memoryOf(outlay);
  const over = after.rss - before.rss;
  const sessions = `${plan.liveSessions.toLocaleString('en')} live sessions`;
  tell(`Outlay with ${sessions}, ${plan.usedSessions.toLocaleString('en')} of them used`, after, `${megabytes(over)} MB over`);

  const [tutorial] = peers;
  if (tutorial !== undefined) {
    await using running = await stage.startPeer(tutorial, telling);
    tell('Tutorial at rest', await memoryOf(running));
    const keptThere = await visitSignedOut(stage, running, visits);
    tell(`Tutorial after as many visits signed out`, keptThere.after, `${keptThere.each.toFixed(0)} bytes a visit`);
  }
  return {
    tables: [
      {
        title: 'Memory',
        about:
          'Of the one process, after collecting: all that it has, and what JavaScript holds of that. ' +
          'Of what visits leave behind, 0.2 MB are taken for the fluctuation of the process itself.',
        columns: ['', 'All MB', 'Held MB', ''],
        rows,
      },
    ],
    figures: { 'kept-per-visit': Math.round(kept.each), sessions: over / 1_048_576 },
  };
}

async function visitSignedOut({ loader }: Stage, running: Running, visits: number): Promise<{ after: Memory; each: number }> {
  const targets = pageFor(running, '/', ['', '', '', '']);
  // What is compiled for the first thousands is kept, too, and has nothing to do with them.
  await loader.run({ targets, seconds: 600, requests: visits / 2 });
  const before = await memoryOf(running);
  await loader.run({ targets, seconds: 600, requests: visits });
  const after = await memoryOf(running);
  return { after, each: Math.max(0, after.live - before.live - FLUCTUATION) / visits };
}
