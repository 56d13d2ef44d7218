import { readFileSync, writeFileSync } from 'node:fs';
import { type FigureId, figures } from './figures.ts';
import type { Found, Table } from './outcome.ts';

const MARKS = ['<!-- npm run bench writes from here … -->', '<!-- … to here. -->'] as const;
const docs = new URL('../../docs/performance.md', import.meta.url);

type Figures = Found['figures'];

/** All the figures for which there is a bound. */
export function figuresOf(found: readonly Found[]): Figures {
  return Object.assign({}, ...found.map((part) => part.figures)) as Figures;
}

/** What was found out, as Markdown. */
export function describe(found: readonly Found[], known: Figures, about: readonly string[]): string {
  const bounds: Table = {
    title: 'Beside the bounds',
    about: 'What was to be reached was set before anything was measured, and so was the column of the tutorial.',
    columns: ['Figure', 'Tutorial then', 'Here', 'Must', 'Aim', ''],
    rows: Object.entries(figures).map(([id, { what, tutorial, must, aim }]) => {
      const value = known[id as FigureId];
      const verdict = value === undefined ? '' : value <= aim ? 'aim' : value <= must ? 'must' : 'missed';
      return [what, tutorial, value === undefined ? '–' : round(value), `≤ ${must}`, `≤ ${aim}`, verdict];
    }),
  };
  return [...about, ...[bounds, ...found.flatMap(({ tables }) => tables)].map(toMarkdown)].join('\n\n');
}

/** Writes it where it belongs in docs/performance.md. @throws Error where the marks are not there. */
export function writeIntoDocs(text: string): void {
  const before = readFileSync(docs, 'utf8');
  const [start, end] = MARKS.map((mark) => before.indexOf(mark));
  if (start === undefined || end === undefined || start < 0 || end < start)
    throw new Error(`${docs.pathname} has no place for it`);
  writeFileSync(docs, `${before.slice(0, start + MARKS[0].length)}\n\n${text}\n\n${before.slice(end)}`);
}

function toMarkdown({ title, about, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|---|${columns
    .slice(1)
    .map(() => '--:|')
    .join('')}`;
  const table = rows.length === 0 ? [] : ['', line(columns), rule, ...rows.map(line)];
  return [`### ${title}`, '', about, ...table].join('\n');
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
