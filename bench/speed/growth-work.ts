import { type Found, milliseconds, percent, times } from './outcome.ts';
import { measurePage, pageFor } from './pages.ts';
import type { Plan } from './plan.ts';
import { inTurn, medianOf, ratioOf, spreadOf } from './series.ts';
import { OUTLAY_CALLBACK, type OutlayId, type Stage } from './stage.ts';
import { cookiesFor, teamPath } from './subjects-on-stage.ts';

/** Rounds are shorter by this factor, and more by the same: what is compared is how long answers take, which others disturb most. */
const SHORTER = 4;

/** The same page of a small team and of one that has grown, on SQLite; one request after the other. */
export async function measureGrowth(stage: Stage, plan: Plan): Promise<Found> {
  if (plan.growth === undefined) return { tables: [], figures: {} };
  const { from, to } = plan.growth;
  await using opened = new AsyncDisposableStack();
  const wayOf = async (id: OutlayId, rows: number) => {
    const running = opened.use(await stage.startOutlay({ id, databaseUrl: await stage.fill('sqlite', rows) }));
    const cookies = await cookiesFor({ port: running.port, callback: OUTLAY_CALLBACK }, { connections: 1 });
    const way = () => measurePage(stage.loader, [running], pageFor(running, teamPath, cookies), plan.seconds / SHORTER);
    await stage.loader.run({ targets: pageFor(running, teamPath, cookies), ...plan.warmUp });
    return way;
  };
  const small = await wayOf('outlay-small', from);
  const found = await inTurn({ ...plan, rounds: plan.rounds * SHORTER }, { small, large: await wayOf('outlay-grown', to) });
  const growth = ratioOf(found.large, found.small, 'median');
  return {
    tables: [
      {
        title: 'The same page as a team grows',
        about: `\`GET /team/:id\` on SQLite, one request after the other. The median is ${times(growth)} times that of the small team.`,
        columns: ['Expenses of the team', 'CPU ms', 'Median ms', '99 % ms', 'Spread', 'Disturbed'],
        rows: [[from, found.small] as const, [to, found.large] as const].map(([rows, series]) => [
          rows.toLocaleString('en'),
          milliseconds(medianOf(series, 'cpu')),
          milliseconds(medianOf(series, 'median')),
          milliseconds(medianOf(series, 'p99')),
          percent(spreadOf(series, 'median')),
          `${series.disturbed} of ${series.samples.length}`,
        ]),
      },
    ],
    figures: { growth },
  };
}
