import { randomUUIDv7 } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { listLost } from './checks.ts';
import { describeTimes, type Outcome } from './fault.ts';
import { look, managers, members, openFaultStage, TEAM } from './stage.ts';
import { Writers } from './writers.ts';

export interface NothingWritten {
  readonly databaseUrl: string;
  readonly times: number;
  readonly say: (line: string) => void;
  readonly what: string;
  /** What somebody is told who saves something meanwhile. */
  readonly sentence: RegExp;
  /** @param pid of Outlay. @returns ends it. */
  begin(pid: number): Promise<() => Promise<void>>;
}

/** How long people write before it, and read meanwhile, in milliseconds. */
const BEFORE = 500;
const MEANWHILE = 1_000;

/** While nothing can be written people can read, whoever saves is told, and afterwards all is as it was promised. */
export async function whereNothingCanBeWritten(fault: NothingWritten): Promise<Outcome> {
  const { databaseUrl, times, say, what, sentence, begin } = fault;
  await using stage = await openFaultStage({ engine: 'sqlite', databaseUrl });
  const outlay = await stage.start();
  const browsers = await Promise.all(members.map((subject) => stage.signIn(subject)));
  const writers = new Writers(stage.baseUrl, browsers, await Promise.all(managers.map((subject) => stage.signIn(subject))));
  const reader = browsers[0] as HttpBrowser;
  const page = `${stage.baseUrl}/team/${TEAM}`;
  const lost: string[] = [];
  const recovered: number[] = [];
  let [read, refused] = [0, 0];
  const db = await openDatabase(databaseUrl);
  for (let time = 1; time <= times; time += 1) {
    await write(BEFORE);
    const known = writers.unexpected.splice(0);
    lost.push(...known);
    const end = await begin(outlay.child.pid ?? 0);
    const writing = write(MEANWHILE);
    const until = performance.now() + MEANWHILE;
    while (performance.now() < until) {
      const { status, body } = await look(reader, page);
      if (status === 200 && body.includes('<table')) read += 1;
      else lost.push(`Reading was answered with ${status}`);
      await setTimeout(20);
    }
    await writing;
    const id = randomUUIDv7();
    const item = `Small ${id}`;
    const told = await look(reader, `${stage.baseUrl}/team/${TEAM}/expenses`, {
      method: 'POST',
      form: { id, item, amount: '1.00', currency: 'USD', spentOn: '2026-01-05', category: 'other', next: 'draft' },
    });
    // What is small may find room in what the file has already; then it must be there, like anything that was answered.
    if (told.status === 303) {
      writers.tried.add(id);
      writers.told.set(id, { item, amount: 100, stage: 'draft', receipts: [] });
    } else if (told.status !== 503 || !sentence.test(told.body)) lost.push(`Whoever saved was answered with ${told.status}`);
    const answers = writers.unexpected.splice(0);
    refused += answers.length + (told.status === 503 ? 1 : 0);
    lost.push(...answers.filter((line) => !line.includes('answered with 503')));
    await end();
    const since = performance.now();
    while ((await look(reader, `${stage.baseUrl}/theme`, { method: 'POST', form: { theme: 'dark' } })).status !== 303)
      await setTimeout(20);
    await write(BEFORE);
    if (writers.unexpected.length === 0) recovered.push(performance.now() - since - BEFORE);
    say(`${what} ${time} times: ${read} pages read meanwhile, ${refused} refusals, ${writers.answered} answers in all`);
  }
  lost.push(...writers.unexpected, ...writers.unanswered.map(({ what: path }) => `${path} got no answer`));
  lost.push(...(await listLost(db, writers, true)));
  await db.destroy();
  await outlay.stop();
  return {
    did: `${what} ${times} times; ${read} pages read meanwhile and ${refused} writes refused, among ${writers.told.size} expenses`,
    lost,
    recovery: describeTimes(recovered),
  };

  async function write(milliseconds: number): Promise<void> {
    const stop = new AbortController();
    const working = writers.work(stop.signal);
    await setTimeout(milliseconds);
    stop.abort();
    await working;
  }
}
