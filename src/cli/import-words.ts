import { type Choices, namedCurrency } from '../importing/choices.ts';
import { countOf } from '../importing/counting.ts';
import { describeDrafts, describeGood, describeIgnored, describeLeftOut, type OutcomeOf } from '../importing/outcome-words.ts';
import { delimiterMarks } from '../importing/reading-form.ts';
import { quoted } from '../spreadsheets/quoting.ts';
import type { Imported } from '../importing/import-file.ts';

/** What came of a file, or of a look at it, line by line. */
export function describeImported(about: OutcomeOf, { done, questions, choices }: Imported, look: boolean): string {
  const { outcome, kind } = about;
  const { good, bad, known, totals, notSpent, mistakes, why } = outcome;
  const ignored = describeIgnored(about);
  return [
    ...(look || questions.length > 0 ? describeReading(about, choices) : []),
    ...questions,
    ...mistakes.map(({ line, column, sentence }) => `Line ${line}${column === 0 ? '' : `, column ${column}`}: ${sentence}`),
    ...(why === '' ? [] : [why]),
    ...(ignored === '' ? [] : [ignored]),
    ...describeGood(about),
    ...(kind === 'own' && good > 0 ? [describeDrafts(outcome)] : []),
    ...describeLeftOut(outcome),
    `${good} good, ${bad} with mistakes, ${known} in the team already, ${totals + notSpent} without an expense.`,
    done
      ? `${countOf(good, 'expense')} ${good === 1 ? 'was' : 'were'} imported.`
      : look
        ? 'Nothing was imported; this was only a look.'
        : 'Nothing was imported.',
  ].join('\n');
}

/** How a file is read, in the words of the options that correct it. */
function describeReading({ team }: OutcomeOf, choices: Choices): string[] {
  const { headings, reading } = choices;
  const { encoding, delimiter, headingLine, dateOrder, decimalMark, sign, columns } = reading;
  const parted = Object.entries(delimiterMarks).find(([, mark]) => mark === delimiter)?.[0] ?? delimiter;
  const mark = decimalMark === undefined ? 'not clear' : decimalMark === ',' ? 'comma' : 'point';
  return [
    `Columns: ${columns.map((target, index) => `${index + 1} ${quoted(headings[index] ?? '')} ${target ?? 'none'}`).join(', ')}.`,
    `Days: ${dateOrder ?? 'not clear'}. Decimals: ${mark}. ${currencyWords(team, choices)} What was spent stands ${sign === 'negative' ? 'below' : 'above'} zero.`,
    `Encoding: ${encoding}. Delimiter: ${parted}. Headings: ${headingLine === 0 ? 'none' : `line ${headingLine}`}.`,
  ];
}

function currencyWords(team: OutcomeOf['team'], choices: Choices): string {
  const { currency, columns } = choices.reading;
  const named = namedCurrency({ choices, team });
  if (columns.includes('currency')) return 'Currency: as its column says.';
  if (currency !== undefined) return `Currency: ${currency}, as you say.`;
  if (named === undefined) return `Currency: ${team.currency}, as the team’s.`;
  return named === 'unclear' ? 'Currency: not clear.' : `Currency: ${named}, as the heading says.`;
}
