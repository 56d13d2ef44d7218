import type { Category } from '../expenses/categories.ts';
import { SPENT } from '../expenses/filter-form.ts';
import { formatMoney } from '../expenses/money.ts';
import type { Sum } from '../expenses/spending.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatCount } from '../web/numbers.ts';
import { addressOf, teamPath } from '../web/paths.ts';
import type { Period } from './period.ts';

/** An amount that leads to the expenses it is the sum of. */
export interface LinkedAmount {
  readonly amount: string;
  /** Empty where there are none. */
  readonly href: string;
}

/** How many colours and patterns there are. */
const SERIES = 18;

export type Say = ReturnType<typeof sayFor>;

/** How this team's amounts, categories and lists are spoken of. */
export function sayFor(team: VisibleTeam, categories: readonly Category[]) {
  const money = (minor: number) => formatMoney(minor, team.currency);
  const labels = new Map(categories.map(({ id, label }) => [id, label]));
  // By id and not by label: a new name changes no colour.
  const place = new Map([...labels.keys()].toSorted().map((id, index) => [id, index]));
  return {
    money,
    count: ({ count }: Sum) => (count === 1 ? '1 expense' : `${formatCount(count)} expenses`),
    amount: (
      { count, amountMinor }: Sum,
      { from, to }: Pick<Period, 'from' | 'to'>,
      narrowed: Readonly<Record<string, string>> = {},
    ): LinkedAmount => ({
      amount: money(amountMinor),
      href: count === 0 ? '' : addressOf(teamPath(team.id), { state: SPENT, ...narrowed, from, to }),
    }),
    category: (id: string) => labels.get(id) ?? id,
    /** By its place among all there are, so that a category has one colour in whatever is looked at. */
    series: (id: string) => ((place.get(id) ?? 0) % SERIES) + 1,
  };
}
