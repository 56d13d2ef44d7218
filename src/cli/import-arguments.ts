import { parseArgs } from 'node:util';
import type { ImportKind } from '../database/schema-imports.ts';
import type { Choices } from '../importing/choices.ts';
import { currencies } from '../expenses/money.ts';
import { type Reading, type Target, targets } from '../spreadsheets/reading.ts';
import { MAX_LINE } from '../spreadsheets/row-texts.ts';
import { asOneLine } from '../web/forms.ts';
import { UsageError } from './command.ts';

export const importHelp = `outlay import FILE --team ID --by ADDRESS [options]

Imports a CSV file into a team, for somebody who has signed in before and may do so. How the file is read is recognised; what
is not clear is asked for and never guessed, and every mistake is named by line and column. All of it counts at one instant,
or nothing of it. What the team has already out of a file is left out. Outlay may run meanwhile.

  --team ID           into which team; as in its address
  --by ADDRESS        for whom: the address that the provider knows them by
  --own               all of it is their own, and becomes drafts; otherwise it is the team's, and was decided on elsewhere
  --look              only look at it, and write nothing
  --only-good         leave out the rows with mistakes
  --again             import once more what the team has already
  --state STATE       rows that do not say: reimbursed (the default) or submitted
  --spender NAME      who spent what names nobody: a name, or an address
  --category ID       rows in no category of ours go to this one
  --encoding NAME     utf-8, utf-16le, utf-16be or windows-1252
  --delimiter NAME    comma, semicolon, tab or bar
  --heading-line N    the line of the headings; 0 where there are none
  --days ORDER        ymd, dmy or mdy
  --decimals MARK     point or comma
  --currency CODE     what amounts are in whose currency no column says, such as EUR; otherwise their heading says it,
                      as in “Amount (EUR)”, and else they are in the team's
  --below-zero        what was spent stands below zero, as at a bank
  --column N=NAME     what column N is: ${targets.slice(0, 7).join(', ')},
                      ${targets.slice(7).join(', ')} or none; as often as needed
  --json              one line of JSON instead of sentences

Exit code 0: imported (with --look: it could be). 1: not imported; the mistakes are named, or it was cancelled. 2: it could not be
tried.`;

export interface ImportArguments {
  readonly file: string;
  readonly team: string;
  readonly by: string;
  readonly kind: ImportKind;
  readonly look: boolean;
  readonly onlyGood: boolean;
  readonly json: boolean;
  /** What the arguments say of how it is read. */
  readonly reading: Partial<Omit<Reading, 'columns'>>;
  /** By column, from 0 on; undefined leaves it out. */
  readonly columns: ReadonlyMap<number, Target | undefined>;
  readonly choices: Partial<Pick<Choices, 'category' | 'state' | 'again' | 'spender'>>;
}

const delimiters = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const;
const decimals = { point: '.', comma: ',' } as const;
const same = <const Word extends string>(...words: Word[]) =>
  Object.fromEntries(words.map((word) => [word, word])) as Record<Word, Word>;

/** @throws UsageError for what it does not take. */
export function readImportArguments(args: string[]): ImportArguments {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      team: text,
      by: text,
      own: flag,
      look: flag,
      'only-good': flag,
      again: flag,
      state: text,
      spender: text,
      category: text,
      encoding: text,
      delimiter: text,
      'heading-line': text,
      days: text,
      decimals: text,
      currency: text,
      'below-zero': flag,
      column: { type: 'string', multiple: true, default: [] },
      json: flag,
    },
  });
  const [file] = positionals;
  const { team, by } = values;
  if (file === undefined || positionals.length > 1 || team === undefined || by === undefined)
    throw new UsageError('Name one file, a team with --team, and somebody with --by.');
  const state = word('--state', values.state, same('reimbursed', 'submitted'));
  const encoding = word('--encoding', values.encoding, same('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'));
  const delimiter = word('--delimiter', values.delimiter, delimiters);
  const dateOrder = word('--days', values.days, same('ymd', 'dmy', 'mdy'));
  const decimalMark = word('--decimals', values.decimals, decimals);
  const currency = currencyOf(values.currency);
  const headingLine = lineOf(values['heading-line']);
  return {
    file,
    team,
    by: by.toLowerCase(),
    kind: values.own ? 'own' : 'team',
    look: values.look,
    onlyGood: values['only-good'],
    json: values.json,
    reading: {
      ...(encoding !== undefined && { encoding }),
      ...(delimiter !== undefined && { delimiter }),
      ...(headingLine !== undefined && { headingLine }),
      ...(dateOrder !== undefined && { dateOrder }),
      ...(decimalMark !== undefined && { decimalMark }),
      ...(currency !== undefined && { currency }),
      ...(values['below-zero'] && { sign: 'negative' as const }),
    },
    columns: new Map(values.column.map(columnOf)),
    choices: {
      again: values.again,
      ...(state !== undefined && { state }),
      ...(values.spender !== undefined && { spender: asOneLine(values.spender).slice(0, MAX_LINE) }),
      ...(values.category !== undefined && { category: values.category }),
    },
  };
}

function word<Value>(name: string, given: string | undefined, words: Readonly<Record<string, Value>>): Value | undefined {
  if (given === undefined) return undefined;
  if (Object.hasOwn(words, given)) return words[given];
  throw new UsageError(`${name} must be one of ${Object.keys(words).join(', ')}.`);
}

function lineOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d{1,5}$/.test(given)) return Number(given);
  throw new UsageError('--heading-line must be a line, from 1 on, or 0.');
}

function currencyOf(given: string | undefined): string | undefined {
  const code = given?.toUpperCase();
  if (code === undefined || currencies.has(code)) return code;
  throw new UsageError('--currency must be the three letters of a currency, such as EUR.');
}

function columnOf(given: string): readonly [number, Target | undefined] {
  const [, number = '', name = ''] = /^([1-9]\d{0,3})=(\w+)$/.exec(given) ?? [];
  const target = targets.find((one) => one === name);
  if (number === '' || (target === undefined && name !== 'none'))
    throw new UsageError('--column must be N=NAME, such as 3=amount.');
  return [Number(number) - 1, target];
}
