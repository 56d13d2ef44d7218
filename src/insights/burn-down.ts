import type { Sum } from '../expenses/spending.ts';
import { type Plot, upright } from './plot.ts';
import { periodOf } from './period.ts';

/** What is left of a month's budget, day by day; what is spent, where it has none. */
export interface BurnDown {
  /** Undefined where the month has none. */
  readonly budgetMinor: number | undefined;
  /** The days on which something was spent, with what was left in the evening, or spent until then. */
  readonly days: readonly { readonly day: string; readonly sum: Sum; readonly afterMinor: number }[];
  readonly chart: Plot & {
    /** Where nothing is left, or was spent. */
    readonly zeroY: number;
    /** From the first to the last evening, if as much were spent each day; undefined without a budget. */
    readonly evenly: Line | undefined;
    readonly lines: readonly Line[];
    /** The days that are named, each in the middle of its room. */
    readonly labels: readonly { readonly x: number; readonly label: string }[];
  };
}

/** Across in percent, upright in pixels. */
export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Of these days of a month stands what day it is. */
const NAMED = [1, 5, 10, 15, 20, 25];

/**
 * @param month as YYYY-MM.
 * @param spent what was spent, by day, in their order.
 * @param today as YYYY-MM-DD: the line ends there.
 */
export function burnDown(
  month: string,
  spent: readonly (Sum & { readonly day: string })[],
  budgetMinor: number | undefined,
  today: string,
  currency: string,
): BurnDown {
  const { from, to } = periodOf(month);
  const length = Number(to.slice(8));
  const passed = today < from ? 0 : today > to ? length : Number(today.slice(8));
  const last = Math.max(passed, Number(spent.at(-1)?.day.slice(8) ?? 0));
  const after = (sum: number) => (budgetMinor === undefined ? sum : budgetMinor - sum);
  let sum = 0;
  const days = spent.map(({ day, count, amountMinor }) => {
    sum += amountMinor;
    return { day, sum: { count, amountMinor }, afterMinor: after(sum) };
  });
  const evenings = [after(0)];
  for (let day = 1; day <= last; day += 1)
    evenings.push(days.find((one) => Number(one.day.slice(8)) === day)?.afterMinor ?? evenings.at(-1) ?? 0);
  const { y, plot } = upright(Math.min(0, ...evenings), Math.max(0, ...evenings), currency);
  const at = (day: number) => (day / length) * 100;
  const lines = evenings.slice(1).flatMap((evening, index) => {
    const [before, now] = [y(evenings[index] ?? 0), y(evening)];
    const [x1, x2] = [at(index), at(index + 1)];
    return [...(before === now ? [] : [{ x1, y1: before, x2: x1, y2: now }]), { x1, y1: now, x2, y2: now }];
  });
  return {
    budgetMinor,
    days,
    chart: {
      ...plot,
      zeroY: y(0),
      evenly: budgetMinor === undefined ? undefined : { x1: 0, y1: y(budgetMinor), x2: 100, y2: y(0) },
      lines,
      labels: NAMED.map((day) => ({ x: at(day - 0.5), label: String(day) })),
    },
  };
}
