import { openDatabase } from '../../src/database/open.ts';
import { formatCursor } from '../../src/expenses/filter-form.ts';
import { type Found, milliseconds, percent, type Table, times } from './outcome.ts';
import { measurePage, pageFor } from './pages.ts';
import { TEAM } from './people.ts';
import type { Plan } from './plan.ts';
import { inTurn, medianOf, ratioOf, type Sample, type Series, spreadOf } from './series.ts';
import type { Stage } from './stage.ts';
import { type OnStage, type Subjects, teamPath } from './subjects-on-stage.ts';

/** A page of each of these, in turn. */
async function measureEach(stage: Stage, plan: Plan, subjects: readonly OnStage[], path: string, signedIn = true) {
  const ways: Record<string, () => Promise<Sample>> = {};
  for (const { id, running, cookies } of subjects) {
    const targets = pageFor(running, path, signedIn ? cookies : cookies.map(() => ''));
    await stage.loader.run({ targets, ...plan.warmUp });
    ways[id] = () => measurePage(stage.loader, [running], targets, plan.seconds);
  }
  return inTurn(plan, ways);
}

const columns = ['CPU ms', 'Requests/s', 'Median ms', '99 % ms', 'Spread', 'Disturbed'];

function row(label: string, series: Series): string[] {
  return [
    label,
    milliseconds(medianOf(series, 'cpu')),
    medianOf(series, 'rate').toFixed(0),
    milliseconds(medianOf(series, 'median')),
    milliseconds(medianOf(series, 'p99')),
    percent(spreadOf(series, 'cpu')),
    `${series.disturbed} of ${series.samples.length}`,
  ];
}

/** What somebody opens all day: the team's page, beside the limits and the peers. */
export async function measureTeamPage(stage: Stage, plan: Plan, subjects: Subjects): Promise<Found> {
  const { http, express, sqlite, postgres, peers } = subjects;
  const all = [http, express, sqlite, postgres, ...peers];
  const found = await measureEach(stage, plan, all, teamPath);
  const of = ({ id }: OnStage) => found[id] ?? { samples: [], disturbed: 0 };
  const bytes = medianOf(of(sqlite), 'bytes');
  return {
    tables: [
      {
        title: 'A signed-in person opens the expenses of their team',
        about:
          `\`GET /team/:id\`: 25 of ${plan.rows.toLocaleString('en')} expenses and ${Math.round(bytes)} bytes in Outlay, with rights, ` +
          'session and log as in production; 25 in memory in the peers, 4 in the tutorial.',
        columns: ['', ...columns, 'CPU, times bare'],
        rows: all.map((subject) => [...row(subject.label, of(subject)), times(ratioOf(of(subject), of(http), 'cpu'))]),
      },
    ],
    figures: {
      'times-http': ratioOf(of(sqlite), of(http), 'cpu'),
      'times-express': ratioOf(of(sqlite), of(express), 'cpu'),
      'times-sqlite': ratioOf(of(postgres), of(sqlite), 'cpu'),
    },
  };
}

/** The other two pages that everybody opens. */
export async function measureOtherPages(stage: Stage, plan: Plan, { sqlite, postgres, peers }: Subjects): Promise<Table> {
  const tutorial = peers.filter(({ id }) => id === 'tutorial');
  const rows: string[][] = [];
  for (const [path, what, subjects, signedIn] of [
    ['/dashboard', 'dashboard', [sqlite, postgres], true],
    ['/', 'home page, signed out', [sqlite, postgres, ...tutorial], false],
  ] as const) {
    const found = await measureEach(stage, plan, subjects, path, signedIn);
    for (const { id, label } of subjects) {
      const series = found[id];
      if (series !== undefined) rows.push(row(`${label}: ${what}`, series));
    }
  }
  return {
    title: 'The dashboard, and the page of whoever is signed out',
    about: '`GET /dashboard` of a member of the large team, with its figures, and `GET /`.',
    columns: ['', ...columns],
    rows,
  };
}

/** The list narrowed, sorted and far down, one request after the other. */
export async function measureLists(stage: Stage, plan: Plan, { sqlite, postgres, urls }: Subjects): Promise<Table> {
  const lists = await listsOf(urls.sqlite, plan);
  const ways = Object.fromEntries(
    [sqlite, postgres].flatMap(({ id, running, cookies }) =>
      lists.map(([what, query]) => {
        const targets = pageFor(running, teamPath + query, cookies.slice(0, 1));
        return [`${id} ${what}`, () => measurePage(stage.loader, [running], targets, plan.seconds / 4)] as const;
      }),
    ),
  );
  for (const way of Object.values(ways)) await way();
  const found = await inTurn(plan, ways);
  return {
    title: 'The list narrowed, sorted and far down',
    about: `Of ${plan.rows.toLocaleString('en')} expenses, one request after the other. The time of PostgreSQL’s own processes is in the median alone.`,
    columns: ['', ...columns],
    rows: [sqlite, postgres].flatMap(({ id, label }) =>
      lists.map(([what]) => row(`${label}: ${what}`, found[`${id} ${what}`] ?? { samples: [], disturbed: 0 })),
    ),
  };
}

async function listsOf(url: string, { rows }: Plan): Promise<readonly (readonly [string, string])[]> {
  const db = await openDatabase(url);
  const middle = await db
    .selectFrom('expense')
    .select(['id', 'logged_at', 'spender_id'])
    .where('team_id', '=', TEAM)
    .orderBy('logged_at', 'desc')
    .orderBy('id', 'desc')
    .offset(rows / 2)
    .limit(1)
    .executeTakeFirstOrThrow();
  await db.destroy();
  return [
    ['all, newest first', ''],
    ['from the middle on', `?after=${formatCursor({ value: middle.logged_at, id: middle.id })}`],
    ['by amount', '?sort=amount'],
    ['that wait', '?state=submitted'],
    ['of one category', '?category=travel'],
    ['of one person', `?person=${middle.spender_id}`],
    ['with a word', '?q=workshop'],
  ];
}
