import { addressOf } from '../web/paths.ts';
import type { Field } from '../web/forms.ts';
import { around, misread, neighbourOf, type Period, queryOf, sayPeriod } from './period.ts';

/** The way to other periods: a link each, and a form for days. */
export interface PeriodPicker {
  readonly label: string;
  readonly kinds: readonly { readonly label: string; readonly href: string; readonly here: boolean }[];
  /** Each empty where it is too far away. */
  readonly earlier: { readonly label: string; readonly href: string };
  readonly later: { readonly label: string; readonly href: string };
  readonly action: string;
  readonly from: Field;
  readonly to: Field;
  readonly days: boolean;
  /** What is wrong with the days that were asked for; empty where nothing is. */
  readonly mistake: string;
}

/** @param asked the query of the address. */
export function periodPicker(path: string, period: Period, now: Date, asked: unknown): PeriodPicker {
  const hrefOf = (one: Period) => addressOf(path, queryOf(one));
  const wrong = misread(asked, period);
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
    from: field('from', 'From'),
    to: field('to', 'To'),
    days: period.kind === 'days' || wrong,
    mistake: wrong
      ? `Choose a first and a last day, in that order and at most five years apart. This is ${sayPeriod(period)}.`
      : '',
  };
}
