import { setImmediate } from 'node:timers/promises';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../database/schema.ts';
import { writeUnhurried } from '../database/unhurried.ts';
import {
  holdBack,
  type IncomingExpense,
  INCOMING_BATCH,
  incomingWriter,
  letCount,
  removeHeldBack,
} from '../expenses/incoming.ts';
import { holdMonthsOpen } from '../expenses/months.ts';
import { Problem } from '../problems.ts';
import { holdTeam, type VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { assertMayImport } from './may-import.ts';
import { type Import, moveImport, signsOfLife } from './imports.ts';
import type { Importer, JudgeParts } from './judge.ts';
import { type Outcome, Tally } from './outcome.ts';
import { survey } from './survey.ts';

/** How many rows one transaction writes: the more, the less is written twice; the fewer, the shorter others wait. */
const WRITTEN_AT_ONCE = 4_000;

/** What is needed to import a file. */
export interface Landing {
  readonly team: VisibleTeam;
  readonly about: Import;
  readonly choices: JudgeParts['choices'];
  /** Its file from the beginning. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether rows with mistakes are left out; otherwise one of them is the end of all. */
  readonly onlyGood: boolean;
  /** Whoever imports, as they are when it is asked. */
  readonly importer: () => Promise<Importer>;
  readonly reference?: string | undefined;
}

/** For an import that was cancelled, or that somebody else has ended. */
export class Ended extends Error {}

/**
 * Imports a file, all of it at one instant: what is written before is seen by nobody, in small transactions that keep nobody
 * waiting, each of which is refused once the import has been ended. The import is to be `landing` already.
 * @throws Ended where it was cancelled meanwhile; Problem where it cannot be imported. In both cases nothing is left of it.
 */
export async function land(db: Database, landing: Landing, now: Clock): Promise<Outcome> {
  const { about } = landing;
  try {
    await db.transaction().execute((transaction) => holdBack(transaction, about.id));
    const tally = await writeAll(db, landing, now);
    return await letAllCount(db, landing, tally, now);
  } catch (error) {
    await moveImport(db, about, ['landing'], { state: 'ended' }, now());
    await removeHeldBack(db, about.id);
    throw error;
  }
}

async function writeAll(db: Database, { team, about, choices, bytes, onlyGood, importer }: Landing, now: Clock): Promise<Tally> {
  const at = now();
  const tally = new Tally();
  const parts = { team, kind: about.kind, importer: await importer(), choices };
  const write = incomingWriter(team, about.id, at);
  const waiting: IncomingExpense[] = [];
  const writeSome = async (expenses: readonly IncomingExpense[], bytesRead: number) => {
    await writeUnhurried(db, async (transaction) => {
      if (!(await moveImport(transaction, about, ['landing'], { state: 'landing', bytesRead }, now()))) throw new Ended();
      for (let start = 0; start < expenses.length; start += INCOMING_BATCH)
        await write(transaction, expenses.slice(start, start + INCOMING_BATCH));
    });
    // So that others are served in between.
    await setImmediate();
  };
  const isWanted = signsOfLife(db, about, now);
  for await (const { good, bytesRead } of survey(db, bytes, parts, tally, at)) {
    if (tally.broken || (tally.bad > 0 && !onlyGood)) {
      throw new Problem('conflict', 'The file has a mistake that was not there when you looked at it. Look at it again.', {
        reason: 'import-changed',
      });
    }
    waiting.push(...good);
    // There may be nothing to write for long.
    if (!(await isWanted({ state: 'landing', bytesRead }))) throw new Ended();
    if (waiting.length >= WRITTEN_AT_ONCE) await writeSome(waiting.splice(0, WRITTEN_AT_ONCE), bytesRead);
  }
  await writeSome(waiting, about.size);
  return tally;
}

async function letAllCount(db: Database, landing: Landing, tally: Tally, now: Clock): Promise<Outcome> {
  const { team, about, reference } = landing;
  const { personId, name, rights } = await landing.importer();
  assertMayImport({ rights }, team, about.kind);
  const outcome = tally.outcome();
  await db.transaction().execute(async (transaction) => {
    await holdMonthsOpen(transaction, ...[...tally.months].map((month) => `${month}-01`));
    await holdTeam(transaction, team);
    if (!(await moveImport(transaction, about, ['landing'], { state: 'landed', outcome }, now()))) throw new Ended();
    await letCount(transaction, team, about.id, tally.byState, tally.spending);
    const detail = {
      file: about.file_name,
      sha256: about.sha256,
      kind: about.kind,
      count: outcome.good,
      leftOut: outcome.bad,
      known: outcome.known,
      firstDay: outcome.firstDay,
      lastDay: outcome.lastDay,
      ...Object.fromEntries([...tally.byState].map(([state, { count }]) => [state, count])),
    };
    const by = { kind: 'person', id: personId, name };
    const entry = { action: 'expenses-imported', by, about: { kind: 'team', id: team.id, name: team.label } } as const;
    await recordAudit(transaction, { ...entry, detail, reference }, now);
  });
  return outcome;
}
