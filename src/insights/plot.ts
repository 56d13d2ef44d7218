import { scaleLinear } from 'd3-scale';
import { exponentOf } from '../expenses/money.ts';
import { compactMoney } from './compact-money.ts';

/** Of a plot, in pixels; across, everything is in percent, so that a chart is as wide as its page. */
const PLOT_HEIGHT = 220;
/** Above the largest bar, so that the last line has room for its words. */
const TOP = 12;

/** A line across the plot, with what it stands for. */
interface Tick {
  readonly y: number;
  readonly label: string;
}

/** What every chart over time has. */
export interface Plot {
  readonly height: number;
  readonly ticks: readonly Tick[];
}

/** From amounts to pixels, with lines at round amounts. */
export function upright(least: number, most: number, currency: string): { y: (minor: number) => number; plot: Plot } {
  const scale = scaleLinear()
    // Where there is nothing, one whole unit stands for something.
    .domain([least, most > least ? most : least + 10 ** exponentOf(currency)])
    .range([PLOT_HEIGHT, TOP])
    .nice(4);
  const ticks = scale.ticks(4).filter((minor) => Number.isInteger(minor));
  return {
    y: scale,
    plot: { height: PLOT_HEIGHT, ticks: ticks.map((minor) => ({ y: scale(minor), label: compactMoney(minor, currency) })) },
  };
}
