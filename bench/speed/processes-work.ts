import { type Found, milliseconds, percent, times } from './outcome.ts';
import { measurePage } from './pages.ts';
import type { Plan } from './plan.ts';
import type { Running } from './processes.ts';
import { inTurn, medianOf, ratioOf, spreadOf } from './series.ts';
import type { Stage } from './stage.ts';
import { type Subjects, teamPath } from './subjects-on-stage.ts';
import { freePort } from '../../test/free-port.ts';

/** Several processes of Outlay over one PostgreSQL, as they would stand behind one proxy; people's requests go round among them. */
export async function measureProcesses(stage: Stage, plan: Plan, { postgres, urls }: Subjects): Promise<Found> {
  await using opened = new AsyncDisposableStack();
  const all: Running[] = [postgres.running];
  while (all.length < Math.max(...plan.processes)) {
    const settings = { id: 'outlay-postgres', databaseUrl: urls.postgres, port: await freePort() } as const;
    all.push(opened.use(await stage.startOutlay(settings)));
  }
  const way = (count: number) => {
    const programs = all.slice(0, count);
    const targets = postgres.cookies.map((cookie, index) => ({
      port: programs[index % count]?.port ?? postgres.running.port,
      path: teamPath,
      cookie,
    }));
    return () => measurePage(stage.loader, programs, targets, plan.seconds);
  };
  await way(all.length)();
  const found = await inTurn(plan, Object.fromEntries(plan.processes.map((count) => [`of ${count}`, way(count)])));
  const of = (count: number) => found[`of ${count}`] ?? { samples: [], disturbed: 0 };
  return {
    tables: [
      {
        title: 'Several processes over one PostgreSQL',
        about:
          '`GET /team/:id`. PostgreSQL and the load generator want the same cores, so there is less to gain than with more of them.',
        columns: ['Processes', 'CPU ms', 'Requests/s', 'Times one', 'Median ms', 'Spread', 'Disturbed'],
        rows: plan.processes.map((count) => [
          String(count),
          milliseconds(medianOf(of(count), 'cpu')),
          medianOf(of(count), 'rate').toFixed(0),
          times(ratioOf(of(count), of(1), 'rate')),
          milliseconds(medianOf(of(count), 'median')),
          percent(spreadOf(of(count), 'rate')),
          `${of(count).disturbed} of ${of(count).samples.length}`,
        ]),
      },
    ],
    figures: {},
  };
}
