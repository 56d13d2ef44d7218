import { type Found, milliseconds, percent, times } from './outcome.ts';
import type { Plan } from './plan.ts';
import { processorTime } from './processor-time.ts';
import { inTurn, medianOf, ratioOf, type Sample, spreadOf } from './series.ts';
import { signIn } from './signing-in.ts';
import type { Stage } from './stage.ts';
import type { OnStage, Subjects } from './subjects-on-stage.ts';

/** What at the provider only programs ask for; the rest is the browser's. */
const byPrograms = ['/token', '/me', '/jwks', '/.well-known/openid-configuration'];

/** Complete sign-ins, one after the other, each with a browser that has been nowhere before. */
export async function measureSignIns(stage: Stage, plan: Plan, { sqlite, postgres, peers }: Subjects): Promise<Found> {
  const all = [sqlite, postgres, ...peers];
  for (const subject of all) await measure(stage, subject, plan.signIns);
  const ways = Object.fromEntries(all.map((subject) => [subject.id, () => measure(stage, subject, plan.signIns)]));
  const found = await inTurn(plan, ways);
  const of = (id: string) => found[id] ?? { samples: [], disturbed: 0 };
  const tutorial = of('tutorial');
  return {
    tables: [
      {
        title: 'Somebody signs in',
        about:
          'From the first click until the callback has been answered. Requests are those of the server to the provider; ' +
          'what the provider and the browser do is not in the processor time.',
        columns: ['', 'CPU ms', 'Times the tutorial’s', 'Requests', 'Spread', 'Disturbed'],
        rows: all.map(({ id, label }) => [
          label,
          milliseconds(medianOf(of(id), 'cpu')),
          times(ratioOf(of(id), tutorial, 'cpu')),
          medianOf(of(id), 'requests').toFixed(1),
          percent(spreadOf(of(id), 'cpu')),
          `${of(id).disturbed} of ${of(id).samples.length}`,
        ]),
      },
    ],
    figures: {
      'sign-in': ratioOf(of(sqlite.id), tutorial, 'cpu'),
      'provider-requests': medianOf(of(sqlite.id), 'requests'),
    },
  };
}

async function measure(stage: Stage, { running, place }: OnStage, signIns: number): Promise<Sample> {
  if (place === undefined) throw new TypeError('Nobody signs in there');
  const [counts, used] = [await stage.providerCounts(), processorTime(running.pid)];
  for (let count = 0; count < signIns; count += 1) await signIn(place);
  const cpu = (processorTime(running.pid) - used) / signIns;
  const after = await stage.providerCounts();
  const requests = byPrograms.reduce((sum, path) => sum + (after[path] ?? 0) - (counts[path] ?? 0), 0);
  return { cpu, requests: requests / signIns };
}
