import type { Database } from '../database/schema.ts';
import { NEAR, shareOf } from '../expenses/budget-warnings.ts';
import { type Budget, listBudgets } from '../expenses/budgets.ts';
import { listCategories } from '../expenses/categories.ts';
import { formatMoney } from '../expenses/money.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatMonth } from '../web/clock.ts';
import { formatPercent } from '../web/numbers.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { listMonthFigures, type MonthFigure } from './figures.ts';
import { periodOf } from './period.ts';

/** A budget beside what was spent of it. */
export interface BudgetLine {
  readonly label: string;
  readonly spent: string;
  readonly budget: string;
  readonly share: string;
  /** For the bar: at most 100. */
  readonly width: number;
  readonly state: BudgetState;
  /** The state in words; empty where nothing needs to be said. */
  readonly word: string;
}

export type BudgetState = 'well' | 'near' | 'over';

/** Colours are not seen by everybody. */
const budgetWords: Readonly<Record<BudgetState, string>> = { well: '', near: 'Nearly spent', over: 'Over budget' };

export interface BudgetYear {
  readonly year: string;
  readonly months: readonly {
    readonly label: string;
    readonly figuresHref: string;
    /** Empty for whoever does not set budgets. */
    readonly editHref: string;
    readonly spent: string;
    readonly lines: readonly BudgetLine[];
  }[];
}

/** The budgets of a year, month by month. */
export async function budgetYear(db: Database, team: VisibleTeam, year: string, mayChange: boolean): Promise<BudgetYear> {
  const period = periodOf(year);
  const [figures, budgets, categories] = await Promise.all([
    listMonthFigures(db, team, period),
    listBudgets(db, team, `${year}-01`, `${year}-12`),
    listCategories(db),
  ]);
  const labelOf = (id: string) => (id === '' ? 'In all' : (categories.find((category) => category.id === id)?.label ?? id));
  return {
    year,
    months: figures.map((figure) => ({
      label: formatMonth(figure.month),
      figuresHref: addressOf(fillPath(paths.teamFigures, { id: team.id }), { period: figure.month }),
      editHref: mayChange ? fillPath(paths.teamBudget, { id: team.id, month: figure.month }) : '',
      spent: formatMoney(figure.amountMinor, team.currency),
      lines: budgets
        .filter(({ month }) => month === figure.month)
        .map((budget) => ({
          id: budget.categoryId,
          line: budgetLine(labelOf(budget.categoryId), spentOf(figure, budget), budget, team),
        }))
        .toSorted((a, b) => Number(a.id !== '') - Number(b.id !== '') || a.line.label.localeCompare(b.line.label, 'en'))
        .map(({ line }) => line),
    })),
  };
}

function spentOf(figure: MonthFigure, { categoryId }: Budget): number {
  return categoryId === '' ? figure.amountMinor : (figure.byCategory.get(categoryId)?.amountMinor ?? 0);
}

/** @param spentMinor of what the budget is for. */
export function budgetLine(
  label: string,
  spentMinor: number,
  { amountMinor }: Pick<Budget, 'amountMinor'>,
  { currency }: Pick<VisibleTeam, 'currency'>,
): BudgetLine {
  const share = shareOf(spentMinor, amountMinor);
  const state = spentMinor > amountMinor ? 'over' : share >= NEAR ? 'near' : 'well';
  return {
    label,
    spent: formatMoney(spentMinor, currency),
    budget: formatMoney(amountMinor, currency),
    share: formatPercent(share / 100),
    width: Math.min(100, (spentMinor / amountMinor) * 100),
    state,
    word: budgetWords[state],
  };
}
