import type { World } from '../world.ts';
import { type Player, VAULT, withoutAllTeams } from './scene.ts';
import type { FuzzAnswer } from './send.ts';
import { MARK, SECRET } from './values.ts';

const unescaped = new RegExp(String.raw`[<"']${MARK}|\s(?:href|src|action|formaction)=["']?\s*javascript:`);

/** What is wrong with an answer, in sentences. */
export function mistakesIn(answer: FuzzAnswer, who: Player, world: World): string[] {
  const { status, headers, body } = answer;
  const mistakes: string[] = [];
  if (status >= 500) mistakes.push(`It was answered with ${status}`);
  const isPage = String(headers['content-type']).startsWith('text/html');
  const shown = isPage ? unescaped.exec(body) : null;
  if (shown !== null) mistakes.push(`It is shown unescaped: ${around(body, shown.index)}`);
  if ('x-q7z' in headers) mistakes.push('It makes a header of its own');
  const told = body + JSON.stringify(headers);
  const leaked = withoutAllTeams.has(who) ? told.indexOf(VAULT) : -1;
  if (leaked >= 0) mistakes.push(`Somebody else’s team is in the answer: ${around(told, leaked)}`);
  const { location } = headers;
  if (typeof location === 'string' && leadsAway(location, world)) mistakes.push(`It leads to another site: ${location}`);
  return mistakes;
}

function leadsAway(location: string, { baseUrl, issuer }: World): boolean {
  // As browsers read it.
  const { origin } = new URL(location, baseUrl);
  return origin !== baseUrl && origin !== new URL(issuer).origin;
}

/** What is wrong with what was logged meanwhile. @param secrets of everybody who has signed in. */
export function mistakesInLog(lines: readonly Readonly<Record<string, unknown>>[], secrets: ReadonlySet<string>): string[] {
  const mistakes: string[] = [];
  for (const line of lines) {
    const text = JSON.stringify(line);
    if (line['kind'] === 'defect' || (typeof line['level'] === 'number' && line['level'] >= 50))
      mistakes.push(`The log has a defect: ${text.slice(0, 1_500)}`);
    if ([SECRET, ...secrets].some((secret) => text.includes(secret)))
      mistakes.push(`The log has a secret: ${text.slice(0, 500)}`);
  }
  return mistakes;
}

function around(text: string, at: number): string {
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
}
