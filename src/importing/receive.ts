import type { Database } from '../database/schema.ts';
import type { Category } from '../expenses/categories.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { type Choices, shortened } from './choices.ts';
import { keepFile, readBeginning } from './file-pieces.ts';
import { addImport, endOpen, type Import, moveImport, type NewImport, removePieces, signsOfLife } from './imports.ts';
import { nothingYet } from './outcome.ts';
import { type Recognised, recognise } from '../spreadsheets/recognise.ts';

/** Where a row that names no category belongs until somebody says otherwise. */
const USUAL_CATEGORY = 'other';

/**
 * Keeps a file while it arrives, in place of one of the same person and team that has not been imported, and recognises how it is to be read.
 * @throws Problem `invalid` for what is no file of expenses, and what its bytes throw; `conflict` where it has been ended
 * meanwhile; nothing is kept then.
 */
export async function receive(
  db: Database,
  team: VisibleTeam,
  about: NewImport,
  bytes: AsyncIterable<Uint8Array>,
  categories: readonly Category[],
  now: Clock,
): Promise<Import> {
  await endOpen(db, team, about.personId, now());
  const begun = await addImport(db, team, about, now());
  try {
    const { size, sha256 } = await keepFile(db, begun.id, whileItIsWanted(db, begun, bytes, now));
    const beginning = await readBeginning(db, begun.id);
    const recognised = recognise(beginning, size <= beginning.length);
    if ('mistake' in recognised) throw new Problem('invalid', recognised.mistake, { reason: 'import-unreadable' });
    const choices = usualChoices(recognised, categories);
    if (!(await moveImport(db, begun, ['arriving'], { state: 'arrived', choices, size, sha256 }, now()))) throw endedMeanwhile();
    return { ...begun, state: 'arrived', choices, size, sha256 };
  } catch (error) {
    await moveImport(db, begun, ['arriving'], { state: 'ended', outcome: nothingYet }, now());
    await removePieces(db, begun.id);
    throw error;
  }
}

/** Gives signs of life, however slowly the bytes come. @throws Problem `conflict` where the import has been ended meanwhile. */
async function* whileItIsWanted(
  db: Database,
  about: Import,
  bytes: AsyncIterable<Uint8Array>,
  now: Clock,
): AsyncGenerator<Uint8Array> {
  const isWanted = signsOfLife(db, about, now);
  for await (const chunk of bytes) {
    if (!(await isWanted({ state: 'arriving' }))) throw endedMeanwhile();
    yield chunk;
  }
}

function endedMeanwhile(): Problem {
  return new Problem(
    'conflict',
    'This file was ended while it arrived: you have brought another one since, or cancelled it. Nothing of it was kept.',
    { reason: 'import-ended' },
  );
}

/** What is shown first, to be corrected. */
export function usualChoices({ reading, headings, examples }: Recognised, categories: readonly Category[]): Choices {
  const offered = categories.filter(({ retired_at }) => retired_at === null).map(({ id }) => id);
  const usual = offered.includes(USUAL_CATEGORY) ? USUAL_CATEGORY : (offered[0] ?? '');
  const category = reading.columns.includes('category') ? '' : usual;
  return { reading, headings, examples: examples.map(shortened), category, state: 'reimbursed', again: false };
}
