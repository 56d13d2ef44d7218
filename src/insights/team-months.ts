import { scaleBand, scaleLinear } from 'd3-scale';
import type { Database } from '../database/schema.ts';
import { formatMoney } from '../expenses/money.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatMonth } from '../web/clock.ts';
import { addressOf, fillPath, paths, teamPath } from '../web/paths.ts';
import { type BudgetLine, budgetLine } from './budget-year.ts';
import { findMonthSums } from './figures.ts';
import { shiftMonth } from './period.ts';

/** The running month of a team, beside the one before and its budget. */
export interface TeamMonth {
  readonly label: string;
  readonly archived: boolean;
  readonly href: string;
  readonly figuresHref: string;
  readonly spent: string;
  readonly before: string;
  /** Undefined without a budget. */
  readonly budget: BudgetLine | undefined;
  /** The last months, each a bar; in percent across, in pixels upright. */
  readonly bars: readonly { readonly x: number; readonly width: number; readonly y: number; readonly height: number }[];
}

/** How many months stand beside each other. */
const MONTHS = 6;
/** How high their bars are, in pixels. */
export const BARS_HEIGHT = 40;

/** These teams, the one that has spent most of its budget first, then those without one; and the month of each. */
export async function listTeamMonths(
  db: Database,
  teams: readonly VisibleTeam[],
  now: Date,
): Promise<{
  readonly ranked: readonly VisibleTeam[];
  readonly monthOf: (team: VisibleTeam) => TeamMonth;
  readonly thisMonth: string;
  readonly lastMonth: string;
}> {
  const month = now.toISOString().slice(0, 7);
  const months = Array.from({ length: MONTHS }, (_, index) => shiftMonth(month, index + 1 - MONTHS));
  const [sumOf, budgets] = await Promise.all([findMonthSums(db, teams, months), findBudgets(db, month)]);
  const shareOf = (team: VisibleTeam) => {
    const budget = budgets.get(team.id);
    return budget === undefined ? -1 : sumOf(team, month).amountMinor / budget;
  };
  const monthOf = (team: VisibleTeam): TeamMonth => {
    const sums = months.map((one) => sumOf(team, one).amountMinor);
    const [before = 0, spent = 0] = sums.slice(-2);
    const budget = budgets.get(team.id);
    return {
      label: team.label,
      archived: team.archived_at !== null,
      href: teamPath(team.id),
      figuresHref: addressOf(fillPath(paths.teamFigures, { id: team.id }), { period: month }),
      spent: formatMoney(spent, team.currency),
      before: formatMoney(before, team.currency),
      budget: budget === undefined ? undefined : budgetLine('', spent, { amountMinor: budget }, team),
      bars: barsOf(sums),
    };
  };
  return {
    ranked: teams.toSorted((a, b) => shareOf(b) - shareOf(a)),
    monthOf,
    thisMonth: formatMonth(month),
    lastMonth: formatMonth(shiftMonth(month, -1)),
  };
}

/** The budgets of whole teams in this month. */
async function findBudgets(db: Database, month: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('budget')
    .select(['team_id', 'amount_minor'])
    .where('month', '=', month)
    .where('category_id', '=', '')
    .execute();
  return new Map(rows.map(({ team_id: team, amount_minor: amount }) => [team, amount]));
}

function barsOf(sums: readonly number[]): TeamMonth['bars'] {
  const across = scaleBand<number>().domain(sums.keys()).range([0, 100]).padding(0.2);
  const upright = scaleLinear()
    .domain([0, Math.max(1, ...sums)])
    .range([BARS_HEIGHT, 0]);
  return sums.map((sum, index) => {
    const y = upright(sum);
    return { x: across(index) ?? 0, width: across.bandwidth(), y, height: BARS_HEIGHT - y };
  });
}
