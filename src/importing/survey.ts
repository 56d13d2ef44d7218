import type { Database } from '../database/schema.ts';
import { findKnownKeys, hasKnownKeys, type IncomingExpense } from '../expenses/incoming.ts';
import { latestDay } from '../expenses/expense-form.ts';
import { otherAmounts, settledReading } from './choices.ts';
import { type Judge, type Judged, type JudgeParts, openJudge } from './judge.ts';
import type { Tally } from './outcome.ts';
import { type RawRecord, readRecords } from '../spreadsheets/records.ts';
import { type ImportedRow, type ReadRow, rowReader } from '../spreadsheets/row.ts';
import { findBlocked } from './within-limits.ts';

/** Expenses of a part of a file, with how far it has been read, in bytes. */
export interface Surveyed {
  readonly good: readonly IncomingExpense[];
  readonly bytesRead: number;
}

/**
 * Reads a file to its end, whatever is wrong with its rows: what can be imported comes back, part by part, and what is to be said
 * of the rest goes into the tally. Both the look before and the import itself read it so, and therefore agree.
 * @throws TypeError where something about the file is still open.
 */
export async function* survey(
  db: Database,
  bytes: AsyncIterable<Uint8Array>,
  parts: JudgeParts,
  tally: Tally,
  at: Date,
): AsyncGenerator<Surveyed> {
  const reading = settledReading(parts);
  if (reading === undefined) throw new TypeError('It is not settled how this file is read');
  const context = { teamCurrency: parts.team.currency, latest: latestDay(at), elsewhere: otherAmounts(parts) };
  const readRow = rowReader(reading, context);
  const judge = await openJudge(db, parts);
  const mayKnow = !parts.choices.again && (await hasKnownKeys(db, parts.team));
  for await (const { records, mistakes, bytesRead, broken } of readRecords(bytes, reading)) {
    for (const mistake of mistakes) {
      if (broken) tally.break([mistake]);
      else tally.refuse([mistake]);
    }
    const judged = await judgeGood(judge, readAll(records, readRow, tally), tally);
    const expenses = judged.map(({ expense }) => expense);
    const blocked = await findBlocked(db, parts.team, expenses, at);
    const known = !mayKnow
      ? new Set<string>()
      : await findKnownKeys(
          db,
          parts.team,
          parts.importer,
          expenses.map(({ key }) => key),
        );
    const good: IncomingExpense[] = [];
    for (const { expense, whose } of judged) {
      const mistake = blocked.get(expense.line);
      if (mistake !== undefined) tally.refuse([mistake]);
      else if (known.has(expense.key)) tally.known(expense.line);
      else {
        good.push(expense);
        const { spentOn, categoryId, spenderId, state, amountMinor, paid } = expense;
        const [currency, paidMinor] = [paid?.currency ?? parts.team.currency, paid?.amountMinor ?? amountMinor];
        tally.take({ spentOn, categoryId, spenderId, state, amountMinor, currency, paidMinor, whose });
      }
    }
    yield { good, bytesRead };
  }
}

function readAll(records: readonly RawRecord[], readRow: (record: RawRecord) => ReadRow, tally: Tally): ImportedRow[] {
  return records.flatMap((record) => {
    const read = readRow(record);
    if ('row' in read) return read.row;
    if ('mistakes' in read) tally.refuse(read.mistakes);
    else tally.leftOut(read.leftOut, record.line);
    return [];
  });
}

type Good = Extract<Judged, { readonly expense: IncomingExpense }>;

async function judgeGood(judge: Judge, rows: readonly ImportedRow[], tally: Tally): Promise<Good[]> {
  const judged = await judge.judgeAll(rows);
  return judged.flatMap((one) => {
    if ('expense' in one) return one;
    tally.refuse([one.mistake]);
    return [];
  });
}
