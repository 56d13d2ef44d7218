import { type Found, milliseconds, percent, times } from './outcome.ts';
import type { Plan } from './plan.ts';
import { inTurn, medianOf, ratioOf, type Sample, spreadOf } from './series.ts';
import type { Stage } from './stage.ts';
import { benchFile } from './subjects.ts';
import type { Running } from './processes.ts';

/** From the beginning of a process to its first good answer. */
export async function measureStart(stage: Stage, plan: Plan, answer: string): Promise<Found> {
  const databaseUrl = await stage.fill('sqlite', 100);
  const bare = (id: string) => () => once(stage.start({ file: benchFile(`subjects/${id}.ts`), env: { BENCH_ANSWER: answer } }));
  const found = await inTurn(
    { ...plan, rounds: plan.starts },
    {
      http: bare('bare-http'),
      express: bare('bare-express'),
      outlay: () => once(stage.startOutlay({ id: 'outlay-small', databaseUrl })),
    },
  );
  const start = ratioOf(found.outlay, found.http, 'started');
  return {
    tables: [
      {
        title: 'Start to first answer',
        about:
          'From the beginning of the process to the first 200, with a database that is up to date and nothing compiled before.',
        columns: ['', 'ms', 'Times bare', 'Spread', 'Disturbed'],
        rows: [
          ['Bare `node:http`', found.http] as const,
          ['Bare Express', found.express] as const,
          ['Outlay, SQLite', found.outlay] as const,
        ].map(([label, series]) => [
          label,
          milliseconds(medianOf(series, 'started')),
          times(ratioOf(series, found.http, 'started')),
          percent(spreadOf(series, 'started')),
          `${series.disturbed} of ${series.samples.length}`,
        ]),
      },
    ],
    figures: { start },
  };
}

async function once(starting: Promise<Running>): Promise<Sample> {
  await using running = await starting;
  return { started: running.startedIn };
}
