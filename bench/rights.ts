import { randomInt } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import type { Database } from '../src/database/schema.ts';
import { counts } from '../src/people/session-limits.ts';
import { findViewer } from '../src/people/viewer.ts';
import { previewChange } from '../src/rights/rule-changes.ts';
import { paths } from '../src/web/paths.ts';
import { type Engine, engines, POSTGRES_URL } from '../test/databases.ts';
import type { HttpBrowser } from '../test/http-browser.ts';
import { startPostgres } from '../test/postgres.ts';
import { ruleBookOf, usualLimits } from '../test/told.ts';
import { openWorld } from '../test/world.ts';
import { addLargeOrganisation, size } from './large-organisation.ts';

/*
 * `npm run bench:rights`: what working out rights costs in a large organisation, on both engines. All times are of one thing
 * after the other in one process; the pages are whole requests over HTTP.
 */

const ROUNDS = 7;
const REQUESTS = 10_000;

await using postgres = await startPostgres();
process.env[POSTGRES_URL] = postgres.url;
const [load = 0] = loadavg();
console.log(`${size.people} people, ${size.rules} rules; ${cpus().length} cores, which ${load.toFixed(1)} others want`);
const columns: Record<string, string>[] = [];
for (const engine of engines) columns.push(await measure(engine));
const [first = {}] = columns;
console.log(`\n| | ${engines.join(' | ')} |\n|---|${engines.map(() => '---|').join('')}`);
for (const what of Object.keys(first)) console.log(`| ${what} | ${columns.map((column) => column[what]).join(' | ')} |`);

async function measure(engine: Engine): Promise<Record<string, string>> {
  await using world = await openWorld({ engine });
  const { db } = world;
  const hashes = await addLargeOrganisation(db, new Date());
  const requests = await measureRequests(db, hashes);
  const someRule = await db.selectFrom('rule').select('id').where('claim', '=', 'department').executeTakeFirstOrThrow();
  const afterChange = await median(
    20,
    async () => {
      await db
        .updateTable('rule')
        .set({ value: `changed ${randomInt(1e9)}@example.com` })
        .where('id', '=', someRule.id)
        .execute();
    },
    async () => findViewer(db, hashes[0] ?? '', requests.ruleBook, usualLimits, () => new Date()),
  );
  const preview = await median(
    ROUNDS,
    async () => undefined,
    async () =>
      previewChange(db, requests.ruleBook, {
        kind: 'add',
        content: { claim: 'groups', operator: 'matches', value: 'unit-1*', gives: { role: 'member', teamId: 'team-1' } },
      }),
  );
  // Only now: a connection that nobody has used for a while is closed by the server.
  const { browser } = await world.signIn('dana');
  return {
    'The viewer of one request, on average': `${requests.withRights.toFixed(3)} ms`,
    'The same in the best round': `${requests.best.toFixed(3)} ms`,
    'The same query without rights': `${requests.without.toFixed(3)} ms`,
    'Ratio, median of the rounds': requests.ratio.toFixed(2),
    'The first request after a rule has changed': `${afterChange.toFixed(1)} ms`,
    'The preview of one rule': `${preview.toFixed(0)} ms`,
    ...(await measurePages(world.url, browser)),
  };
}

async function measurePages(url: (path: string) => string, browser: HttpBrowser): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const [what, path] of [
    ['A page of people', paths.adminPeople],
    ['A page of people, searched', `${paths.adminPeople}?q=77`],
    ['A page of teams', paths.adminTeams],
    ['A page of rules', paths.adminRules],
  ] as const) {
    const time = await median(
      20,
      async () => undefined,
      async () => {
        const { status } = await browser.ask(url(path));
        if (status !== 200) throw new Error(`${path} answered ${status}`);
      },
    );
    pages[what] = `${time.toFixed(0)} ms`;
  }
  return pages;
}

async function measureRequests(db: Database, hashes: readonly string[]) {
  const now = () => new Date();
  const ruleBook = ruleBookOf(db);
  const find = async (hash: string) => findViewer(db, hash, ruleBook, usualLimits, now);
  const findWithout = async (hash: string) =>
    db
      .selectFrom('session')
      .innerJoin('person', 'person.id', 'session.person_id')
      .select(['session.person_id', 'session.issuer', 'session.subject', 'session.auth_time', 'session.acr', 'session.seen_at'])
      .select(['session.revalidate_at', 'person.name', 'person.email', 'person.email_verified'])
      .where('session.id_hash', '=', hash)
      .where(counts(usualLimits, now))
      .executeTakeFirst();
  const ways = [find, findWithout];
  const rounds: number[][] = [];
  // One round more than is counted, so that everything has been compiled.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const asked = Array.from({ length: REQUESTS }, () => hashes[randomInt(hashes.length)] ?? '');
    const times = [];
    for (const way of ways) {
      const began = performance.now();
      for (const hash of asked) if ((await way(hash)) === undefined) throw new Error('A session was not found');
      times.push((performance.now() - began) / REQUESTS);
    }
    if (round > 0) rounds.push(times);
  }
  const of = (value: (times: readonly number[]) => number) => middle(rounds.map(value));
  const [withRights, without] = [of(([one = 0]) => one), of(([, other = 0]) => other)];
  const best = Math.min(...rounds.map(([one = 0]) => one));
  return { ruleBook, best, withRights, without, ratio: of(([one = 0, other = 1]) => one / other) };
}

async function median(rounds: number, before: () => Promise<void>, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await before();
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return middle(times);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
