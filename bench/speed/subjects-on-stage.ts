import type { Engine } from '../../test/databases.ts';
import { capture } from './captured.ts';
import { pageFor } from './pages.ts';
import { TEAM } from './people.ts';
import type { Plan } from './plan.ts';
import type { Running } from './processes.ts';
import { signInForCookies, type SignInPlace } from './signing-in.ts';
import { OUTLAY_CALLBACK, type Stage } from './stage.ts';
import { benchFile, type Subject } from './subjects.ts';

/** A program that runs and is ready to be measured, with somebody signed in for each connection. */
export interface OnStage {
  readonly id: string;
  readonly label: string;
  readonly running: Running;
  readonly cookies: readonly string[];
  /** Undefined for those in which nobody signs in. */
  readonly place: SignInPlace | undefined;
}

export interface Subjects extends AsyncDisposable {
  readonly sqlite: OnStage;
  readonly postgres: OnStage;
  readonly http: OnStage;
  readonly express: OnStage;
  readonly peers: readonly OnStage[];
  /** The file with Outlay's answer, which the bare ones send. */
  readonly answer: string;
  readonly urls: Readonly<Record<Engine, string>>;
  /** Those that could not be made to run, and why. */
  readonly leftOut: readonly { readonly label: string; readonly why: string }[];
}

export const teamPath = `/team/${TEAM}`;

/** Fills the databases, starts everything, and signs people in everywhere; a peer that cannot be made to work is left out. */
export async function startSubjects(stage: Stage, plan: Plan, peers: readonly Subject[]): Promise<Subjects> {
  await using opened = new AsyncDisposableStack();
  const urls = { sqlite: await stage.fill('sqlite', plan.rows), postgres: await stage.fill('postgres', plan.rows) };
  const sqlite = await startOutlay({ stage, opened, plan }, 'sqlite', urls.sqlite);
  const postgres = await startOutlay({ stage, opened, plan }, 'postgres', urls.postgres);
  const [target] = pageFor(sqlite.running, teamPath, sqlite.cookies);
  if (target === undefined) throw new RangeError('There are no connections');
  const answer = await capture(target, stage.folder);
  const started: OnStage[] = [];
  const leftOut: { label: string; why: string }[] = [];
  for (const peer of peers) {
    try {
      const running = opened.use(await stage.startPeer(peer));
      const place = { port: running.port, callback: peer.callback, begin: peer.begin };
      started.push({ ...peer, running, place, cookies: await cookiesFor(place, plan) });
    } catch (error) {
      leftOut.push({ label: peer.label, why: String(error).slice(0, 300) });
    }
  }
  const [http, express] = [
    await startBare({ stage, opened, plan }, 'Bare `node:http`, the same bytes', 'bare-http', answer),
    await startBare({ stage, opened, plan }, 'Bare Express, the same bytes', 'bare-express', answer),
  ];
  const kept = opened.move();
  return {
    sqlite,
    postgres,
    http,
    express,
    peers: started,
    answer,
    urls,
    leftOut,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface Starting {
  readonly stage: Stage;
  /** What is started is put there, to be stopped. */
  readonly opened: AsyncDisposableStack;
  readonly plan: Plan;
}

async function startOutlay({ stage, opened, plan }: Starting, engine: Engine, databaseUrl: string): Promise<OnStage> {
  const id = `outlay-${engine}` as const;
  const running = opened.use(await stage.startOutlay({ id, databaseUrl }));
  const place = { port: running.port, callback: OUTLAY_CALLBACK };
  const label = `Outlay, ${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}`;
  return { id, label, running, place, cookies: await cookiesFor(place, plan) };
}

async function startBare({ stage, opened, plan }: Starting, label: string, id: string, answer: string): Promise<OnStage> {
  const running = await stage.start({ file: benchFile(`subjects/${id}.ts`), env: { BENCH_ANSWER: answer } });
  opened.use(running);
  return { id, label, running, place: undefined, cookies: Array.from({ length: plan.connections }, () => '') };
}

/** One after the other, each somebody else. */
export async function cookiesFor(place: SignInPlace, { connections }: Pick<Plan, 'connections'>): Promise<string[]> {
  const cookies: string[] = [];
  for (let count = 0; count < connections; count += 1) cookies.push(await signInForCookies(place));
  return cookies;
}
