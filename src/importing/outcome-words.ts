import type { ImportKind } from '../database/schema-imports.ts';
import { stateWords } from '../expenses/life.ts';
import { formatMoney } from '../expenses/money.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay } from '../web/clock.ts';
import { countOf } from './counting.ts';
import type { Outcome } from './outcome.ts';
import { formatCount } from '../web/numbers.ts';

/** What an outcome is of. */
export interface OutcomeOf {
  readonly team: Pick<VisibleTeam, 'currency'>;
  readonly kind: ImportKind;
  readonly outcome: Outcome;
}

/** Of which days the good rows are, what they come to, whose they are, and in which state: one sentence each. */
export function describeGood(about: OutcomeOf): string[] {
  const { team, kind, outcome } = about;
  const { firstDay, lastDay, byState, byCurrency, good } = outcome;
  if (good === 0) return [];
  const days = firstDay === lastDay ? `of ${formatDay(firstDay)}` : `from ${formatDay(firstDay)} to ${formatDay(lastDay)}`;
  const total = Object.values(byState).reduce((sum, { amount }) => sum + amount, 0);
  const paid = Object.entries(byCurrency).filter(([currency]) => currency !== team.currency);
  const states = Object.entries(byState).map(
    ([state, { count: many }]) => `${formatCount(many)} ${stateWords[state as keyof typeof stateWords].toLowerCase()}`,
  );
  return [
    `${good === 1 ? 'It is' : 'They are'} ${days}, and ${good === 1 ? 'comes' : 'come'} to ${formatMoney(total, team.currency)}.`,
    ...(paid.length === 0
      ? []
      : [`Paid in other currencies: ${paid.map(([currency, { amount }]) => formatMoney(amount, currency)).join(', ')}.`]),
    ...(kind === 'own' ? [] : [...describeSpenders(outcome), `In which state: ${states.join(', ')}.`]),
  ];
}

/** What becomes of one's own, once it is imported. */
export function describeDrafts({ good }: Outcome): string {
  return good === 1
    ? 'It becomes a draft of yours, which nobody else sees until you submit it.'
    : 'They become drafts of yours, which nobody else sees until you submit them.';
}

/** For one's own, where rows name others as who spent it: that this is not used. Empty where none does. */
export function describeIgnored({ kind, outcome: { spenders, ofOthers } }: OutcomeOf): string {
  const others = spenders.filter(({ is }) => is !== 'importer');
  if (kind === 'team' || others.length === 0) return '';
  const [first, second, third] = others.map(({ name }) => name);
  const names = third === undefined && ofOthers === 0 ? [first, second].filter(Boolean).join(' and ') : `${first} and others`;
  return `The file names ${names} as who spent it. That is not used here: every row becomes a draft of yours, as what you spent yourself.`;
}

function describeSpenders({ spenders, ofOthers }: Outcome): string[] {
  if (spenders.length === 0) return [];
  const also = { importer: ', that is you', known: '', named: ', known here by name only' };
  const named = spenders.map(({ name, is, count }) => `${name} (${formatCount(count)}${also[is]})`);
  return [`Who spent it: ${[...named, ...(ofOthers === 0 ? [] : [`others (${formatCount(ofOthers)})`])].join(', ')}.`];
}

/** What is left out without being a mistake, by line. */
export function describeLeftOut({ totals, totalLines, notSpent, notSpentLines, known, knownLines }: Outcome): string[] {
  const isAre = (count: number) => (count === 1 ? 'is' : 'are');
  return [
    ...(totals === 0 ? [] : [`${countOf(totals, 'line')} with a total ${isAre(totals)} left out${linesOf(totalLines, totals)}.`]),
    ...(notSpent === 0
      ? []
      : [
          `${countOf(notSpent, 'row')} in which nothing was spent ${isAre(notSpent)} left out${linesOf(notSpentLines, notSpent)}.`,
        ]),
    ...(known === 0
      ? []
      : [
          `${countOf(known, 'row')} ${isAre(known)} in the team already, out of a file, and left out${linesOf(knownLines, known)}.`,
        ]),
  ];
}

function linesOf(lines: readonly number[], all: number): string {
  if (lines.length === 0) return '';
  const named = `: ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
  return all > lines.length ? `${named} and ${formatCount(all - lines.length)} more` : named;
}
