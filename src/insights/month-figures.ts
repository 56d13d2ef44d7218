import type { Budget } from '../expenses/budgets.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatMonth } from '../web/clock.ts';
import type { LinkedAmount, Say } from './figure-words.ts';
import type { MonthFigure } from './figures.ts';
import { shortMonthLabel } from './labels.ts';
import { type MonthChart, monthChart } from './month-chart.ts';

/** What a team spends by month: the chart, and the table beneath it. */
export interface MonthsModel {
  readonly label: string;
  readonly chart: MonthChart;
  readonly series: readonly { readonly label: string; readonly series: number }[];
  readonly hasBudgets: boolean;
  readonly rows: readonly {
    readonly label: string;
    readonly cells: readonly LinkedAmount[];
    readonly total: LinkedAmount;
    readonly budget: string;
  }[];
}

/** The budget of the whole team. */
export const budgetOf = (budgets: readonly Budget[], month: string) =>
  budgets.find((budget) => budget.month === month && budget.categoryId === '')?.amountMinor;

/** A chart and its table are made from one model, so that they cannot differ. @param note what is to be said of its days. */
export function monthsModel(
  say: Say,
  figures: readonly MonthFigure[],
  budgets: readonly Budget[],
  team: VisibleTeam,
  note: string,
): MonthsModel {
  const ids = [...new Set(figures.flatMap(({ byCategory }) => [...byCategory.keys()]))].toSorted(
    (a, b) => say.series(a) - say.series(b) || (a < b ? -1 : 1),
  );
  const stacked = figures.map((figure, index) => ({
    label: shortMonthLabel(figure.month, index === 0),
    budgetMinor: budgetOf(budgets, figure.month),
    parts: ids.flatMap((id) => {
      const sum = figure.byCategory.get(id);
      if (sum === undefined) return [];
      const { amount, href } = say.amount(sum, figure, { category: id });
      const title = `${say.category(id)}, ${formatMonth(figure.month)}: ${amount}, ${say.count(sum)}`;
      return { series: say.series(id), amountMinor: sum.amountMinor, title, href };
    }),
  }));
  const [first, last] = [figures[0], figures.at(-1)];
  return {
    label: first === undefined || last === undefined ? '' : `${formatMonth(first.month)} to ${formatMonth(last.month)}${note}`,
    chart: monthChart(stacked, team.currency),
    series: ids.map((id) => ({ label: say.category(id), series: say.series(id) })),
    hasBudgets: stacked.some(({ budgetMinor }) => budgetMinor !== undefined),
    rows: figures.map((figure, index) => {
      const budget = stacked[index]?.budgetMinor;
      return {
        label: formatMonth(figure.month),
        cells: ids.map((id) => {
          const sum = figure.byCategory.get(id);
          return sum === undefined ? { amount: '', href: '' } : say.amount(sum, figure, { category: id });
        }),
        total: say.amount(figure, figure),
        budget: budget === undefined ? '' : say.money(budget),
      };
    }),
  };
}
