import * as fc from 'fast-check';
import { brokenEncodings, values } from './values.ts';

/** The nth of what there is when it is carried out, round and round: what that is, only the application knows. */
const nth = fc.nat({ max: 9_999 });

/** What is done to a form or an address before it is sent. */
const change = fc.record({
  field: nth,
  value: values,
  /** In which way: put in place, beside, as members of it, under another name, or left out. */
  how: fc.oneof(
    { weight: 8, arbitrary: fc.constant('set' as const) },
    { weight: 1, arbitrary: fc.constantFrom('twice', 'member', 'list', 'renamed', 'left out', 'broken') },
  ),
  broken: fc.constantFrom(...brokenEncodings),
});

const headers = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'accept',
        'accept-language',
        'accept-encoding',
        'authorization',
        'cookie',
        'if-none-match',
        'if-modified-since',
        'range',
        'content-language',
        'x-forwarded-for',
        'x-forwarded-proto',
        'forwarded',
        'user-agent',
        'origin',
        'referer',
        'sec-fetch-site',
        'x-http-method-override',
      ),
      values,
    ),
  },
);

/** How a body is written, whatever the form says; "as it is" most often. */
const encodings = fc.oneof(
  { weight: 12, arbitrary: fc.constant('as it is' as const) },
  { weight: 2, arbitrary: fc.constantFrom('urlencoded', 'multipart') },
  { weight: 1, arbitrary: fc.constantFrom('json', 'text', 'bytes', 'wrong charset', 'no boundary', 'cut off') },
);

/** One request, before it is known what pages and forms there are. */
export const plans = fc.record({
  who: nth,
  /** A link as it stands, a form, or an address made of a route. */
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('visit' as const) },
    { weight: 8, arbitrary: fc.constant('form' as const) },
    { weight: 2, arbitrary: fc.constant('query' as const) },
    { weight: 2, arbitrary: fc.constant('route' as const) },
  ),
  route: nth,
  known: nth,
  changes: fc.array(change, { maxLength: 3 }),
  parts: fc.array(values, { minLength: 3, maxLength: 3 }),
  method: fc.constantFrom('GET', 'POST', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  header: headers,
  encoding: encodings,
  file: fc.record({ name: values, content: nth, junk: fc.uint8Array({ maxLength: 200 }) }),
});

export type Plan = typeof plans extends fc.Arbitrary<infer Value> ? Value : never;
export type Change = Plan['changes'][number];

const AT_ONCE = 100;

/** The same ones for the same seed, without end. */
export function* plansFrom(seed: number): Generator<Plan, never> {
  for (let batch = 0; ; batch += 1) yield* fc.sample(plans, { seed: seed + batch * 7_919, numRuns: AT_ONCE });
}
