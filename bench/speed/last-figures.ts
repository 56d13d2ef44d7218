import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FigureId } from './figures.ts';
import { benchFile } from './subjects.ts';

type Figures = Partial<Readonly<Record<FigureId, number>>>;

const file = benchFile('last-figures.json');

/** What the run found whose tables stand in docs/performance.md; nothing before there was one. */
export function readLastFigures(): Figures {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figures) : {};
}

export function writeLastFigures(figures: Figures): void {
  writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
}
