import { setImmediate } from 'node:timers/promises';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import type { Clock } from '../web/clock.ts';
import { type Import, moveImport } from './imports.ts';
import type { JudgeParts } from './judge.ts';
import { nothingYet, type Outcome, Tally } from './outcome.ts';
import { survey } from './survey.ts';

/**
 * Looks at a file to its end, and writes nothing of it. The import is to be `checking` already.
 * @param bytes the file from its beginning.
 * @returns what came of it; undefined where somebody has ended the import meanwhile.
 */
export async function look(
  db: Database,
  about: Import,
  parts: Omit<JudgeParts, 'kind'>,
  bytes: AsyncIterable<Uint8Array>,
  now: Clock,
  signal?: AbortSignal,
): Promise<Outcome | undefined> {
  const tally = new Tally();
  let outcome: Outcome;
  try {
    for await (const { bytesRead } of survey(db, bytes, { ...parts, kind: about.kind }, tally, now())) {
      signal?.throwIfAborted();
      if (!(await moveImport(db, about, ['checking'], { state: 'checking', bytesRead }, now()))) return undefined;
      // So that others are served in between.
      await setImmediate();
    }
    outcome = tally.outcome();
  } catch (error) {
    if (!(error instanceof Problem)) {
      const why = 'Something went wrong while this file was read. Nothing was imported; try it once more.';
      await moveImport(db, about, ['checking'], { state: 'ended', outcome: { ...nothingYet, why } }, now());
      throw error;
    }
    outcome = { ...tally.outcome(), broken: true, why: error.message };
  }
  await moveImport(db, about, ['checking'], { state: 'checked', outcome }, now());
  return outcome;
}
