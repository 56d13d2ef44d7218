/** The bounds that were set before anything was measured, each a ratio or a plain number that must not be larger. */
export const figures = {
  'times-http': bound('CPU per `GET /team/:id`, times bare `node:http` with the same bytes (SQLite)', '7.0 (4 rows)', 4.5, 3),
  'times-express': bound('The same, times bare Express 5', '2.9–3.3', 2.2, 1.5),
  'times-sqlite': bound('The same on PostgreSQL, app process only, times SQLite’s', '–', 2, 1.3),
  growth: bound('Median `GET /team/:id` of the grown team ÷ with 10,000 expenses', '–', 1.2, 1.05),
  'sign-in': bound('App CPU per complete sign-in, times the tutorial’s', '1 (3.3 ms)', 0.6, 0.3),
  'provider-requests': bound('Requests to the provider per sign-in by the server', '3', 2, 2),
  'kept-per-visit': bound('Live memory kept per anonymous visit, bytes', '196', 0, 0),
  sessions: bound('Live sessions, process memory over the empty process, MB', '–', 40, 10),
  start: bound('Start to first 200, times bare `node:http`', '2.2', 5, 3),
} as const;

export type FigureId = keyof typeof figures;

interface Figure {
  readonly what: string;
  /** What the tutorial's was when the bounds were set. */
  readonly tutorial: string;
  readonly must: number;
  readonly aim: number;
}

function bound(what: string, tutorial: string, must: number, aim: number): Figure {
  return { what, tutorial, must, aim };
}
