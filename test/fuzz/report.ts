import type { Engine } from '../databases.ts';
import type { Finding, Fuzzed } from './fuzz.ts';

/** How much of a body is shown, in characters. */
const MOST = 3_000;

/** What was found, with the request that does it. */
export function describeFinding({ what, who, request, number }: Finding, engine: Engine, seed: number): string {
  const { method, path, headers, body } = request;
  return [
    `FOUND on ${engine}: ${what}`,
    `  as ${who}: ${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    ...(body === undefined ? [] : [`  ${shown(body)}`]),
    `  npm run fuzz -- 600 --engine ${engine} --seed ${seed} --requests ${number}`,
  ].join('\n');
}

/** As text where it is one. */
function shown(body: Buffer): string {
  const text = body.toString();
  return Buffer.from(text).equals(body)
    ? JSON.stringify(text).slice(0, MOST)
    : `base64 ${body.toString('base64').slice(0, MOST)}`;
}

export function summaryOf({ requests, statuses, routes, memory }: Fuzzed): string {
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status} ${count}×`);
  return `${requests} requests (${counts.join(', ')}), ${routes.reached.length} of ${routes.reached.length + routes.not.length} routes reached, ${memory.at(0)} MB of memory at first and ${memory.at(-1)} at the end`;
}
