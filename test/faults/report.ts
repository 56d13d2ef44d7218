import { readFileSync, writeFileSync } from 'node:fs';
import type { Outcome } from './fault.ts';

const MARKS = ['<!-- npm run faults writes from here … -->', '<!-- … to here. -->'] as const;
const HEAD = ['| Fault | What was done | Lost | Recovery | On |', '|---|---|---|---|---|'];
const docs = new URL('../../docs/reliability.md', import.meta.url);

/** Puts the row of one fault into the table of docs/reliability.md, in place of the one before. @throws Error where the marks are not there. */
export function writeRow(name: string, { did, lost, recovery }: Outcome, day: string): void {
  const before = readFileSync(docs, 'utf8');
  const [start, end] = MARKS.map((mark) => before.indexOf(mark));
  if (start === undefined || end === undefined || start < 0 || end < start)
    throw new Error(`${docs.pathname} has no place for it`);
  const first = `| \`${name}\` |`;
  const known = before.slice(start, end).split('\n');
  const rows = known.filter((line) => line.startsWith('| `') && !line.startsWith(first));
  const found = lost.length === 0 ? 'nothing' : `**${lost.length}**: ${lost[0]}`;
  const all = [...rows, `${first} ${did} | ${found} | ${recovery} | ${day} |`].toSorted();
  writeFileSync(docs, `${before.slice(0, start + MARKS[0].length)}\n\n${[...HEAD, ...all].join('\n')}\n\n${before.slice(end)}`);
}
