import { addressOf } from '../web/paths.ts';
import type { Field } from '../web/forms.ts';
import { around, neighbourOf, type Period, queryOf, sayPeriod } from './period.ts';

/** The way to other periods: a link each, and a form for days. */
export interface PeriodPicker {
  readonly label: string;
  readonly kinds: readonly { readonly label: string; readonly href: string; readonly here: boolean }[];
  /** Each empty where it is too far away. */
  readonly earlier: { readonly label: string; readonly href: string };
  readonly later: { readonly label: string; readonly href: string };
  readonly action: string;
  /** What else the address has. */
  readonly kept: readonly { readonly name: string; readonly value: string }[];
  readonly from: Field;
  readonly to: Field;
  readonly days: boolean;
}

/** @param query what else the address of the page has. */
export function periodPicker(
  path: string,
  period: Period,
  now: Date,
  query: Readonly<Record<string, string>> = {},
): PeriodPicker {
  const hrefOf = (one: Period) => addressOf(path, { ...query, ...queryOf(one) });
  const neighbour = (direction: 1 | -1) => {
    const next = neighbourOf(period, direction);
    return next === undefined ? { label: '', href: '' } : { label: sayPeriod(next), href: hrefOf(next) };
  };
  const kinds = [
    ['month', 'Month'],
    ['quarter', 'Quarter'],
    ['year', 'Year'],
  ] as const;
  const field = (name: 'from' | 'to', label: string): Field => ({
    name,
    label,
    value: period[name],
    error: '',
    hint: '',
    type: 'date',
  });
  return {
    label: sayPeriod(period),
    kinds: kinds.map(([kind, label]) => ({ label, href: hrefOf(around(period, kind, now)), here: period.kind === kind })),
    earlier: neighbour(-1),
    later: neighbour(1),
    action: path,
    kept: Object.entries(query).map(([name, value]) => ({ name, value })),
    from: field('from', 'From'),
    to: field('to', 'To'),
    days: period.kind === 'days',
  };
}
