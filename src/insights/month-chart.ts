import { scaleBand } from 'd3-scale';
import { type Plot, upright } from './plot.ts';

export interface MonthChart extends Plot {
  readonly bars: readonly {
    readonly x: number;
    readonly width: number;
    readonly middle: number;
    /** Empty where there is no room for each. */
    readonly label: string;
    /** Whether its label goes where there is little room. */
    readonly spare: boolean;
    /** How high its budget stands; undefined where it has none. */
    readonly budgetY: number | undefined;
    readonly segments: readonly {
      readonly y: number;
      readonly height: number;
      readonly series: number;
      readonly title: string;
      readonly href: string;
    }[];
  }[];
}

export interface StackedMonth {
  /** In two or three words. */
  readonly label: string;
  readonly budgetMinor: number | undefined;
  /** From the bottom up. */
  readonly parts: readonly {
    readonly series: number;
    readonly amountMinor: number;
    readonly title: string;
    readonly href: string;
  }[];
}

/** How many months are named at most, and on a phone. */
const NAMED = 12;
const NAMED_NARROW = 6;

/** A bar for each month, made of what was spent on each thing, and its budget as a line. */
export function monthChart(months: readonly StackedMonth[], currency: string): MonthChart {
  const sums = months.map(({ parts }) => parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0));
  const across = scaleBand<number>().domain(months.keys()).range([0, 100]).paddingInner(0.3).paddingOuter(0.2);
  const { y, plot } = upright(0, Math.max(...sums, ...months.map(({ budgetMinor }) => budgetMinor ?? 0)), currency);
  const every = Math.ceil(months.length / NAMED);
  const width = across.bandwidth();
  const bars = months.map(({ label, budgetMinor, parts }, index) => {
    const x = across(index) ?? 0;
    let below = 0;
    const segments = parts.map(({ amountMinor, ...part }) => {
      const [bottom, top] = [y(below), y((below += amountMinor))];
      return { ...part, y: top, height: bottom - top };
    });
    return {
      x,
      width,
      middle: x + width / 2,
      label: (months.length - 1 - index) % every === 0 ? label : '',
      spare: months.length > NAMED_NARROW && ((months.length - 1 - index) / every) % 2 === 1,
      budgetY: budgetMinor === undefined ? undefined : y(budgetMinor),
      segments,
    };
  });
  return { ...plot, bars };
}
