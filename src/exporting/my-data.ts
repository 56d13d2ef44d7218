import { streamAudit } from '../audit/entries.ts';
import type { Database } from '../database/schema.ts';
import type { SessionLimits } from '../people/session-limits.ts';
import { listSessions } from '../people/sessions.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { explainRights } from '../rights/explain.ts';
import type { Clock } from '../web/clock.ts';
import { inEnglish } from '../web/language.ts';
import { jsonLine } from '../web/json-lines.ts';
import { zip, type ZipEntry } from '../web/zip.ts';
import { streamOwnImports } from './own-imports.ts';
import { stepsTaken, streamOwnExpenses, streamOwnReceipts } from './own-expenses.ts';
import { readContent, type ReceiptStorages } from '../expenses/receipt-places.ts';
import type { Receipt } from '../expenses/receipts.ts';

export interface MyDataParts {
  readonly db: Database;
  readonly storages: ReceiptStorages;
  readonly limits: SessionLimits;
  readonly now: Clock;
}

/**
 * All that is kept about somebody, as one archive: no more of it is in memory at once than a few hundred rows, or a piece of a
 * receipt.
 */
export function streamMyData(parts: MyDataParts, viewer: Viewer): AsyncGenerator<Uint8Array, void> {
  return zip(listEntries(parts, viewer), parts.now());
}

const README = `This is what Outlay keeps about you, as it was when you asked for it.

person.json      who you are to Outlay, what your company's sign-in said of you, what you may see, and why
sessions.jsonl   where you are signed in
expenses.jsonl   what you spent, logged or brought in as a file, with all that happened to it, one line each; amounts are in minor units (cents)
imports.jsonl    the files that you brought in, and what came of each
decisions.jsonl  the steps that you took with expenses, your own and others'
audit.jsonl      what the audit record has of what you did, and of what was done to you
receipts/        the receipts of your expenses, in a folder for each, named by its id
`;

async function* listEntries({ db, storages, limits, now }: MyDataParts, viewer: Viewer): AsyncGenerator<ZipEntry> {
  yield { name: 'README.txt', content: [README] };
  yield { name: 'person.json', content: [`${JSON.stringify(await describePerson(db, viewer), null, 2)}\n`] };
  yield { name: 'sessions.jsonl', content: lines(listOwnSessions(db, viewer, limits, now)) };
  yield { name: 'expenses.jsonl', content: lines(streamOwnExpenses(db, viewer)) };
  yield { name: 'imports.jsonl', content: lines(streamOwnImports(db, viewer)) };
  yield { name: 'decisions.jsonl', content: lines(stepsTaken(db, viewer)) };
  yield { name: 'audit.jsonl', content: lines(flat(streamAudit(db, { personId: viewer.personId }))) };
  let folder = '';
  let count = 0;
  for await (const receipt of streamOwnReceipts(db, viewer)) {
    count = receipt.expense_id === folder ? count + 1 : 1;
    folder = receipt.expense_id;
    yield await receiptEntry(storages, receipt, `receipts/${folder}/${count}-${receipt.name}`);
  }
}

/** Where its content is not where it should be, a note stands in its place: the rest is still theirs. */
async function receiptEntry(storages: ReceiptStorages, receipt: Receipt, name: string): Promise<ZipEntry> {
  const at = new Date(receipt.added_at);
  const pieces = readContent(storages, receipt);
  try {
    const first = await pieces.next();
    return { name, content: chained(first, pieces), at, pack: false, close: () => pieces.return(undefined) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { name: `${name}.missing.txt`, content: [`${error.message}\n`], at };
  }
}

async function* chained(first: IteratorResult<Uint8Array>, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

async function describePerson(db: Database, viewer: Viewer) {
  const { admitted_at: admittedAt, signed_in_at: signedInAt } = await db
    .selectFrom('person')
    .select(['admitted_at', 'signed_in_at'])
    .where('id', '=', viewer.personId)
    .executeTakeFirstOrThrow();
  const { personId: id, issuer, subject, email, verifiedEmail, locale, claims } = viewer;
  const rights = await inEnglish(async () => explainRights(db, viewer.rights));
  const name = displayNameOf(viewer);
  return { id, issuer, subject, name, email, verifiedEmail, locale, claims, admittedAt, signedInAt, rights };
}

/** Without what a session is known by. */
async function* listOwnSessions(db: Database, viewer: Viewer, limits: SessionLimits, now: Clock) {
  for (const { device, address, started_at, seen_at } of await listSessions(db, viewer, limits, now))
    yield { device, address, startedAt: started_at, seenAt: seen_at };
}

async function* lines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield jsonLine(row);
}

async function* flat<Row>(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<Row> {
  for await (const batch of batches) yield* batch;
}
