import type { FigureId } from './figures.ts';

/** What a part of the benchmark has found out. */
export interface Found {
  readonly tables: readonly Table[];
  /** What the issue sets a bound for. */
  readonly figures: Partial<Readonly<Record<FigureId, number>>>;
}

/** As it is written into the docs. */
export interface Table {
  readonly title: string;
  /** What one has to know to read it. */
  readonly about: string;
  /** The first is a text, all others are numbers. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const milliseconds = (value: number) =>
  value < 10 ? value.toFixed(3) : value < 100 ? value.toFixed(1) : value.toFixed(0);
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const times = (value: number) => value.toFixed(2);
export const megabytes = (bytes: number) => (bytes / 1_048_576).toFixed(1);
