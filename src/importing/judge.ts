import { hash } from 'node:crypto';
import type { Database } from '../database/schema.ts';
import type { ImportKind } from '../database/schema-imports.ts';
import { listCategories } from '../expenses/categories.ts';
import { convert } from '../expenses/conversion.ts';
import type { ExpenseContent } from '../expenses/expenses.ts';
import type { IncomingExpense } from '../expenses/incoming.ts';
import { formatMoney } from '../expenses/money.ts';
import { MAX_AMOUNT } from '../expenses/money-input.ts';
import { listAllClosedMonths, monthOf, whyClosed } from '../expenses/months.ts';
import { findRate, type Rate, TYPED } from '../expenses/rates.ts';
import { may } from '../rights/policy.ts';
import type { Right } from '../rights/rights.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay } from '../web/clock.ts';
import { categoryMatcher, spenderMatcher } from './matching.ts';
import type { Choices } from './choices.ts';
import type { Target } from '../spreadsheets/reading.ts';
import type { FileMistake } from '../spreadsheets/records.ts';
import type { ImportedRow } from '../spreadsheets/row.ts';
import { SeenNumbers } from './seen-numbers.ts';
import { standingReader, type Whose } from './standing.ts';

/** Whoever imports, as they are right now. */
export interface Importer {
  readonly personId: string;
  readonly name: string;
  readonly rights: readonly Right[];
}

export interface JudgeParts {
  readonly team: VisibleTeam;
  readonly kind: ImportKind;
  readonly importer: Importer;
  readonly choices: Choices;
}

export type Judged = { readonly expense: IncomingExpense; readonly whose: Whose } | { readonly mistake: FileMistake };

/** Whether rows of a file can be expenses of this team, and which. */
export interface Judge {
  /** All at once, because the rates that they need are asked for together. */
  judgeAll(rows: readonly ImportedRow[]): Promise<Judged[]>;
}

/** How many rates are remembered; a file of many currencies over many years has fewer. */
const MOST_RATES = 100_000;

/** What is the same for all rows is read once: categories, people, closed months. */
export async function openJudge(db: Database, { team, kind, importer, choices }: JudgeParts): Promise<Judge> {
  const categoryOf = categoryMatcher(await listCategories(db), choices.category, kind === 'team');
  const spenderOf = await spenderMatcher(db);
  const closed = await listAllClosedMonths(db);
  const rates = new Map<string, Rate | undefined>();
  const seen = new SeenNumbers();
  const repeated = new Map<number, number>();
  const mayApprove = may(importer, 'decide-expense', { teamId: team.id }).allowed;
  const standingOf = standingReader({ kind, importer, choices, mayApprove, spenderOf });
  const columnOf = (target: Target) => choices.reading.columns.indexOf(target) + 1;
  const wrong = ({ line }: ImportedRow, target: Target, sentence: string) => ({
    mistake: { line, column: columnOf(target), sentence },
  });

  const judgeRow = (row: ImportedRow): Judged => {
    const month = closed.get(monthOf(row.spentOn));
    if (month !== undefined) return wrong(row, 'day', whyClosed(month));
    const category = categoryOf(row.category);
    if ('mistake' in category) return wrong(row, 'category', category.mistake);
    const worth = worthOf(row, team.currency, kind, rates.get(`${row.currency} ${row.spentOn}`));
    if ('mistake' in worth) return wrong(row, row.inTeam === undefined ? 'amount' : 'rate', worth.mistake);
    const stood = standingOf(row);
    if ('mistake' in stood) return wrong(row, stood.mistake.target, stood.mistake.sentence);
    const { standing, whose } = stood;
    const above = team.second_approval_above;
    if (standing.state === 'approved' && above !== null && worth.amountMinor > above)
      return wrong(
        row,
        'state',
        `Above ${formatMoney(above, team.currency)} two people have to approve in this team. Bring it in as waiting for approval.`,
      );
    const { line, spentOn, item, merchant, note } = row;
    const key = keyOf([spentOn, row.currency, row.amountMinor, item, merchant, note, standing.spenderId ?? standing.spenderName]);
    return { whose, expense: { line, key, spentOn, item, merchant, note, categoryId: category.id, ...worth, ...standing } };
  };

  /** Two rows that say the same are two expenses: the second one is known by being the second. */
  const keyOf = (said: readonly (string | number)[]) => {
    const digest = hash('sha256', JSON.stringify(said), 'buffer');
    // By its day first: files go by days, and what is written together then lies together in the index.
    const key = `${said[0]} ${digest.toString('base64url', 0, 15)}`;
    // A number for each row, and nothing more: there may be a million of them.
    const short = digest.readUIntBE(0, 6) + 1;
    if (seen.add(short)) return key;
    const count = (repeated.get(short) ?? 1) + 1;
    repeated.set(short, count);
    return `${key}.${count}`;
  };

  return {
    async judgeAll(rows) {
      for (const { currency, spentOn, inTeam } of rows) {
        const key = `${currency} ${spentOn}`;
        if (currency === team.currency || (inTeam !== undefined && kind === 'team') || rates.has(key)) continue;
        if (rates.size >= MOST_RATES) rates.clear();
        rates.set(key, await findRate(db, currency, team.currency, spentOn));
      }
      return rows.map(judgeRow);
    },
  };
}

/** What a row comes to in the team's currency. */
function worthOf(
  { amountMinor, currency, spentOn, inTeam }: ImportedRow,
  to: string,
  kind: ImportKind,
  known: Rate | undefined,
): Pick<ExpenseContent, 'amountMinor' | 'paid'> | { readonly mistake: string } {
  if (currency === to) return { amountMinor, paid: undefined };
  const rate = rateOf(inTeam, kind, known);
  if (rate === undefined)
    return {
      mistake: `There is no rate for ${currency} in the week before ${formatDay(spentOn)}. Let finance enter it, or give it in a column.`,
    };
  const worth = converted(amountMinor, currency, to, rate.rate);
  if (worth === undefined)
    return { mistake: `${formatMoney(amountMinor, currency)} at ${rate.rate} is nothing that one expense can be in ${to}.` };
  if (inTeam !== undefined && kind === 'team' && inTeam.amountMinor !== worth) {
    const expected = `${formatMoney(amountMinor, currency)} at ${rate.rate} is ${formatMoney(worth, to)}`;
    return { mistake: `${expected}, and not ${formatMoney(inTeam.amountMinor, to)}.` };
  }
  return { amountMinor: worth, paid: { ...rate, amountMinor, currency } };
}

/** As it was, where the team's past comes in; for one's own, as for what is logged by hand: the table's, else the file's as a typed one. */
function rateOf(inTeam: ImportedRow['inTeam'], kind: ImportKind, known: Rate | undefined): Rate | undefined {
  if (inTeam === undefined) return known;
  const { rate, rateOn: on, rateSource } = inTeam;
  const typed = rateSource === '' || rateSource === 'typed by whoever logged it';
  if (kind === 'team') return { rate, on, source: typed ? TYPED : rateSource };
  return known ?? { rate, on, source: TYPED };
}

function converted(minor: number, from: string, to: string, rate: string): number | undefined {
  try {
    const worth = convert(minor, from, to, rate);
    return worth > 0 && worth <= MAX_AMOUNT ? worth : undefined;
  } catch {
    return undefined;
  }
}
