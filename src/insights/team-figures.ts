import type { Database } from '../database/schema.ts';
import { listBudgets } from '../expenses/budgets.ts';
import { NEAR, shareOf } from '../expenses/budget-warnings.ts';
import { listCategories } from '../expenses/categories.ts';
import { UNKNOWN_PERSON, unknownPersonWords } from '../expenses/filter-form.ts';
import type { Sum } from '../expenses/spending.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay, formatMonth } from '../web/clock.ts';
import { formatCount, formatPercent } from '../web/numbers.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { type BurnDown, burnDown } from './burn-down.ts';
import { type LinkedAmount, type Say, sayFor } from './figure-words.ts';
import { addUp, type Figure, findNames, listDayFigures, listFigures, listMonthFigures } from './figures.ts';
import { budgetOf, type MonthsModel, monthsModel } from './month-figures.ts';
import { monthsOf, type Period, periodOf, sayPeriod, shiftMonth } from './period.ts';

/** A row of what was spent on one thing, with a bar. */
interface BarRow extends LinkedAmount {
  readonly label: string;
  /** The colour that it has in every chart; 0 where it has none. */
  readonly series: number;
  readonly count: string;
  /** Of the whole: in words, and in percent for the bar. */
  readonly share: string;
  readonly width: number;
}

/** All that is told of what one team spends. */
export interface FiguresModel {
  readonly periodLabel: string;
  readonly total: LinkedAmount & { readonly count: string };
  readonly isEmpty: boolean;
  readonly months: MonthsModel;
  readonly categories: readonly BarRow[];
  readonly people: readonly BarRow[];
  /** What is not shown of them; empty where all are. */
  readonly morePeople: string;
  readonly burnDown: {
    readonly label: string;
    /** In one sentence. */
    readonly summary: string;
    readonly state: 'none' | 'well' | 'near' | 'over';
    readonly chart: BurnDown['chart'];
    readonly afterLabel: string;
    readonly rows: readonly { readonly day: string; readonly spent: LinkedAmount; readonly after: string }[];
  };
  readonly budgetsHref: string;
}

/** How many people are named; of an organisation's size one looks at those who spent the most. */
const MOST_PEOPLE = 100;
/** So many months are looked at where the period is shorter: one bar alone says nothing. */
const LEAST_MONTHS = 6;

/** Everything that the page of one team's figures says, in seven queries whatever the number of expenses. */
export async function findTeamFigures(db: Database, team: VisibleTeam, period: Period, now: Date): Promise<FiguresModel> {
  const today = now.toISOString().slice(0, 10);
  const shown = shownMonths(period);
  // The budget's month is the running one where that is looked at, too, else the last one.
  const month = (period.from <= today && today <= period.to ? today : period.to).slice(0, 7);
  const [categories, byMonth, byCategory, byPerson, byDay, budgets] = await Promise.all([
    listCategories(db),
    listMonthFigures(db, team, shown),
    listFigures(db, team, 'category', period),
    listFigures(db, team, 'person', period),
    listDayFigures(db, team, periodOf(month)),
    listBudgets(db, team, [shown.from.slice(0, 7), month].toSorted()[0] ?? month, shown.to.slice(0, 7)),
  ]);
  const named = byPerson.slice(0, MOST_PEOPLE);
  const names = await findNames(
    db,
    named.flatMap(({ id }) => (id === '' ? [] : id)),
  );
  const say = sayFor(team, categories);
  const total = addUp(byCategory);
  const rest = byPerson.length - named.length;
  return {
    periodLabel: sayPeriod(period),
    total: { ...say.amount(total, period), count: say.count(total) },
    isEmpty: total.count === 0,
    months: monthsModel(say, byMonth, budgets, team, shown === period ? '' : ', whole months'),
    categories: barRows(say, byCategory, total, period, ({ id }) => ({
      label: say.category(id),
      series: say.series(id),
      narrowed: { category: id },
    })),
    people: barRows(say, named, total, period, ({ id }) => ({
      label: id === '' ? unknownPersonWords : (names.get(id) ?? unknownPersonWords),
      series: 0,
      narrowed: { person: id === '' ? UNKNOWN_PERSON : id },
    })),
    morePeople: rest === 0 ? '' : `${formatCount(rest)} more ${rest === 1 ? 'person' : 'people'} spent less than these.`,
    burnDown: burnDownModel(say, burnDown(month, byDay, budgetOf(budgets, month), today, team.currency), month, addUp(byDay)),
    budgetsHref: addressOf(fillPath(paths.teamBudgets, { id: team.id }), { year: month.slice(0, 4) }),
  };
}

function shownMonths(period: Period): Pick<Period, 'from' | 'to'> {
  const months = monthsOf(period);
  if (months.length >= LEAST_MONTHS / 2) return period;
  const last = period.to.slice(0, 7);
  return { from: `${shiftMonth(last, 1 - LEAST_MONTHS)}-01`, to: periodOf(last).to };
}

function barRows(
  say: Say,
  figures: readonly Figure[],
  total: Sum,
  period: Period,
  about: (figure: Figure) => Pick<BarRow, 'label' | 'series'> & { readonly narrowed: Readonly<Record<string, string>> },
): BarRow[] {
  const all = Math.max(1, total.amountMinor);
  return figures.map((figure) => {
    const { label, series, narrowed } = about(figure);
    return {
      label,
      series,
      ...say.amount(figure, period, narrowed),
      count: say.count(figure),
      share: formatPercent(figure.amountMinor / all),
      width: (figure.amountMinor / all) * 100,
    };
  });
}

function burnDownModel(say: Say, { budgetMinor, days, chart }: BurnDown, month: string, sum: Sum): FiguresModel['burnDown'] {
  const share = budgetMinor === undefined ? 0 : shareOf(sum.amountMinor, budgetMinor);
  const left = budgetMinor === undefined ? 0 : budgetMinor - sum.amountMinor;
  const spent = `${say.money(sum.amountMinor)} spent`;
  return {
    label: formatMonth(month),
    summary:
      budgetMinor === undefined
        ? `${spent}. This month has no budget.`
        : left < 0
          ? `${spent}, ${say.money(-left)} more than the budget of ${say.money(budgetMinor)} (${formatPercent(share / 100)}).`
          : `${spent} of a budget of ${say.money(budgetMinor)} (${formatPercent(share / 100)}): ${say.money(left)} left.`,
    state: budgetMinor === undefined ? 'none' : left < 0 ? 'over' : share >= NEAR ? 'near' : 'well',
    chart,
    afterLabel: budgetMinor === undefined ? 'Spent until then' : 'Left',
    rows: days.map(({ day, sum: spentThen, afterMinor }) => ({
      day: formatDay(day),
      spent: say.amount(spentThen, { from: day, to: day }),
      after: say.money(afterMinor),
    })),
  };
}
